"""What a program finds in a sandbox: a machine as it is on a cloud."""

import re
import time

import pytest
from inside import output_of


@pytest.fixture
def run(sb):
    return lambda script: output_of(sb, script).strip()


def test_names_are_resolved(run):
    assert re.fullmatch(r"nameserver [\d.]+", run("cat /etc/resolv.conf"))
    assert run("getent ahostsv4 localhost").startswith("127.0.0.1 ")
    # Of the two families, that of an address beyond the loopback is looked up unless one insists.
    assert run("getent -A ahostsv6 localhost").startswith("::1 ")
    assert run("cat /proc/net/if_inet6").split()[-1] == "lo"


def test_it_has_a_name_of_its_own(run, sb):
    name = sb.object_id.lower()
    assert run("hostname; cat /etc/hostname /proc/sys/kernel/hostname").split() == [name] * 3
    assert run("hostname -i") == run("hostname -I")
    assert re.fullmatch("[0-9a-f]{32}", run("cat /etc/machine-id"))


def test_two_sandboxes_differ(run, create, image):
    facts = "cat /etc/machine-id /sys/class/net/eth0/address /proc/sys/kernel/random/uuid; head -c 16 /dev/random | base64"
    other = create(image=image).exec("bash", "-c", facts).stdout.read().split()
    assert len(other) == 4 and not set(other) & set(run(facts).split())


def test_locale_and_time_zone(run):
    assert run("locale charmap; date +%Z") == "UTF-8\nUTC"
    assert run("TZ=Asia/Tokyo date +%Z") == "JST"


def test_the_time_is_the_hosts(run):
    before = time.time()
    inside = float(run("date +%s.%N"))
    assert before - 0.5 <= inside <= time.time() + 0.5


def test_shared_memory(run):
    total = int(run("grep MemTotal /proc/meminfo").split()[1]) << 10
    size = int(run("stat -f -c '%b * %S' /dev/shm | sed 's/^/echo $((/; s/$/))/' | sh"))
    assert run("stat -f -c %T /dev/shm") == "tmpfs" and total * 0.45 <= size <= total * 0.55
    run("python3 -c 'from multiprocessing import shared_memory as s;"
        "m = s.SharedMemory(create=True, size=1 << 20); m.unlink()'")


def test_temporary_directories(run):
    assert run("stat -c '%a %U %F' /tmp /var/tmp /dev/shm") == "\n".join(["1777 root directory"] * 3)


def test_limits(run):
    assert run("ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Hc; ulimit -Ss; umask").split() == [
        "1024", "1048576", "0", "unlimited", "8192", "0022"]
    # A user's processes are limited by the machine's memory, as the kernel has it.
    assert int(run("ulimit -u")) == int(run("cat /proc/sys/kernel/threads-max")) // 2


def test_entropy(run):
    assert run("cat /proc/sys/kernel/random/entropy_avail") == "256"
    assert run("timeout 5 head -c 32 /dev/random | wc -c") == "32"
    assert run("cat /sys/class/misc/hw_random/rng_current").startswith("virtio_rng")


def test_devices(run):
    modes = run("stat -c '%a %n' /dev/null /dev/zero /dev/random /dev/tty /dev/ptmx /dev/fuse /dev/net/tun")
    assert {line.split()[0] for line in modes.splitlines()} == {"666"}
    assert run("readlink /dev/fd /dev/stdin /dev/stdout /dev/stderr").split() == [
        "/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"]
    assert run("test -b /dev/vda -a -c /dev/loop-control -a -c /dev/mapper/control && echo yes") == "yes"


def test_what_is_mounted(run):
    kinds = dict(line.split()[1:3] for line in run("cat /proc/mounts").splitlines())
    expected = {
        "/": "ext4", "/proc": "proc", "/sys": "sysfs", "/dev": "devtmpfs", "/dev/pts": "devpts",
        "/dev/shm": "tmpfs", "/dev/mqueue": "mqueue", "/sys/fs/cgroup": "cgroup2", "/sys/fs/bpf": "bpf",
        "/sys/kernel/debug": "debugfs", "/sys/kernel/tracing": "tracefs",
    }
    assert expected.items() <= kinds.items()


def test_no_swap_is_set_up_and_memory_is_what_was_asked_for(run):
    total = int(run("grep MemTotal /proc/meminfo").split()[1]) >> 10
    assert run("tail -n +2 /proc/swaps") == "" and 940 <= total <= 1024
