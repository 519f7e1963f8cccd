import Errors
import SystemPackage

extension HostNetwork {
  static let forwardingSwitch: FilePath = "/proc/sys/net/ipv4/ip_forward"

  nonisolated func checkHost() throws {
    guard HostEnvironment.canAdministerNetwork else {
      throw SandlotError(
        .failedPrecondition, "Not permitted to make network interfaces.",
        hint: "Run sandlot as root or with CAP_NET_ADMIN.")
    }
    for tool in [Tool.nft, .dnsmasq, .ip] where tool.locate() == nil { throw tool.missing }
  }

  /// Switches on the kernel's forwarding of packets between interfaces, which sandboxes need to
  /// reach the outside. It stays on, for others may have come to rely on it.
  func enableForwarding() throws {
    let value = try HostFiles.text(at: Self.forwardingSwitch)
    guard !value.hasPrefix("1") else { return }
    do {
      try HostFiles.write("1", to: Self.forwardingSwitch)
    } catch let error as SandlotError {
      throw SandlotError(
        .failedPrecondition, "IPv4 forwarding is off: \(error.message)",
        hint: "Run: sysctl -w net.ipv4.ip_forward=1")
    }
    logger.notice("switched on IPv4 forwarding (net.ipv4.ip_forward=1) for the sandboxes")
  }
}
