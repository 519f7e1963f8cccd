import Errors
import SystemPackage

/// What `sandlot doctor` says of the sandboxes' network.
public enum NetworkCheck {
  /// Looks at all that the network needs, and changes nothing.
  public static func run() async -> [HostFinding] {
    [privilege(), device(), tool(.nft), tool(.dnsmasq), tool(.ip), forwarding()]
      + (await foreignFilter().map { [$0] } ?? [])
  }

  private static func privilege() -> HostFinding {
    HostEnvironment.canAdministerNetwork
      ? HostFinding("network privilege", .ok, "CAP_NET_ADMIN is there")
      : HostFinding(
        "network privilege", .failure, "CAP_NET_ADMIN is missing",
        remedy: "run sandlot as root, or block the sandboxes' network")
  }

  private static func device() -> HostFinding {
    HostFiles.exists("/dev/net/tun")
      ? HostFinding("/dev/net/tun", .ok, "exists")
      : HostFinding("/dev/net/tun", .failure, "does not exist", remedy: "modprobe tun")
  }

  private static func tool(_ tool: Tool) -> HostFinding {
    if let path = tool.locate() { return HostFinding(tool.name, .ok, path.string) }
    return HostFinding(
      tool.name, .failure, "is not installed", remedy: "apt-get install \(tool.package)")
  }

  private static func forwarding() -> HostFinding {
    let value = try? HostFiles.text(at: HostNetwork.forwardingSwitch)
    if value?.hasPrefix("1") == true { return HostFinding("IPv4 forwarding", .ok, "is on") }
    return HostEnvironment.canAdministerNetwork
      ? HostFinding("IPv4 forwarding", .ok, "is off; the server switches it on when it starts")
      : HostFinding(
        "IPv4 forwarding", .failure, "is off", remedy: "sysctl -w net.ipv4.ip_forward=1")
  }

  /// Docker and some firewalls drop whatever they did not allow to be forwarded, and a drop in any
  /// table is final. Nil when there is no such rule, or it cannot be seen without the privilege.
  private static func foreignFilter() async -> HostFinding? {
    let chain = try? await Tool.nft.run(["list", "chain", "ip", "filter", "FORWARD"])
    guard let chain, chain.standardOutput.contains("policy drop") else { return nil }
    return HostFinding(
      "other firewalls", .warning,
      "the host drops forwarded packets by default, the sandboxes' among them",
      remedy: "iptables -I FORWARD -i sl+ -j ACCEPT; "
        + "iptables -I FORWARD -o sl+ -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT")
  }
}
