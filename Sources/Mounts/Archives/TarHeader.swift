/// What tells a tar archive, whichever program made it: the checksum of its first header.
enum TarHeader {
  /// The bytes of a header.
  static let size = 512

  /// Where the header has its checksum: an octal number.
  private static let checksum = 148..<156

  /// Whether a file that begins with these bytes is a tar archive.
  ///
  /// The checksum is the sum of all bytes, its own field taken as spaces. The oldest tars have no mark
  /// besides. See tar(5) of libarchive.
  static func begins(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= size, bytes[0] != 0 else { return false }
    let field = bytes[checksum].drop { $0 == UInt8(ascii: " ") }
      .prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
    guard let wanted = Int(String(decoding: field, as: UTF8.self), radix: 8) else { return false }
    let sum = bytes[..<size].enumerated().reduce(0) { sum, byte in
      sum + Int(checksum.contains(byte.offset) ? UInt8(ascii: " ") : byte.element)
    }
    return sum == wanted
  }
}
