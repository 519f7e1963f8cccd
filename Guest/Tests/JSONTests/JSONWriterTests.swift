import Foundation
import JSON
import Testing

@Suite struct JSONWriterTests {
  private func text(_ value: JSONValue) -> String {
    String(decoding: value.serialized, as: UTF8.self)
  }

  @Test func writesOnOneLine() {
    let value = JSONValue.object([
      .init("a", .array([.integer(-1), .number(0.5), .null])), .init("b", .bool(true)),
      .init("c", .object([])),
    ])
    #expect(text(value) == #"{"a":[-1,0.5,null],"b":true,"c":{}}"#)
  }

  @Test func escapesAllButPlainASCII() {
    let value = JSONValue.string("a\"\\\n\r\t\u{0}\u{1F}\u{7F}é\u{2028}😀")
    #expect(
      text(value) == #""a\"\\\n\r\t\u0000\u001f\u007f\u00e9\u2028\ud83d\ude00""#)
  }

  @Test func writesNoInfinities() {
    #expect(text(.array([.number(.infinity), .number(.nan)])) == "[null,null]")
  }

  @Test(arguments: [
    JSONValue.string("\u{0}…\u{10FFFF}\"\\/"), .number(1_700_000_000.123456), .number(1e300),
    .number(-Double.leastNonzeroMagnitude), .integer(.min),
    .array([.object([.init("", .string(""))])]),
  ])
  func readsBackWhatItWrote(value: JSONValue) throws {
    #expect(try JSONValue(parsing: value.serialized) == value)
  }

  @Test func isReadByFoundation() throws {
    let value = JSONValue.array([.string("ä\u{1}😀"), .number(1e21), .integer(7)])
    let read = try JSONSerialization.jsonObject(with: Data(value.serialized)) as? [Any]
    #expect(read?[0] as? String == "ä\u{1}😀")
    #expect(read?[1] as? Double == 1e21)
    #expect(read?[2] as? Int == 7)
  }
}
