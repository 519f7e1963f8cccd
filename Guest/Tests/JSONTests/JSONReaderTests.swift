import JSON
import Testing

@Suite struct JSONReaderTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("\tfalse\r\n", .bool(false)),
    ("0", .integer(0)), ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-0.5", .number(-0.5)),
    ("1e3", .number(1000)), ("25E-1", .number(2.5)), ("\"\"", .string("")), ("[]", .array([])),
    ("{ }", .object([])), ("[1 , [2]]", .array([.integer(1), .array([.integer(2)])])),
  ])
  func readsValues(text: String, expected: JSONValue) throws {
    #expect(try parse(text) == expected)
  }

  @Test func keepsTheOrderOfMembersAndFindsThem() throws {
    let value = try parse(#"{"b":1,"a":{"c":null}}"#)
    #expect(value == .object([.init("b", .integer(1)), .init("a", .object([.init("c", .null)]))]))
    #expect(value["a"]?["c"] == .null)
    #expect(value["missing"] == nil)
    #expect(JSONValue.array([])["b"] == nil)
  }

  @Test func readsEscapes() throws {
    let text = try parse(#""\"\\\/\b\f\n\r\t\u0041\u20AC\ud83d\uDE00 é😀""#)
    #expect(text == .string("\"\\/\u{8}\u{C}\n\r\tA€😀 é😀"))
  }

  @Test(arguments: [
    "", " ", "nul", "True", "01", "-", "1.", ".5", "1e", "+1", "1e999", "NaN", "[1,]", "[1 2]",
    "[", "{\"a\"}", "{\"a\":1,}", "{a:1}", "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":2}", "1 2",
    "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "\"\n\"", "'a'", "\u{FEFF}1",
  ])
  func refusesWhatIsNoJSON(text: String) {
    #expect(throws: JSONError.self) { try parse(text) }
  }

  @Test func refusesInvalidUTF8() {
    let quoted: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
    #expect(throws: JSONError.self) { try JSONValue(parsing: quoted) }
  }

  @Test func limitsTheDepth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try parse(nested(64))
    #expect(throws: JSONError.self) { try parse(nested(65)) }
    #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
  }

  @Test func tellsWhereTheFaultIs() {
    let error = #expect(throws: JSONError.self) { try parse("[1, x]") }
    #expect(error?.offset == 4)
    #expect(error?.description == "unexpected character at byte 4")
  }
}
