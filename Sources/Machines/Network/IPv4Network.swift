/// A range of IPv4 addresses with a common prefix, as 10.213.0.0/16.
public struct IPv4Network: Sendable, Hashable {
  /// The first address.
  public let address: IPv4Address
  /// The length of the common prefix, 0 to 32.
  public let prefixLength: Int

  /// The network that holds the address; bits beyond the prefix are cleared.
  public init(_ address: IPv4Address, prefixLength: Int) {
    self.prefixLength = min(max(prefixLength, 0), 32)
    self.address = IPv4Address(address.value & Self.mask(self.prefixLength))
  }

  /// Parses `address/prefix`; nil when it is anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(parts[0]), let length = Int(parts[1]),
      (0...32).contains(length)
    else { return nil }
    self.init(address, prefixLength: length)
  }

  /// The last address.
  public var last: IPv4Address {
    IPv4Address(address.value | ~Self.mask(prefixLength))
  }

  /// Whether they have an address in common.
  public func overlaps(_ other: IPv4Network) -> Bool {
    address <= other.last && other.address <= last
  }

  /// Whether the address is in the range.
  public func contains(_ other: IPv4Address) -> Bool {
    address <= other && other <= last
  }

  private static func mask(_ length: Int) -> UInt32 {
    length == 0 ? 0 : UInt32.max << (32 - UInt32(length))
  }
}

extension IPv4Network: CustomStringConvertible {
  /// `address/prefix`.
  public var description: String { "\(address)/\(prefixLength)" }
}
