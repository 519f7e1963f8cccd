import Machines
import Testing

struct NetworkFirewallOrderTests {
  /// What fits no connection is not translated on its way out, so it must be gone before anything
  /// lets it pass; and nothing is looked at before whose address it has.
  @Test func theGuestsPacketsAreJudgedInOrder() throws {
    let rules = Firewall(
      instance: NetworkInstance(dataDirectory: "/x"),
      range: try #require(IPv4Network("10.213.0.0/16")), denied: []
    ).rules
    let chain = try #require(rules.components(after: "chain from_guest {"))
    #expect(
      chain.prefix(4) == [
        "meta nfproto != ipv4 drop", "iifname . ip saddr != @guests drop", "ct state invalid drop",
        "ct state established,related accept",
      ])
    #expect(chain.last == "ip daddr @closed drop")
  }
}

extension String {
  /// The lines of a block, without indentation.
  fileprivate func components(after opening: String) -> [String]? {
    let lines = split(separator: "\n").map { $0.drop { $0 == " " } }
    guard let start = lines.firstIndex(where: { $0 == opening }) else { return nil }
    return lines[(start + 1)...].prefix { $0 != "}" }.map(String.init)
  }
}
