import CLinux
import Glibc
import GuestProtocol

/// The machine's network interfaces.
struct Network {
  private static let interface = "eth0"

  private let socket: Descriptor

  init() throws(GuestFailure) {
    socket = Descriptor(
      owning: try attempt("open a socket for the network's settings") {
        Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      })
  }

  /// Brings up the loopback and, where there is a network, the one interface.
  func configure(_ network: GuestNetwork?) throws(GuestFailure) {
    try attempt("bring up the loopback interface") {
      clinux_set_interface_up(socket.number, "lo", 1)
    }
    guard let network else { return }
    let name = Self.interface
    let settings = try Settings(network)
    // A second configuration, after a restore, begins from an interface without routes.
    try attempt("take \(name) down") { clinux_set_interface_up(socket.number, name, 0) }
    try attempt("set the hardware address \(network.macAddress)") {
      clinux_set_hardware_address(socket.number, name, settings.hardware)
    }
    try attempt("set the MTU \(network.mtu) of \(name)") {
      clinux_set_mtu(socket.number, name, Int32(clamping: network.mtu))
    }
    // The network is IPv4 only: neither solicit routers nor take their advice.
    try? SmallFile.set("/proc/sys/net/ipv6/conf/\(name)/disable_ipv6", to: "1")
    try attempt("set the address \(network.address)/\(network.prefixLength)") {
      clinux_set_address(socket.number, name, settings.address, settings.mask)
    }
    try attempt("bring up \(name)") { clinux_set_interface_up(socket.number, name, 1) }
    try route(settings, network)
  }

  private func route(_ settings: Settings, _ network: GuestNetwork) throws(GuestFailure) {
    if settings.gateway & settings.mask != settings.address & settings.mask {
      try add("the gateway \(network.gateway)", settings.gateway, UInt32.max, 0)
    }
    try add("everything by the gateway \(network.gateway)", 0, 0, settings.gateway)
  }

  private func add(
    _ what: String, _ destination: UInt32, _ mask: UInt32, _ gateway: UInt32
  ) throws(GuestFailure) {
    let result = clinux_add_route(socket.number, Self.interface, destination, mask, gateway)
    guard result == 0 || errno == EEXIST else { throw .system(errno, "add a route to \(what)") }
  }

  /// The texts of a network as numbers.
  private struct Settings {
    let hardware: [UInt8]
    let address: UInt32
    let mask: UInt32
    let gateway: UInt32

    init(_ network: GuestNetwork) throws(GuestFailure) {
      guard let hardware = HardwareAddress.parse(network.macAddress) else {
        throw .system(EINVAL, "use \(network.macAddress) as a hardware address")
      }
      guard let address = IPv4.parse(network.address), network.prefixLength <= 32 else {
        throw .system(EINVAL, "use \(network.address)/\(network.prefixLength) as an address")
      }
      guard let gateway = IPv4.parse(network.gateway) else {
        throw .system(EINVAL, "use \(network.gateway) as a gateway")
      }
      self.hardware = hardware
      self.address = address
      self.gateway = gateway
      mask = IPv4.mask(prefixLength: network.prefixLength)
    }
  }
}
