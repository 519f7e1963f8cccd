import Foundation
import QMP
import Testing

@Suite struct ValueTests {
  @Test(
    arguments: [
      ("null", .null), ("true", true), ("0", 0), ("-5", -5), ("1.5", .number(1.5)),
      ("9223372036854775807", .integer(.max)), ("18446744073709551615", .number(0x1p64)),
      ("\"a\\u00e9\"", "aé"), ("[]", []), ("[1,\"b\",[false]]", [1, "b", [false]]), ("{}", [:]),
      ("{\"a\":{\"b\":null}}", ["a": ["b": .null]]),
    ] as [(String, JSONValue)])
  func valuesAreReadAndWritten(text: String, value: JSONValue) throws {
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) == value)
    #expect(try JSONValue(encoding: value) == value)
  }

  @Test func membersAreFound() {
    let value: JSONValue = ["a": ["b": 1]]
    #expect(value["a"]?["b"] == 1)
    #expect(value["b"] == nil && value["a"]?["b"]?["c"] == nil)
  }

  @Test func commandsEncodeToTheirArguments() throws {
    #expect(try JSONValue(encoding: QueryStatus()) == [:])
    #expect(try JSONValue(encoding: BlockdevDel(nodeName: "n")) == ["node-name": "n"])
    #expect(
      try JSONValue(encoding: BlockdevSnapshot(node: "a", overlay: "b"))
        == ["node": "a", "overlay": "b"])
    let options: [String: JSONValue] = [
      "driver": "qcow2", "node-name": "n", "file": ["driver": "file", "filename": "/f"],
    ]
    #expect(try JSONValue(encoding: BlockdevAdd(options)) == .object(options))
  }
}
