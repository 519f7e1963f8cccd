/// Bytes that do not mean what they should.
public enum WireError: Error, Equatable, Sendable {
  /// What is wrong with them.
  case malformed(String)
}

/// A value with a form on the wire.
public protocol WireCodable {
  /// Reads the value that `encode(into:)` wrote.
  init(from reader: inout WireReader) throws(WireError)
  /// Writes the value.
  func encode(into writer: inout WireWriter)
}

extension WireCodable {
  /// The value's bytes.
  public func encoded() -> [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.bytes
  }

  /// Reads a value that fills the bytes exactly.
  public init(decoding bytes: [UInt8]) throws(WireError) {
    var reader = WireReader(bytes)
    try self.init(from: &reader)
    guard reader.isAtEnd else { throw .malformed("bytes are left over after a message") }
  }
}

/// Writes the primitives of the wire: little-endian integers, and strings, byte runs and arrays
/// with a four-byte count before them.
public struct WireWriter {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty writer with room for `capacity` bytes.
  public init(capacity: Int = 64) { bytes.reserveCapacity(capacity) }

  /// Appends bytes without a count.
  public mutating func append(_ raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  /// Writes an integer.
  public mutating func write<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Writes a truth value as one byte.
  public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// Writes a string as UTF-8.
  public mutating func write(_ value: String) {
    write(UInt32(value.utf8.count))
    bytes.append(contentsOf: value.utf8)
  }

  /// Writes a run of bytes.
  public mutating func write(_ value: [UInt8]) {
    write(UInt32(value.count))
    bytes.append(contentsOf: value)
  }

  /// Writes a list.
  public mutating func write<T>(list: [T], _ each: (T, inout WireWriter) -> Void) {
    write(UInt32(list.count))
    for element in list { each(element, &self) }
  }

  /// Writes a value that may be absent.
  public mutating func write<T>(optional: T?, _ each: (T, inout WireWriter) -> Void) {
    write(optional != nil)
    if let optional { each(optional, &self) }
  }
}

/// Reads what `WireWriter` wrote, never past the end.
public struct WireReader {
  private let bytes: [UInt8]
  private var position = 0

  /// A reader at the first byte.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether everything was read.
  public var isAtEnd: Bool { position == bytes.count }

  /// Reads an integer.
  public mutating func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws(WireError) -> T {
    let size = T.bitWidth / 8
    var value: T = 0
    let raw = try take(size)
    for (shift, byte) in raw.enumerated() { value |= T(truncatingIfNeeded: byte) << (shift * 8) }
    return value
  }

  /// Reads a truth value.
  public mutating func bool() throws(WireError) -> Bool { try integer(UInt8.self) != 0 }

  /// Reads a string; bytes that are not UTF-8 are an error.
  public mutating func string() throws(WireError) -> String {
    let raw = try byteRun()
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw .malformed("a string is not UTF-8")
    }
    return text
  }

  /// Reads a run of bytes.
  public mutating func byteRun() throws(WireError) -> [UInt8] {
    Array(try take(Int(integer(UInt32.self))))
  }

  /// Reads a list.
  public mutating func list<T>(
    _ each: (inout WireReader) throws(WireError) -> T
  ) throws(WireError) -> [T] {
    let count = Int(try integer(UInt32.self))
    guard count <= bytes.count - position else { throw .malformed("a list is cut short") }
    var result: [T] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try each(&self)) }
    return result
  }

  /// Reads a value that may be absent.
  public mutating func optional<T>(
    _ each: (inout WireReader) throws(WireError) -> T
  ) throws(WireError) -> T? {
    try bool() ? try each(&self) : nil
  }

  private mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
    guard count >= 0, bytes.count - position >= count else {
      throw .malformed("a message is cut short")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }
}
