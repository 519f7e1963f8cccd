/// IPv4 addresses as numbers in host byte order.
package enum IPv4 {
  /// The number of an address in dotted form, or nil where the text is none.
  package static func parse(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard part.utf8.count <= 3, let byte = UInt8(part) else { return nil }
      address = address << 8 | UInt32(byte)
    }
    return address
  }

  /// The mask of a prefix of `length` bits, 0…32.
  package static func mask(prefixLength length: UInt8) -> UInt32 {
    length == 0 ? 0 : UInt32.max << (32 - UInt32(min(length, 32)))
  }
}

/// Ethernet addresses.
package enum HardwareAddress {
  /// The six bytes of `aa:bb:cc:dd:ee:ff`, or nil where the text is none.
  package static func parse(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
    return parts.count == 6 && bytes.count == 6 ? bytes : nil
  }
}
