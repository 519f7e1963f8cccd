"""Networks that a program builds inside: devices, name spaces, tunnels, packet filters."""

import pytest

# Prints how many of four pings to an address are answered; what comes before is run before `ping`.
PINGS = """
pings() { "${@:2}" ping -n -c 4 -i 0.1 -W 2 $1 | grep -oP '[0-9]+(?= received)' || true; }
"""

# Makes name spaces `a` and `b` for one script, joined by a pair of veth with 10.1.0.1 and 10.1.0.2.
PAIR = PINGS + """
trap 'kill $(jobs -p) 2>/dev/null || true; ip netns del a; ip netns del b' EXIT
ip netns add a; ip netns add b
ip -n a link add eth0 type veth peer name eth0 netns b
ip -n a addr add 10.1.0.1/24 dev eth0; ip -n b addr add 10.1.0.2/24 dev eth0
for name in a b; do ip -n $name link set lo up; ip -n $name link set eth0 up; done
a="ip netns exec a"; b="ip netns exec b"
# Serves a line of text at an address and port of `b`, and waits until it does.
serve() {
    $b python3 -c '
import socket, sys
host, port, text = sys.argv[1:]
server = socket.create_server((host, int(port)))
while True:
    with server.accept()[0] as connection:
        connection.sendall(text.encode() + b"\\n")' $1 $2 $3 &
    until [ -n "$($b ss -Hltn src $1:$2)" ]; do sleep 0.1; done
}
"""

def test_ping_needs_no_privilege(inside):
    """The loopback and the machine's own address answer; an ordinary user's ping has no capability."""
    assert inside.words(PINGS + """
        address=$(ip -4 -o addr show dev eth0 | grep -oP 'inet \\K[0-9.]+')
        for target in 127.0.0.1 ::1 $address; do pings $target; done
        # A copy has no capability of the file's, and this user has none either.
        chmod 755 . && cp $(command -v ping) . && PATH=$PWD:$PATH
        for target in 127.0.0.1 ::1 $address; do
            pings $target setpriv --reuid 1234 --regid 1234 --clear-groups --inh-caps=-all
        done
        """) == ["4"] * 6


@pytest.mark.parametrize("kind", ["tun", "tap"])
def test_a_program_is_the_other_end_of_a_device(inside, kind):
    """It answers the echo requests that the kernel sends into the device, IP packets or whole frames."""
    program = inside.add("echo.py")
    received, answered = inside.words(PINGS + """
        coproc python3 $1 $2
        read -r _ <&${COPROC[0]}
        ip addr add 10.9.0.1/24 dev echo0; ip link set echo0 up
        pings 10.9.0.2
        cat <&${COPROC[0]}
        [ ! -e /sys/class/net/echo0 ]
        """, program, kind)
    assert (received, answered) == ("4", "4")


def test_name_spaces_are_joined_by_a_bridge(inside):
    """Three name spaces with an interface each on one bridge, which learns who is where."""
    assert inside.words(PINGS + """
        trap 'for n in 1 2 3; do ip netns del n$n; done; ip link del bridge0' EXIT
        ip link add bridge0 type bridge && ip link set bridge0 up
        for n in 1 2 3; do
            ip netns add n$n
            ip link add port$n type veth peer name eth0 address 02:00:00:00:00:0$n netns n$n
            ip link set port$n master bridge0 up
            ip -n n$n addr add 10.2.0.$n/24 dev eth0; ip -n n$n link set eth0 up
        done
        for from in 1 2 3; do
            pings 10.2.0.$((from % 3 + 1)) ip netns exec n$from
        done
        for n in 1 2 3; do bridge fdb show br bridge0 | grep -o "02:00:00:00:00:0$n dev port[0-9]"; done
        ip link set port3 nomaster
        pings 10.2.0.3 ip netns exec n1
        """) == [
            "4", "4", "4", "02:00:00:00:00:01", "dev", "port1", "02:00:00:00:00:02", "dev", "port2",
            "02:00:00:00:00:03", "dev", "port3", "0"]


