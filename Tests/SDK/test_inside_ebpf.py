"""eBPF inside: tracing, type information, programs that are compiled there and attached."""

import json

import pytest

CALLS = 37

# What is asked of one run of `work`, which calls getpgid and a function of its own that often.
TRACE = """
kprobe:__x64_sys_getpgid /pid == cpid/ { @kprobe = count(); }
kretprobe:__x64_sys_getpgid /pid == cpid/ { @returned[retval] = count(); }
tracepoint:syscalls:sys_enter_getpgid /pid == cpid/ { @tracepoint[comm] = count(); }
uprobe:/tmp/work:called_function /pid == cpid/ { @uprobe = count(); @numbers = sum(arg0); }
kfunc:__x64_sys_getpgid /pid == cpid/ {
    @kfunc = count();
    $task = (struct task_struct *)curtask;
    @types[$task->comm, $task->real_parent->comm] = count();
}
profile:hz:99 { @samples = count(); }
"""


@pytest.fixture(scope="module")
def traced(inside):
    """The maps that bpftrace prints at the end of one run with all probes."""
    program = inside.compile("work", "-g")
    inside.sandbox.filesystem.write_text(TRACE, "/tmp/trace.bt")
    output = inside('bpftrace -f json -c "$1 $2" /tmp/trace.bt', program, str(CALLS))
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {name: value for line in lines if line["type"] == "map" for name, value in line["data"].items()}


def test_bpftrace_counts_by_kprobes(traced):
    assert traced["@kprobe"] == CALLS
    [(group, count)] = traced["@returned"].items()
    assert int(group) > 1 and count == CALLS


def test_bpftrace_counts_by_tracepoints(traced):
    assert traced["@tracepoint"] == {"work": CALLS}


def test_bpftrace_counts_by_uprobes(traced):
    """With the argument of each call of a function of a program in user space."""
    assert traced["@uprobe"] == CALLS
    assert traced["@numbers"] == sum(range(CALLS))


def test_bpftrace_reads_the_kernels_structures(traced):
    """By the type information that the kernel brings: no headers are in the image."""
    assert traced["@kfunc"] == CALLS
    assert traced["@types"] == {"work,bpftrace": CALLS}


def test_bpftrace_samples_by_time(traced):
    assert traced["@samples"] > 0


def test_bpftool_reads_maps_programs_and_types(inside):
    """A map keeps what is written; the kernel's types and those of its modules are there."""
    assert inside.words("""
        bpftool map create /sys/fs/bpf/notes type hash key 4 value 8 entries 16 name notes
        bpftool map update pinned /sys/fs/bpf/notes key 1 0 0 0 value 42 0 0 0 0 0 0 0
        bpftool -j map lookup pinned /sys/fs/bpf/notes key 1 0 0 0 | grep -o '"0x2a"'
        bpftool map show name notes | grep -o 'max_entries 16'
        rm /sys/fs/bpf/notes
        bpftool -j map show | grep -c notes || true
        bpftool btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h
        grep -cx 'struct task_struct {' vmlinux.h
        bpftool btf dump file /sys/kernel/btf/virtio_net format raw --base-btf /sys/kernel/btf/vmlinux \\
            | grep -c "STRUCT 'virtnet_info'"
        """) == ['"0x2a"', "max_entries", "16", "0", "1", "1"]


def test_a_program_finds_the_kernels_fields_wherever_they_are(inside):
    """CO-RE: compiled by clang for any kernel, loaded by a program that bpftool's skeleton is part of."""
    for name in ("execs.bpf.c", "execs.c"):
        inside.add(name)
    assert inside("""
        cd /tmp
        clang -target bpf -D__TARGET_ARCH_x86 -O2 -g -Wall -c execs.bpf.c -o execs.bpf.o \\
            -I/usr/include/x86_64-linux-gnu
        bpftool gen skeleton execs.bpf.o name execs > execs.skel.h
        clang -O1 -Wall execs.c -o execs -lbpf
        ./execs /bin/true /bin/false /bin/true 2>&1
        """).splitlines() == ["/bin/true", "/bin/false", "/bin/true"]


# Loads what `filters.bpf.c` has, once; each test attaches one of its programs and takes it off again.
FILTERS = "/sys/fs/bpf/filters"


