import Errors
import Logging
import SystemPackage

/// The network of all sandboxes of one server: a tap and four addresses for each, one firewall
/// table and one name server for all. Needs root or CAP_NET_ADMIN.
public actor HostNetwork: NetworkProvider {
  /// What the operator may choose.
  public struct Configuration: Sendable {
    /// Tells this server's taps and tables from another's.
    public var instance: NetworkInstance
    /// Where the name server's pid file lies.
    public var directory: FilePath
    /// The range of the sandboxes' addresses; networks in it that the host uses are left out.
    public var range: IPv4Network
    /// Networks that no sandbox may reach.
    public var deniedNetworks: [IPv4Network]

    /// Where clouds answer machines with metadata and credentials: link-local addresses, and the
    /// addresses of Azure (168.63.129.16) and Alibaba (100.100.100.200).
    public static let metadataNetworks = [
      IPv4Network(IPv4Address(0xa9fe_0000), prefixLength: 16),
      IPv4Network(IPv4Address(0xa83f_8110), prefixLength: 32),
      IPv4Network(IPv4Address(0x6464_64c8), prefixLength: 32),
    ]

    /// The defaults: 10.213.0.0/16 for the sandboxes, metadata addresses denied.
    public init(
      instance: NetworkInstance, directory: FilePath,
      range: IPv4Network = .init(IPv4Address(0x0ad5_0000), prefixLength: 16),
      deniedNetworks: [IPv4Network] = metadataNetworks
    ) {
      self.instance = instance
      self.directory = directory
      self.range = range
      self.deniedNetworks = deniedNetworks
    }
  }

  private struct Lease {
    let subnet: AddressPool.Subnet
    let tap: TapDevice
  }

  private let configuration: Configuration
  let logger: Logger
  private let firewall: Firewall
  private let nameServer: NameServer
  private var pool: AddressPool
  private var leases: [String: Lease] = [:]
  private var attaching: Set<String> = []

  /// Describes the network; nothing is done before `start()`.
  public init(_ configuration: Configuration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    firewall = Firewall(
      instance: configuration.instance, range: configuration.range,
      denied: configuration.deniedNetworks)
    nameServer = NameServer(
      instance: configuration.instance, directory: configuration.directory, logger: logger)
    pool = AddressPool(range: configuration.range)
  }

  /// Removes what a killed server left, then makes the table and starts the name server.
  /// - Throws: `SandlotError` without the privilege, nft or dnsmasq; nothing is left behind then.
  public func start() async throws {
    try checkHost()
    try HostFiles.makeDirectory(configuration.directory)
    let leftovers = try await Self.removeLeftovers(
      instance: configuration.instance, directory: configuration.directory)
    if !leftovers.isEmpty { logger.notice("removed leftovers of the network: \(leftovers)") }
    try enableForwarding()
    try await firewall.install()
    do {
      try await nameServer.start()
    } catch {
      try? await Firewall.remove(configuration.instance)
      throw error
    }
  }

  /// Takes every sandbox's network away, and the table and the name server too.
  public func stop() async {
    for sandboxID in leases.keys.sorted() { await detach(sandboxID: sandboxID) }
    await nameServer.stop()
    do {
      _ = try await Self.removeLeftovers(
        instance: configuration.instance, directory: configuration.directory)
    } catch {
      logger.error("cannot remove the sandboxes' firewall table: \(error)")
    }
  }

  /// Removes the taps, the table and the name server of a server that was killed.
  /// - Returns: What was found, in words.
  @discardableResult
  public static func removeLeftovers(
    instance: NetworkInstance, directory: FilePath
  ) async throws -> [String] {
    // A task of its own, because cleaning up must go on when the caller was cancelled.
    try await Task {
      try await NetworkLeftovers(instance: instance, directory: directory).remove()
    }.value
  }

  /// Makes a tap with addresses of its own and admits it to the firewall.
  public func attach(sandboxID: String) async throws -> NetworkAttachment {
    guard leases[sandboxID] == nil, attaching.insert(sandboxID).inserted else {
      throw SandlotError(.alreadyExists, "The sandbox \(sandboxID) has a network already.")
    }
    defer { attaching.remove(sandboxID) }
    let subnet = try pool.take(avoiding: HostAddresses.occupied())
    let name = configuration.instance.interface(subnet.index)
    let tap: TapDevice
    do {
      tap = try TapDevice(name: name)
    } catch {
      pool.release(subnet)
      throw error
    }
    let lease = Lease(subnet: subnet, tap: tap)
    do {
      try await firewall.admit(interface: name, guest: subnet.guest, gateway: subnet.gateway)
      try tap.configure(address: subnet.gateway, prefixLength: subnet.network.prefixLength)
    } catch {
      await release(lease)
      throw error
    }
    leases[sandboxID] = lease
    return attachment(lease)
  }

  /// Removes the tap and its rules, and gives the addresses back.
  public func detach(sandboxID: String) async {
    guard let lease = leases.removeValue(forKey: sandboxID) else { return }
    await release(lease)
  }

  private func attachment(_ lease: Lease) -> NetworkAttachment {
    NetworkAttachment(
      interface: lease.tap.name, tapDescriptor: lease.tap.descriptor,
      macAddress: MACAddress(for: lease.subnet.guest), guestAddress: lease.subnet.guest,
      prefixLength: lease.subnet.network.prefixLength, gateway: lease.subnet.gateway,
      dnsServers: [lease.subnet.gateway])
  }

  private func release(_ lease: Lease) async {
    let (firewall, logger) = (firewall, logger)
    // A task of its own, because cleaning up must go on when the caller was cancelled.
    await Task {
      let name = lease.tap.name
      // First of all, and even if the interface stays: nothing passes it any more.
      do {
        try await firewall.expel(
          interface: name, guest: lease.subnet.guest, gateway: lease.subnet.gateway)
      } catch {
        logger.warning("cannot take \(name) out of the firewall: \(error)")
      }
      lease.tap.close()
      do {
        try await NetworkInterfaces.remove(name)
      } catch {
        logger.warning("cannot remove the network interface \(name): \(error)")
      }
    }.value
    pool.release(lease.subnet)
  }
}
