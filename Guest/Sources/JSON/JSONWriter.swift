extension JSONValue {
  /// The document on one line, in ASCII: everything else is escaped.
  ///
  /// A reader that takes output piece by piece then never meets half a character, and none takes
  /// U+2028 or U+0085 for the end of a line.
  public var serialized: [UInt8] {
    var output: [UInt8] = []
    write(to: &output)
    return output
  }

  private func write(to output: inout [UInt8]) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): output.append(contentsOf: String(value).utf8)
    case .number(let value):
      output.append(contentsOf: (value.isFinite ? value.description : "null").utf8)
    case .string(let text): Self.write(text, to: &output)
    case .array(let elements):
      Self.write(elements, between: "[", and: "]", to: &output) { element, output in
        element.write(to: &output)
      }
    case .object(let members):
      Self.write(members, between: "{", and: "}", to: &output) { member, output in
        Self.write(member.name, to: &output)
        output.append(UInt8(ascii: ":"))
        member.value.write(to: &output)
      }
    }
  }

  private static func write<Item>(
    _ items: [Item], between opening: Unicode.Scalar, and closing: Unicode.Scalar,
    to output: inout [UInt8], each: (Item, inout [UInt8]) -> Void
  ) {
    output.append(UInt8(ascii: opening))
    for (position, item) in items.enumerated() {
      if position > 0 { output.append(UInt8(ascii: ",")) }
      each(item, &output)
    }
    output.append(UInt8(ascii: closing))
  }

  private static func write(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for unit in text.utf16 {
      switch unit {
      case 0x22: output.append(contentsOf: "\\\"".utf8)
      case 0x5C: output.append(contentsOf: "\\\\".utf8)
      case 0x0A: output.append(contentsOf: "\\n".utf8)
      case 0x0D: output.append(contentsOf: "\\r".utf8)
      case 0x09: output.append(contentsOf: "\\t".utf8)
      case 0x20...0x7E: output.append(UInt8(unit))
      default: writeEscape(of: unit, to: &output)
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private static func writeEscape(of unit: UInt16, to output: inout [UInt8]) {
    let digits = String(unit, radix: 16)
    output.append(contentsOf: "\\u".utf8)
    output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
    output.append(contentsOf: digits.utf8)
  }
}