@pytest.fixture(scope="module")
def filters(inside):
    inside.add("filters.bpf.c")
    inside("""
        cd /tmp
        clang -target bpf -O2 -g -Wall -c filters.bpf.c -o filters.bpf.o -I/usr/include/x86_64-linux-gnu
        mkdir $1 && bpftool prog loadall filters.bpf.o $1 pinmaps $1
        """, FILTERS)
    return FILTERS


# Prints how many of four echo requests are answered, and what is counted at a place of the map.
SHELL = """
filters=$1
pings() { "${@:2}" ping -n -c 4 -i 0.1 -W 1 $1 | grep -oP '[0-9]+(?= received)' || true; }
counted() {
    bpftool -j map lookup pinned $filters/counts key $1 0 0 0 | grep -oP '"formatted".*"value":\\K[0-9]+'
}
"""


@pytest.mark.parametrize("mode, shown", [("xdpdrv", "driver"), ("xdpgeneric", "generic")])
def test_xdp_drops_frames(inside, filters, mode, shown):
    """On a veth's driver and on the kernel's general path, until it is taken off."""
    assert inside.words(SHELL + """
        trap 'ip netns del x' EXIT
        ip netns add x; ip link add veth0 type veth peer name eth0 netns x
        ip addr add 10.4.0.1/24 dev veth0; ip link set veth0 up
        ip -n x addr add 10.4.0.2/24 dev eth0; ip -n x link set eth0 up; ip -n x link set lo up
        before=$(counted 0)
        pings 10.4.0.1 ip netns exec x
        bpftool net attach $2 pinned $filters/drop_frames dev veth0
        bpftool net show dev veth0 | grep -oE 'driver|generic'
        pings 10.4.0.1 ip netns exec x
        bpftool net detach $2 dev veth0
        pings 10.4.0.1 ip netns exec x
        echo $(($(counted 0) - before))
        """, filters, mode) == ["4", shown, "0", "4", "4"]


def test_xdp_sees_the_frames_of_the_machines_own_interface(inside, filters):
    """Which goes on working: the gateway's answer to who has its address passes, and is counted."""
    shown, answered, counted, left = inside.words(SHELL + """
        before=$(counted 2)
        bpftool net attach xdpgeneric pinned $filters/count_frames dev eth0
        bpftool net show dev eth0 | grep -oE 'driver|generic'
        gateway=$(ip -4 route show default | grep -oP 'via \\K[0-9.]+')
        ip neigh flush dev eth0
        ping -n -c 1 -W 1 $gateway >&2 || true
        ip neigh show $gateway dev eth0 | grep -c lladdr
        bpftool net detach xdpgeneric dev eth0
        echo $(($(counted 2) - before))
        bpftool net show dev eth0 | grep -cE 'driver|generic' || true
        """, filters)
    assert (shown, answered, left) == ("generic", "1", "0")
    assert int(counted) > 0


def test_a_cgroup_has_its_packets_filtered(inside, filters):
    """Those of its processes alone."""
    assert inside.words(SHELL + """
        group=/sys/fs/cgroup/filtered; mkdir $group; trap 'rmdir $group' EXIT
        in_group() { (echo $BASHPID > $group/cgroup.procs; exec "$@"); }
        before=$(counted 1)
        bpftool cgroup attach $group cgroup_inet_egress pinned $filters/drop_packets
        bpftool cgroup show $group | grep -oE 'cgroup_inet_egress|drop_packets'
        pings 127.0.0.1 in_group; pings 127.0.0.1
        bpftool cgroup detach $group cgroup_inet_egress pinned $filters/drop_packets
        pings 127.0.0.1 in_group
        echo $(($(counted 1) - before))
        """, filters) == ["cgroup_inet_egress", "drop_packets", "0", "4", "4", "4"]


def test_a_cgroup_has_its_connections_led_elsewhere(inside, filters):
    assert inside.words(SHELL + """
        group=/sys/fs/cgroup/led; mkdir $group; trap 'kill $server; rmdir $group' EXIT
        mkdir served; echo found > served/file
        python3 -m http.server --bind 127.0.0.1 --directory served 8081 2>/dev/null >&2 & server=$!
        until [ -n "$(ss -Hltn src 127.0.0.1:8081)" ]; do sleep 0.1; done
        bpftool cgroup attach $group cgroup_inet4_connect pinned $filters/lead_elsewhere
        (echo $BASHPID > $group/cgroup.procs; busybox wget -q -O - http://192.0.2.1/file)
        bpftool cgroup detach $group cgroup_inet4_connect pinned $filters/lead_elsewhere
        """, filters) == ["found"]
