"""The kernel's own interfaces: isolation, asynchronous I/O, pressure, events, modules, log, settings."""

import hashlib
import time

import pytest


def test_ordinary_users_make_user_name_spaces(inside):
    """Root in there has a mount of its own, and outside the files are its user's."""
    assert inside.words("""
        useradd --create-home spacer && usermod --add-subuids 200000-265535 spacer
        su spacer -s /bin/bash -c '
            cd; unshare --user --map-root-user --mount --net --pid --fork --mount-proc bash -ec "
                id -u; echo \\$\\$; mount -t tmpfs none /mnt; findmnt -no FSTYPE /mnt
                ip link add dummy0 type dummy; ip -o link | wc -l
                touch made; cat /proc/self/uid_map"'
        stat -c %U /home/spacer/made; findmnt /mnt || echo unmounted
        userdel -r spacer 2>/dev/null
        """) == ["0", "1", "tmpfs", "2", "0", "1000", "1", "spacer", "unmounted"]


def test_seccomp_refuses_and_kills(inside):
    """A filter's error reaches the program, and a forbidden call is the end of it, by SIGSYS."""
    program = inside.compile("seccomp")
    assert inside('"$1" || exit $?', program, code=128 + 31) == "Inappropriate ioctl for device\n"


def test_landlock_restricts_a_program(inside):
    program = inside.compile("landlock")
    version, *outcomes = inside("""
        mkdir allowed && echo > allowed/file && echo > other
        "$1" allowed other
        """, program).splitlines()
    assert int(version.removeprefix("version ")) >= 2
    assert outcomes == ["inside: opened", "inside, to write: Permission denied", "outside: Permission denied"]


def test_io_uring_copies_a_file(inside):
    """64 blocks and a rest in linked pairs with registered buffers, and a ring that the kernel polls."""
    program = inside.compile("ring", "-luring")
    completed, copied = inside.words("""
        head -c $((64 * 65536 + 1000)) /dev/urandom > from
        "$1" from to && cmp from to && stat -c %s to
        """, program)
    assert (completed, copied) == (str(2 * 65), str(64 * 65536 + 1000))


def test_userfaultfd_serves_faults(inside):
    program = inside.compile("faults", "-pthread")
    assert inside.words('"$1"', program) == ["64", str(sum(range(64)))]


def test_pressure_is_told(inside):
    """Four loops on two processors: some of them wait, as the pressure of the machine and the group says."""
    before, after, group, kinds = inside.words("""
        total() { grep -oP '^some .* total=\\K[0-9]+' $1; }
        mkdir /sys/fs/cgroup/pressed
        total /proc/pressure/cpu
        for n in 1 2 3 4; do
            (echo $BASHPID > /sys/fs/cgroup/pressed/cgroup.procs; timeout 3 sh -c 'while :; do :; done') &
        done
        wait
        total /proc/pressure/cpu
        total /sys/fs/cgroup/pressed/cpu.pressure
        rmdir /sys/fs/cgroup/pressed
        ls /proc/pressure | xargs | tr ' ' ,
        """)
    # Microseconds.
    assert int(after) - int(before) > 1_000_000 and int(group) > 1_000_000
    assert kinds == "cpu,io,memory"


@pytest.fixture(scope="module")
def work(inside):
    return inside.compile("work", "-g")


def test_perf_counts_events(inside, work):
    """Exactly the system calls that the program makes, by a tracepoint; faults and time by the software."""
    lines = inside("""
        perf stat -x, -o counts -e syscalls:sys_enter_getpgid,page-faults,task-clock "$1" 250
        cat counts
        """, work).splitlines()
    counts = {line.split(",")[2]: line.split(",")[0] for line in lines if "," in line}
    assert counts["syscalls:sys_enter_getpgid"] == "250"
    assert int(counts["page-faults"]) > 10 and float(counts["task-clock"]) > 0


def test_perf_finds_where_the_time_goes(inside, work):
    """Samples by the processor's clock, with the names of functions."""
    report = inside("""
        perf record -q -e cpu-clock -F 500 -o data "$1" 0 100000000
        perf report -q -i data --stdio --sort symbol 2>/dev/null
        """, work)
    top = next(line for line in report.splitlines() if "%" in line)
    assert "busy_function" in top and float(top.split("%")[0]) > 50, report


def test_hardware_events_are_counted_where_the_engine_has_them(inside, work):
    """Emulated processors have no performance counters: there perf says `<not supported>`."""
    count = inside("""
        perf stat -x, -o counts -e instructions:u "$1" 0 1000000
        grep instructions counts | cut -d, -f1
        """, work).strip()
    if count == "<not supported>":
        assert "cpu" not in inside.words("ls /sys/bus/event_source/devices")
        pytest.skip("the engine (TCG) has no performance counters; docs/specification.md")
    assert int(count) > 1_000_000


def test_modules_are_loaded_without_a_package_of_them(inside):
    """modprobe finds the running kernel's modules, loads what they need, and removes them again."""
    package, name, loaded, kind, removed = inside.words("""
        dpkg-query --list 'linux-image*' 2>/dev/null | grep -c ^ii || true
        modinfo -F name ipvlan
        modprobe ipvlan && grep -c '^ipvlan ' /proc/modules
        ip link add link eth0 name iv0 type ipvlan && ip -d link show iv0 | grep -oP 'ipvlan(?= *mode)'
        ip link del iv0 && modprobe -r ipvlan && grep -c '^ipvlan ' /proc/modules || true
        """)
    assert (package, name, loaded, kind, removed) == ("0", "ipvlan", "1", "ipvlan", "0")


