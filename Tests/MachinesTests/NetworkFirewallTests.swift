import Glibc
import Machines
import Testing

/// The fence, tried in a network name space of its own: guests are name spaces too, joined by
/// interfaces that are named like taps. A connection that gets through is refused at once, for
/// nobody listens; one that is fenced off gets no answer.
@Suite("The firewall", .enabled(if: getuid() == 0, "needs root"))
struct NetworkFirewallTests {
  @Test(
    "Guests reach the outside and their gateway's name server, and nothing else",
    .timeLimit(.minutes(2)))
  func fence() async throws {
    let folder = try PreparationFolder()
    let firewall = Firewall(
      instance: NetworkInstance(dataDirectory: folder.path.string),
      range: try #require(IPv4Network("10.213.0.0/16")),
      denied: [try #require(IPv4Network("169.254.0.0/16"))])
    let rules = try folder.write(firewall.rules, to: "rules")
    let script = try folder.write(Self.script, to: "script")
    let output = try await Tool("unshare", package: "util-linux").run(
      ["--net", "--", "bash", script.string],
      environment: [
        "RULES": rules.string, "TABLE": firewall.instance.table,
        "TAP": firewall.instance.interfacePrefix,
      ])
    #expect(
      output.standardOutput.split(separator: "\n") == [
        "outside: reached",
        "gateway's name server: reached",
        "gateway's other ports: fenced",
        "host's other address: fenced",
        "other gateway's name server: fenced",
        "other guest: fenced",
        "metadata: fenced",
        "with another's address: fenced",
        "host to guest: reached",
        "outside to guest: fenced",
        "IPv6: fenced",
        "unknown guest: fenced",
      ])
  }

  private static let script = #"""
    set -e
    nft -f "$RULES"
    nft -f "$RULES"
    ip link set lo up
    echo 1 > /proc/sys/net/ipv4/ip_forward
    for n in 1 2 3; do
      unshare --net sleep 100 & holder[$n]=$!
    done
    trap 'kill ${holder[@]}' EXIT
    for n in 1 2 3; do
      until [ "$(readlink /proc/${holder[$n]}/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do :; done
    done
    inside() { nsenter --target ${holder[$1]} --net "${@:2}"; }
    join() { # number, interface, own address/length, address inside/length
      ip link add $2 type veth peer name eth0 netns ${holder[$1]}
      ip addr add $3 dev $2
      ip -6 addr add fd00:$1::1/64 dev $2 nodad
      ip link set $2 up
      inside $1 ip addr add $4 dev eth0
      inside $1 ip -6 addr add fd00:$1::2/64 dev eth0 nodad
      inside $1 ip link set lo up
      inside $1 ip link set eth0 up
      inside $1 ip route add default via ${3%/*}
    }
    join 1 ${TAP}0 10.213.0.1/30 10.213.0.2/30
    join 2 ${TAP}1 10.213.0.5/30 10.213.0.6/30
    join 3 out0 203.0.113.1/24 203.0.113.2/24
    inside 3 ip addr add 169.254.169.254/32 dev eth0
    ip route add 169.254.169.254 via 203.0.113.2
    admit() {
      nft add element inet $TABLE guests "{ \"${TAP}$1\" . $2 }"
      nft add element inet $TABLE gateways "{ \"${TAP}$1\" . $3 }"
    }
    admit 0 10.213.0.2 10.213.0.1
    try() { # name space, address, port
      answer=$(inside $1 timeout 1 bash -c "exec 3<>/dev/tcp/$2/$3" 2>&1 || true)
      case $answer in *refused*) echo reached ;; *) echo fenced ;; esac
    }
    echo "outside: $(try 1 203.0.113.2 80)"
    echo "gateway's name server: $(try 1 10.213.0.1 53)"
    echo "gateway's other ports: $(try 1 10.213.0.1 80)"
    echo "host's other address: $(try 1 203.0.113.1 53)"
    echo "other gateway's name server: $(try 1 10.213.0.5 53)"
    echo "other guest: $(try 1 10.213.0.6 80)"
    echo "metadata: $(try 1 169.254.169.254 80)"
    inside 1 ip addr add 10.213.0.9/32 dev eth0
    inside 1 ip route change default via 10.213.0.1 src 10.213.0.9
    echo "with another's address: $(try 1 203.0.113.2 80)"
    inside 1 ip route change default via 10.213.0.1
    answer=$(timeout 1 bash -c "exec 3<>/dev/tcp/10.213.0.2/80" 2>&1 || true)
    case $answer in *refused*) echo "host to guest: reached" ;; *) echo "host to guest: fenced" ;; esac
    echo "outside to guest: $(try 3 10.213.0.2 80)"
    echo "IPv6: $(try 1 fd00:1::1 53)"
    echo "unknown guest: $(try 2 203.0.113.2 80)"
    """#
}
