extension JSONValue {
  /// Reads one JSON document (RFC 8259), strictly: nothing before or after it but white space, no
  /// repeated keys, no lone surrogates, valid UTF-8, at most 64 levels deep.
  ///
  /// - Throws: `JSONError` with the place of the first fault.
  public init(parsing text: some Sequence<UInt8>) throws(JSONError) {
    var reader = JSONReader(bytes: Array(text))
    self = try reader.document()
  }
}

/// A recursive-descent reader over bytes.
struct JSONReader {
  static let depthLimit = 64
  static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  let bytes: [UInt8]
  var index = 0

  /// The byte at the reading position; nil at the end.
  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value(depth: 0)
    skipWhiteSpace()
    guard next == nil else { throw fault("unexpected text after the document") }
    return value
  }

  func fault(_ message: String) -> JSONError { JSONError(message: message, offset: index) }

  mutating func skipWhiteSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      index += 1
    }
  }

  /// Moves past `byte` if it comes next.
  mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.depthLimit else {
      throw fault("more than \(Self.depthLimit) levels of nesting")
    }
    skipWhiteSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"): return try number()
    case nil: throw fault("the text ends where a value is expected")
    case let byte? where Self.digits.contains(byte): return try number()
    default: throw fault("unexpected character")
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    for expected in word.withUTF8Buffer({ Array($0) }) {
      guard next == expected else { throw fault("expected \(word)") }
      index += 1
    }
    return value
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    index += 1
    var elements: [JSONValue] = []
    skipWhiteSpace()
    if skip("]") { return .array(elements) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipWhiteSpace()
      if skip("]") { return .array(elements) }
      guard skip(",") else { throw fault("expected , or ] in an array") }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    index += 1
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    skipWhiteSpace()
    if skip("}") { return .object(members) }
    while true {
      skipWhiteSpace()
      guard next == UInt8(ascii: "\"") else { throw fault("expected a key in an object") }
      let name = try string()
      guard names.insert(name).inserted else { throw fault("the key \"\(name)\" is repeated") }
      skipWhiteSpace()
      guard skip(":") else { throw fault("expected : after a key") }
      members.append(JSONValue.Member(name, try value(depth: depth + 1)))
      skipWhiteSpace()
      if skip("}") { return .object(members) }
      guard skip(",") else { throw fault("expected , or } in an object") }
    }
  }
}
