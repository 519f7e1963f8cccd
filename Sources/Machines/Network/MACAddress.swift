/// The hardware address of a guest's network card.
public struct MACAddress: Sendable, Hashable, CustomStringConvertible {
  /// The six bytes.
  public let bytes: [UInt8]

  /// The address of the guest with that IPv4 address: locally administered (the second bit of the
  /// first byte), so that it collides with no card that was ever sold.
  public init(for address: IPv4Address) {
    bytes = [0x02, 0x53, 0x4c] + address.bytes.suffix(3)
  }

  /// Six hexadecimal numbers with colons, as QEMU takes them.
  public var description: String {
    bytes.map { HostFiles.hexadecimal([$0]) }.joined(separator: ":")
  }
}
