/// The nftables table that fences all sandboxes of one server.
///
/// A guest reaches the outside and its gateway's DNS; neither the host's own addresses, whichever
/// it asks for, nor another guest, nor link-local addresses, where clouds answer with credentials.
/// It cannot take another's address (and what no connection fits, which would leave the host with
/// the guest's own address on it, goes nowhere), has no IPv6, and nothing outside can open a connection to it.
/// The table stays when the server dies, so that no guest is ever without it.
package struct Firewall: Sendable {
  /// Whose sandboxes.
  package let instance: NetworkInstance
  /// The range of the guests' addresses.
  package let range: IPv4Network
  /// Networks that no guest reaches, beside the range itself.
  package let denied: [IPv4Network]

  package init(instance: NetworkInstance, range: IPv4Network, denied: [IPv4Network]) {
    self.instance = instance
    self.range = range
    self.denied = denied
  }

  /// Makes the table, in one transaction with the removal of a former one.
  package func install() async throws {
    try await Tool.nft.run(["-f", "-"], input: rules)
  }

  /// Lets a guest through, with this address and from this interface alone.
  package func admit(interface: String, guest: IPv4Address, gateway: IPv4Address) async throws {
    try await Tool.nft.run(["-f", "-"], input: change("add", interface, guest, gateway))
  }

  /// Takes that back; when the guest was never let through, nothing happens.
  package func expel(interface: String, guest: IPv4Address, gateway: IPv4Address) async throws {
    // An admission that was cancelled may have come to nothing, and what is missing cannot be
    // deleted: `add` takes no offence at what is there.
    let both = ["add", "delete"].map { change($0, interface, guest, gateway) }
    try await Tool.nft.run(["-f", "-"], input: both.joined())
  }

  /// Removes the table; when there is none, nothing happens.
  package static func remove(_ instance: NetworkInstance) async throws {
    // `table` makes it where it is missing, so that `delete` cannot fail.
    let table = "inet \(instance.table)"
    try await Tool.nft.run(["-f", "-"], input: "table \(table)\ndelete table \(table)\n")
  }

  private func change(
    _ verb: String, _ interface: String, _ guest: IPv4Address, _ gateway: IPv4Address
  ) -> String {
    let table = "inet \(instance.table)"
    return """
      \(verb) element \(table) guests { "\(interface)" . \(guest) }
      \(verb) element \(table) gateways { "\(interface)" . \(gateway) }

      """
  }
}

extension Firewall {
  /// The table's text for `nft -f`.
  ///
  /// The filter sits before routing and address translation, so that no other tool's rule can turn
  /// an address of the host into something else first.
  package var rules: String {
    let taps = "\"\(instance.interfacePrefix)*\""
    let closed = (["127.0.0.0/8", "\(range)"] + denied.map(\.description)).joined(separator: ", ")
    return """
      table inet \(instance.table)
      delete table inet \(instance.table)
      table inet \(instance.table) {
        set guests { type ifname . ipv4_addr; }
        set gateways { type ifname . ipv4_addr; }
        set closed { type ipv4_addr; flags interval; auto-merge; elements = { \(closed) } }
        chain prerouting {
          type filter hook prerouting priority mangle; policy accept;
          iifname \(taps) goto from_guest
        }
        chain from_guest {
          meta nfproto != ipv4 drop
          iifname . ip saddr != @guests drop
          ct state invalid drop
          ct state established,related accept
          iifname . ip daddr @gateways udp dport 53 accept
          iifname . ip daddr @gateways tcp dport 53 accept
          iifname . ip daddr @gateways icmp type echo-request accept
          fib daddr type != unicast drop
          ip daddr @closed drop
        }
        chain forward {
          type filter hook forward priority filter; policy accept;
          iifname \(taps) oifname \(taps) drop
          oifname \(taps) ct state != { established, related } drop
        }
        chain postrouting {
          type nat hook postrouting priority srcnat; policy accept;
          ip saddr \(range) oifname != \(taps) masquerade
        }
      }

      """
  }
}