def test_wireguard_joins_two_name_spaces(inside):
    """What goes through the tunnel is seen outside as WireGuard's packets alone, and their count fits."""
    received, sent, handshake, outside, plain = inside.words(PAIR + """
        umask 077
        for name in a b; do wg genkey > $name.key; wg pubkey < $name.key > $name.pub; done
        for name in a b; do
            ip -n $name link add wg0 type wireguard
            ip netns exec $name wg set wg0 listen-port 51820 private-key $name.key
        done
        $a wg set wg0 peer $(cat b.pub) allowed-ips 10.3.0.2/32 endpoint 10.1.0.2:51820
        $b wg set wg0 peer $(cat a.pub) allowed-ips 10.3.0.1/32
        ip -n a addr add 10.3.0.1/24 dev wg0; ip -n b addr add 10.3.0.2/24 dev wg0
        for name in a b; do ip -n $name link set wg0 up; done
        $b nft -f - <<'RULES'
            table ip seen {
                chain input {
                    type filter hook input priority 0
                    iifname "eth0" udp dport 51820 counter
                    iifname "eth0" ip protocol icmp counter
                }
            }
RULES
        pings 10.3.0.2 $a
        $b wg show wg0 transfer | cut -f3
        $b wg show wg0 latest-handshakes | cut -f2
        $b nft list chain ip seen input | grep -oP 'packets \\K[0-9]+'
        """)
    assert received == "4"
    # Four echoes of 128 bytes each when padded and wrapped, and the handshake's 92.
    assert int(sent) >= 4 * 128 and int(handshake) > 0
    assert int(outside) >= 5 and plain == "0"


def test_nftables_filters_counts_and_translates(inside):
    """A drop with its count, a set that is filled from packets, and a translated destination."""
    open_, dropped, count, members, answer = inside.words(PAIR + """
        $b nft -f - <<'RULES'
            table inet t {
                set senders { type ipv4_addr; flags dynamic; timeout 1h; }
                chain input {
                    type filter hook input priority 0
                    icmp type echo-request update @senders { ip saddr }
                }
            }
RULES
        pings 10.1.0.2 $a
        $b nft add rule inet t input icmp type echo-request counter drop
        pings 10.1.0.2 $a
        $b nft list chain inet t input | grep -oP 'packets \\K[0-9]+'
        $b nft list set inet t senders | grep -o '10\\.1\\.0\\.[0-9]*'
        $b nft -f - <<'RULES'
            table ip nat {
                chain prerouting {
                    type nat hook prerouting priority dstnat
                    tcp dport 80 redirect to :8080
                }
            }
RULES
        serve 10.1.0.2 8080 translated
        $a busybox nc -w 5 10.1.0.2 80 < /dev/null
        """)
    assert (open_, dropped, count) == ("4", "0", "4")
    assert (members, answer) == ("10.1.0.1", "translated")


@pytest.mark.parametrize("backend", ["nft", "legacy"])
def test_iptables_filters_counts_and_translates(inside, backend):
    """Both of its back-ends: a drop with its count, a match on connections, and a translated destination."""
    version, open_, dropped, count, answer = inside.words(PAIR + """
        iptables="$b iptables-$1"
        $iptables --version | grep -oP '\\(\\K[a-z_]+'
        pings 10.1.0.2 $a
        $iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
        $iptables -A INPUT -p icmp -m comment --comment "no echo" -j DROP
        pings 10.1.0.2 $a
        $iptables -L INPUT -v -n -x | awk '/no echo/ { print $1 }'
        $iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8080
        serve 10.1.0.2 8080 translated
        $a busybox nc -w 5 10.1.0.2 80 < /dev/null
        """, backend)
    assert version == {"nft": "nf_tables", "legacy": "legacy"}[backend]
    assert (open_, dropped, count, answer) == ("4", "0", "4", "translated")


def test_ipvs_spreads_connections(inside):
    """A virtual address before two servers, in turn: four connections, two for each."""
    *answers, first, second = inside.words(PAIR + """
        ip -n b addr add 10.1.0.3/24 dev eth0
        for n in 2 3; do serve 10.1.0.$n 80 server$n; done
        $a ip addr add 10.8.0.1/32 dev lo; $b ip route add 10.8.0.1 via 10.1.0.1
        $a ipvsadm -A -t 10.8.0.1:80 -s rr
        $a ipvsadm -a -t 10.8.0.1:80 -r 10.1.0.2 -m; $a ipvsadm -a -t 10.8.0.1:80 -r 10.1.0.3 -m
        for n in 1 2 3 4; do $a busybox nc -w 5 10.8.0.1 80 < /dev/null; done
        counts() { $a ipvsadm -L -n --stats | awk '/->.*10.1.0/ { print $3 }'; }
        # The kernel adds them up every two seconds.
        until [ "$(counts | xargs)" != "0 0" ]; do sleep 0.2; done
        counts
        """)
    assert sorted(answers) == ["server2", "server2", "server3", "server3"]
    assert (first, second) == ("2", "2")
