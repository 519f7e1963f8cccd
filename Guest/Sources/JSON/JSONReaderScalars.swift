extension JSONReader {
  /// Reads a string; the opening quotation mark comes next.
  mutating func string() throws(JSONError) -> String {
    index += 1
    var content: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw fault("a string is not valid UTF-8")
        }
        index += 1
        return text
      case UInt8(ascii: "\\"):
        index += 1
        content.append(contentsOf: Array(UTF8.encode(try escapedScalar()) ?? .init()))
      case 0..<0x20:
        throw fault("a control character inside a string")
      default:
        content.append(byte)
        index += 1
      }
    }
    throw fault("the text ends inside a string")
  }

  /// Reads what follows a backslash.
  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    guard let letter = next else { throw fault("the text ends inside a string") }
    let simple: Unicode.Scalar? =
      switch letter {
      case UInt8(ascii: "\""): "\""
      case UInt8(ascii: "\\"): "\\"
      case UInt8(ascii: "/"): "/"
      case UInt8(ascii: "b"): "\u{8}"
      case UInt8(ascii: "f"): "\u{C}"
      case UInt8(ascii: "n"): "\n"
      case UInt8(ascii: "r"): "\r"
      case UInt8(ascii: "t"): "\t"
      default: nil
      }
    if let simple {
      index += 1
      return simple
    }
    guard skip("u") else { throw fault("unknown escape in a string") }
    return try unicodeEscape()
  }

  /// Reads the digits of `\uXXXX`, and the second half of a surrogate pair where one is needed.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try fourHexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), skip("\\"), skip("u") else {
      throw fault("a lone surrogate in a string")
    }
    let second = try fourHexDigits()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else {
      throw fault("a lone surrogate in a string")
    }
    return scalar
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  /// Reads a number; a digit or `-` comes next.
  mutating func number() throws(JSONError) -> JSONValue {
    let start = index
    var isInteger = true
    _ = skip("-")
    if !skip("0") { try digits() }
    if skip(".") {
      isInteger = false
      try digits()
    }
    if skip("e") || skip("E") {
      isInteger = false
      if !skip("+") { _ = skip("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw fault("a number is out of range")
    }
    return .number(number)
  }

  /// Moves past one or more decimal digits.
  private mutating func digits() throws(JSONError) {
    let start = index
    while let byte = next, Self.digits.contains(byte) { index += 1 }
    guard index > start else { throw fault("expected a digit") }
  }
}
