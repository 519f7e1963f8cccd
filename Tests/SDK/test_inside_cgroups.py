"""Control groups inside: version 2, everything delegated, and limits that hold."""

import pytest

CONTROLLERS = {"cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc"}

# Makes a group for one script, whose name is a variable, and `./in_group`, which executes a command in it.
GROUP = """
group=/sys/fs/cgroup/limited; mkdir $group
trap 'echo 1 > $group/cgroup.kill; until rmdir $group 2>/dev/null; do sleep 0.1; done' EXIT
printf '#!/bin/sh\\necho $$ > %s/cgroup.procs\\nexec "$@"\\n' $group > in_group && chmod +x in_group
value() { grep -oP "^$1 \\K[0-9]+" $group/$2; }
"""


def test_version_2_is_mounted_with_all_controllers_delegated(inside):
    """A group that is made at the root has every controller, and can hand all on."""
    kind, controllers, delegated, made, first, writable = inside("""
        findmnt -no FSTYPE /sys/fs/cgroup
        cat /sys/fs/cgroup/cgroup.controllers /sys/fs/cgroup/cgroup.subtree_control
        mkdir -p /sys/fs/cgroup/one/two; cat /sys/fs/cgroup/one/cgroup.controllers
        grep -c '^cgroup ' /proc/mounts || true
        for name in $(cat /sys/fs/cgroup/one/cgroup.controllers); do
            echo +$name > /sys/fs/cgroup/one/cgroup.subtree_control
        done
        cat /sys/fs/cgroup/one/two/cgroup.controllers
        rmdir /sys/fs/cgroup/one/two /sys/fs/cgroup/one
        """).splitlines()
    assert kind == "cgroup2" and first == "0"
    for line in (controllers, delegated, made, writable):
        assert set(line.split()) >= CONTROLLERS, line


def test_memory_max_kills_what_is_over_it_and_nothing_else(inside):
    """One process of the group takes what the group may not have; it is killed, and its neighbour is not."""
    code, kills, peak, neighbour = inside.words(GROUP + """
        echo 64M > $group/memory.max
        ./in_group sleep 300 & neighbour=$!
        sleep 300 & outside=$!
        echo -500 > /proc/$neighbour/oom_score_adj
        code=0; ./in_group python3 -c 'bytearray(200 << 20)' 2>/dev/null || code=$?
        echo $code; value oom_kill memory.events; cat $group/memory.peak
        kill -0 $neighbour && kill -0 $outside && echo alive
        kill $neighbour $outside; wait $neighbour $outside || true
        """)
    assert (code, kills, neighbour) == ("137", "1", "alive")
    assert int(peak) <= 64 << 20


def test_memory_of_a_group_is_killed_together_where_it_says_so(inside):
    assert inside.words(GROUP + """
        echo 64M > $group/memory.max; echo 1 > $group/memory.oom.group
        ./in_group sleep 300 & neighbour=$!
        ./in_group python3 -c 'bytearray(200 << 20)' 2>/dev/null || echo $?
        code=0; wait $neighbour || code=$?
        echo $code; value populated cgroup.events
        """) == ["137", "137", "0"]


def test_cpu_max_throttles(inside):
    """A fifth of a processor for two loops on two: the kernel's own account says so."""
    used, elapsed, throttled = map(int, inside.words(GROUP + """
        echo '20000 100000' > $group/cpu.max
        start=$(date +%s%N)
        for n in 1 2; do ./in_group timeout 4 sh -c 'while :; do :; done' & done
        wait
        end=$(date +%s%N)
        value usage_usec cpu.stat; echo $(((end - start) / 1000)); value nr_throttled cpu.stat
        """))
    assert throttled >= 10
    # What is left of a slice is used in full, so some milliseconds more in each period.
    assert 0.05 * elapsed < used < 0.4 * elapsed


def test_pids_max_refuses(inside):
    """No fifth process, not even for root, and the count of refusals says so."""
    said, count, refused = inside.words(GROUP + """
        echo 4 > $group/pids.max
        ./in_group python3 -c '
import os, signal
children = 0
try:
    while children < 20:
        if os.fork() == 0:
            signal.pause()
        children += 1
except BlockingIOError:
    print("refused", children)'
        value max pids.events
        """)
    assert (said, count) == ("refused", "3") and int(refused) >= 1


def test_io_max_limits(inside):
    """3 MiB with 1 MiB/s allowed take three seconds, less the first moment; without, they take less."""
    free, limited, written = map(int, inside.words(GROUP + """
        device=$(findmnt -no MAJ:MIN / | xargs)
        write="dd if=/dev/zero of=file bs=64k count=48 oflag=direct conv=notrunc status=none"
        milliseconds() { local start=$(date +%s%N); "$@"; echo $((($(date +%s%N) - start) / 1000000)); }
        $write
        milliseconds ./in_group $write
        echo "$device wbps=1048576" > $group/io.max
        milliseconds ./in_group $write
        grep "^$device" $group/io.stat | grep -oP 'wbytes=\\K[0-9]+'
        """))
    assert limited >= 2500 and free < limited
    assert written >= 6 << 20


def test_groups_are_frozen_and_killed_as_a_whole(inside):
    assert inside.words(GROUP + """
        ./in_group sh -c 'while :; do :; done' & loop=$!
        until [ "$(value usage_usec cpu.stat)" -gt 10000 ]; do sleep 0.1; done
        echo 1 > $group/cgroup.freeze
        until [ "$(value frozen cgroup.events)" = 1 ]; do sleep 0.1; done
        before=$(value usage_usec cpu.stat); sleep 1
        [ "$(value usage_usec cpu.stat)" = $before ] && echo still
        echo 0 > $group/cgroup.freeze
        until [ "$(value usage_usec cpu.stat)" -gt $((before + 10000)) ]; do sleep 0.1; done
        echo 1 > $group/cgroup.kill
        code=0; wait $loop || code=$?
        echo $code; value populated cgroup.events
        """) == ["still", "137", "0"]


def test_cpuset_keeps_to_its_processors(inside):
    assert inside.words(GROUP + """
        echo 1 > $group/cpuset.cpus
        ./in_group grep -oP 'Cpus_allowed_list:\\s*\\K.*' /proc/self/status
        ./in_group nproc
        """) == ["1", "1"]
