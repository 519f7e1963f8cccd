/// What makes one machine different from every other that started from the same state.
public struct Identity: WireCodable, Equatable, Sendable {
  /// The host name.
  public var hostname: String
  /// 32 lower-case hexadecimal digits for `/etc/machine-id`.
  public var machineID: String
  /// What time it is.
  public var clock: ClockReference
  /// Fresh random bytes (32 or more) from the host, credited to the guest's pool before any user
  /// process runs: clones of one state would all draw the same numbers otherwise.
  public var entropy: [UInt8]
  /// The network, or nil where the sandbox has none beyond its loopback.
  public var network: GuestNetwork?

  /// An identity.
  public init(
    hostname: String, machineID: String, clock: ClockReference, entropy: [UInt8],
    network: GuestNetwork?
  ) {
    self.hostname = hostname
    self.machineID = machineID
    self.clock = clock
    self.entropy = entropy
    self.network = network
  }

  public init(from reader: inout WireReader) throws(WireError) {
    hostname = try reader.string()
    machineID = try reader.string()
    clock = try ClockReference(from: &reader)
    entropy = try reader.byteRun()
    network = try reader.optional { reader throws(WireError) in try GuestNetwork(from: &reader) }
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(hostname)
    writer.write(machineID)
    clock.encode(into: &writer)
    writer.write(entropy)
    writer.write(optional: network) { $0.encode(into: &$1) }
  }
}

/// The guest's end of its network; IPv4 addresses in dotted form.
public struct GuestNetwork: WireCodable, Equatable, Sendable {
  /// The hardware address, `02:…`, set on the interface before it goes up.
  public var macAddress: String
  /// The guest's address.
  public var address: String
  /// The length of its prefix in bits.
  public var prefixLength: UInt8
  /// The gateway.
  public var gateway: String
  /// Name servers for `/etc/resolv.conf`, in order.
  public var nameServers: [String]
  /// The largest packet, in bytes.
  public var mtu: UInt32

  /// A network.
  public init(
    macAddress: String, address: String, prefixLength: UInt8, gateway: String,
    nameServers: [String], mtu: UInt32
  ) {
    self.macAddress = macAddress
    self.address = address
    self.prefixLength = prefixLength
    self.gateway = gateway
    self.nameServers = nameServers
    self.mtu = mtu
  }

  public init(from reader: inout WireReader) throws(WireError) {
    macAddress = try reader.string()
    address = try reader.string()
    prefixLength = try reader.integer()
    gateway = try reader.string()
    nameServers = try reader.list { reader throws(WireError) in try reader.string() }
    mtu = try reader.integer()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(macAddress)
    writer.write(address)
    writer.write(prefixLength)
    writer.write(gateway)
    writer.write(list: nameServers) { $1.write($0) }
    writer.write(mtu)
  }
}