def test_the_kernel_loads_modules_as_the_images_settings_say(inside):
    """A module that comes on demand has the options of modprobe.d, and one that is blacklisted does not come."""
    assert inside.words("""
        trap 'rm /etc/modprobe.d/test.conf' EXIT
        echo 'options ifb numifbs=3' > /etc/modprobe.d/test.conf
        echo 'blacklist xfrm_interface' >> /etc/modprobe.d/test.conf
        grep -cE '^(ifb|xfrm_interface) ' /proc/modules || true
        ip link add own type ifb; ls /sys/class/net | grep -c ^ifb
        ip link del own; modprobe -r ifb
        ip link add own type xfrm dev eth0 if_id 7 2>/dev/null || echo none
        modprobe xfrm_interface && ip link add own type xfrm dev eth0 if_id 7 && ip link del own
        modprobe -r xfrm_interface && echo asked
        """) == ["0", "3", "none", "asked"]


def test_the_kernel_loads_modules_in_an_image_without_modprobe(sb):
    """The first socket for the kernel's own hashing has the drivers loaded, as on any Linux."""
    script = """
import shutil, socket
hashing = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
hashing.bind(("hash", "sha256"))
request, _ = hashing.accept()
request.sendall(b"by the kernel")
modules = open("/proc/modules").read()
print(shutil.which("modprobe"), "algif_hash" in modules, request.recv(32).hex())
"""
    process = sb.exec("python3", "-c", script)
    assert process.stdout.read().split() == [
        "None", "True", hashlib.sha256(b"by the kernel").hexdigest()], process.stderr.read()


def test_dmesg_shows_the_kernels_log(inside):
    """From its first line on, with what is written to it, and for root alone."""
    assert inside.words("""
        dmesg | grep -o 'Linux version'
        echo "said by $$" > /dev/kmsg; dmesg | grep -c "said by $$"
        setpriv --reuid 65534 --clear-groups dmesg >/dev/null 2>&1 || echo refused
        """) == ["Linux", "version", "1", "refused"]


def test_settings_of_the_kernel_are_changed(inside):
    """What sysctl sets is so at once."""
    assert inside.words("""
        answered() { ping -n -c 1 -W 1 127.0.0.1 | grep -oP '[0-9]+(?= received)' || true; }
        answered
        sysctl -q -w net.ipv4.icmp_echo_ignore_all=1; answered
        echo net.ipv4.icmp_echo_ignore_all=0 > file; sysctl -q -p file; answered
        sysctl -n kernel.ostype vm.swappiness
        sysctl -q -w vm.swappiness=11 && cat /proc/sys/vm/swappiness && sysctl -q -w vm.swappiness=60
        """) == ["1", "0", "1", "Linux", "60", "11"]


def test_the_clock_is_changed(inside):
    """It goes on from where it was set; nothing else of the sandbox takes notice."""
    start, later, year, stamp = inside.words("""
        date --set '2031-05-06 07:08:09 UTC' >/dev/null; date +%s
        sleep 2; date +%s; date -u +%Y
        touch file; stat -c %y file | cut -d- -f1
        """)
    assert int(start) == 1935817689 and 2 <= int(later) - int(start) < 300
    assert (year, stamp) == ("2031", "2031")
    assert inside("date +%Y") == "2031\n"
    assert inside.sandbox.poll() is None
    inside('date --set "@$1" >/dev/null', str(int(time.time())))
    assert abs(int(inside("date +%s")) - time.time()) < 300


def test_sudo_makes_root_of_who_may(inside):
    assert inside.words("""
        useradd --create-home allowed; useradd other
        echo 'allowed ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/allowed
        su allowed -s /bin/sh -c '
            id -un; sudo -n id -un; sudo -n -u other id -un; sudo -n cat /etc/shadow | grep -o ^root:'
        su other -s /bin/sh -c 'sudo -n id -un' 2>/dev/null || echo refused
        rm /etc/sudoers.d/allowed; userdel -r allowed 2>/dev/null; userdel other
        """) == ["allowed", "root", "other", "root:", "refused"]


def test_a_crash_leaves_a_core(inside, work):
    """Where the limit allows it, in the working directory, with the memory of the process."""
    assert inside("""
        ulimit -c unlimited
        "$1" 7 crash 2>/dev/null && exit 1
        readelf -h core | grep -oP 'Type: *\\K.*'
        readelf -n core | grep -oE 'NT_PRSTATUS|NT_FILE'
        grep -c mark-7-of-the-core core
        grep -c mark-7-of-the-core "$1" || true
        """, work).splitlines() == ["CORE (Core file)", "NT_PRSTATUS", "NT_FILE", "1", "0"]


def test_cores_go_to_the_handler_that_is_set(inside, work):
    """The kernel starts a program of the image's for a core, and hands it over."""
    assert inside.words("""
        cat > /usr/local/bin/keep-core <<'HANDLER'
#!/bin/sh
echo "$1 $2" > /tmp/kept
head -c 4 | tail -c 3 >> /tmp/kept
HANDLER
        chmod 755 /usr/local/bin/keep-core
        before=$(cat /proc/sys/kernel/core_pattern)
        echo '|/usr/local/bin/keep-core %e %s' > /proc/sys/kernel/core_pattern
        "$1" 7 crash 2>/dev/null || true
        echo "$before" > /proc/sys/kernel/core_pattern
        until [ -s /tmp/kept ]; do sleep 0.1; done
        cat /tmp/kept
        """, work) == ["work", "11", "ELF"]
