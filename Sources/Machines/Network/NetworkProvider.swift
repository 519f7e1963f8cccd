import SystemPackage

/// Gives sandboxes their network and takes it back.
public protocol NetworkProvider: Sendable {
  /// Makes a network interface for a sandbox that may reach the outside.
  ///
  /// A sandbox with a blocked network is not attached at all.
  /// - Throws: `SandlotError`; nothing is left behind then.
  func attach(sandboxID: String) async throws -> NetworkAttachment

  /// Takes the sandbox's network away; one that has none is ignored.
  ///
  /// The tap descriptor is closed by this and must not be used afterwards.
  func detach(sandboxID: String) async
}

/// A sandbox's network: the host's end as a tap, and what the guest must set up at its end.
public struct NetworkAttachment: Sendable, Equatable {
  /// The tap's name on the host.
  public var interface: String
  /// The open tap, for QEMU to inherit (`-netdev tap,fd=…`).
  ///
  /// The provider owns it until `detach`; it is close-on-exec, so whoever spawns QEMU passes a
  /// duplicate. Its packets carry a virtio-net header (IFF_VNET_HDR).
  public var tapDescriptor: FileDescriptor
  /// The guest's hardware address.
  public var macAddress: MACAddress
  /// The guest's address.
  public var guestAddress: IPv4Address
  /// The length of the prefix that guest and gateway share.
  public var prefixLength: Int
  /// The host's end, which is the guest's default route.
  public var gateway: IPv4Address
  /// The name servers for the guest's resolv.conf.
  public var dnsServers: [IPv4Address]

  /// Describes a network; a provider made for tests gives any descriptor.
  public init(
    interface: String, tapDescriptor: FileDescriptor, macAddress: MACAddress,
    guestAddress: IPv4Address, prefixLength: Int, gateway: IPv4Address, dnsServers: [IPv4Address]
  ) {
    self.interface = interface
    self.tapDescriptor = tapDescriptor
    self.macAddress = macAddress
    self.guestAddress = guestAddress
    self.prefixLength = prefixLength
    self.gateway = gateway
    self.dnsServers = dnsServers
  }
}
