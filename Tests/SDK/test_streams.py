"""Processes under load and in trouble: many, large, stalled, abandoned, orphaned."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from footprint import (
    Peak, agent, server_files, server_memory, settled_server_files, spooled,
)
from servers import machine_of

MEGABYTE = 1_000_000


def output(sb, script):
    """What a shell script writes."""
    process = sb.exec("sh", "-c", script)
    assert process.wait() == 0
    return process.stdout.read()


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def test_two_hundred_at_once(sb):
    """All of them run at the same time, each with its own streams and its own code."""
    script = "read line; echo $line from $0; echo e$0 >&2; exit $(($0 % 100))"
    numbers = range(200)
    with ThreadPoolExecutor(32) as pool:
        processes = list(pool.map(lambda n: sb.exec("sh", "-c", script, str(n)), numbers))
        assert int(output(sb, "pgrep -fc '^sh -c read line'")) >= len(numbers)

        def finish(number):
            process = processes[number]
            process.stdin.write(f"line {number}\n")
            process.stdin.write_eof()
            process.stdin.drain()
            return process.wait(), process.stdout.read(), process.stderr.read()

        results = list(pool.map(finish, numbers))
    assert results == [(n % 100, f"line {n} from {n}\n", f"e{n}\n") for n in numbers]


def test_a_line_of_twenty_megabytes(sb):
    process = sb.exec("sh", "-c", "head -c 20000000 /dev/zero | tr '\\0' a; echo; echo next", bufsize=1)
    lines = iter(process.stdout)
    assert next(lines) == "a" * 20 * MEGABYTE + "\n"
    assert next(lines) == "next\n"


def test_bytes_pass_both_ways_unharmed(sb):
    block = bytes(range(256)) * 4096 + b"\r\n\x00\x04\x1a\xff"
    process = sb.exec("cat", text=False)
    process.stdin.write(block)
    process.stdin.write_eof()
    process.stdin.drain()
    assert process.stdout.read() == block
    assert process.wait() == 0


def test_memory_stays_flat_while_much_is_streamed(create):
    """The output of 200 MB is kept on disk, not in memory; Benchmarks/soak.py does a gigabyte."""
    sb = create(timeout=300)
    size = 200 * MEGABYTE
    agent_before, _ = agent(sb)
    before = server_memory()
    with Peak() as peak:
        process = sb.exec("head", "-c", str(size), "/dev/zero", text=False)
        assert sum(len(chunk) for chunk in process.stdout) == size
        assert process.wait() == 0
    assert peak.value - before < 32 * MEGABYTE, (before, peak.value)
    assert agent(sb)[0] - agent_before < 2 * MEGABYTE


def test_a_reader_that_stalls_holds_the_process_back_and_loses_nothing(create):
    sb = create(timeout=300)
    size = 300 * MEGABYTE
    script = "import sys\nfor n in range(300):\n" \
             " sys.stdout.buffer.write(bytes([n % 251]) * 1000000)\n" \
             " sys.stdout.flush()\n print(n, file=open('/tmp/written', 'w'))"
    process = sb.exec("python3", "-c", script, text=False)
    chunks = iter(process.stdout)
    received = [next(chunks)]

    def written():
        return int(output(sb, "cat /tmp/written") or -1)

    # The SDK takes 64 MiB ahead of its user, and the server keeps another 32.
    before, count = -2, -1
    while count != before:
        time.sleep(1.5)
        before, count = count, written()
    assert 64 < count < 150
    assert spooled(sb.object_id)[0] < 150 * MEGABYTE
    position = 0
    for chunk in [*received, *chunks]:
        for part in (chunk[:1], chunk[-1:]):
            offset = position if part is chunk[:1] else position + len(chunk) - 1
            assert part[0] in (offset // MEGABYTE % 251, position // MEGABYTE % 251)
        position += len(chunk)
    assert position == size
    assert process.wait() == 0


def test_output_that_nobody_reads_does_not_hold_the_process_back(create):
    sb = create(timeout=300)
    process = sb.exec("head", "-c", str(150 * MEGABYTE), "/dev/zero", text=False)
    assert process.wait() == 0
    assert sum(len(chunk) for chunk in process.stdout) == 150 * MEGABYTE


def test_a_client_that_vanishes_leaves_its_process_and_nothing_else(sb):
    program = f"""
import modal
sb = modal.Sandbox.from_id("{sb.object_id}")
process = sb.exec("sh", "-c", "read line; echo $line; for i in 1 2 3 4 5 6; do sleep 0.5; done;" +
                  "echo whole > /tmp/survived", bufsize=1)
process.stdin.write("reading\\n")
process.stdin.drain()
for line in process.stdout:
    print(line, end="", flush=True)
"""
    time.sleep(1)
    before = settled_server_files()
    client = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert client.stdout.readline() == "reading\n"
    client.send_signal(signal.SIGKILL)
    client.wait()
    client.stdout.close()
    wait_until(lambda: "survived" in output(sb, "ls /tmp"))
    assert output(sb, "cat /tmp/survived; rm /tmp/survived") == "whole\n"
    # Its connection is gone; the output that nobody has read is a file that nobody has open.
    wait_until(lambda: server_files() <= before, 5), (before, server_files())


@pytest.mark.parametrize("end", ["terminated", "killed"])
def test_calls_on_a_sandbox_that_dies_end_within_two_seconds(create, modal, end):
    sandbox = create(timeout=300)
    silent = sandbox.exec("sleep", "600")
    talking = sandbox.exec("sh", "-c", "while echo busy; do sleep 0.1; done", text=False)
    deaf = sandbox.exec("sleep", "601")
    terminal = sandbox.exec("bash", pty=True)
    ends = {}

    def note(name, action):
        def run():
            try:
                action()
                ends[name] = (time.monotonic(), None)
            except Exception as error:
                ends[name] = (time.monotonic(), error)
        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def fill():
        deaf.stdin.write(b"x" * 8 * MEGABYTE)
        deaf.stdin.drain()

    threads = [
        note("wait", silent.wait), note("read", lambda: list(talking.stdout)),
        note("read silence", silent.stdout.read), note("write", fill),
        note("terminal", terminal.stdout.read),
    ]
    time.sleep(1)
    assert not ends
    began = time.monotonic()
    if end == "killed":
        os.kill(machine_of(sandbox.object_id), signal.SIGKILL)
    else:
        sandbox.terminate()
    for thread in threads:
        thread.join(20)
    assert len(ends) == 5, ends
    for name, (at, error) in ends.items():
        assert at - began < 2, (name, at - began)
        assert isinstance(error, modal.exception.NotFoundError), (name, error)
    with pytest.raises(modal.exception.Error, match="ended|unavailable|finished"):
        sandbox.exec("true")


def test_orphans_leave_no_zombies(sb):
    output(sb, "for i in $(seq 60); do (sh -c 'sleep 0.2 & exit 0' &); done; sleep 0.1")
    wait_until(lambda: output(sb, "ps -eo stat= | grep -c ^Z || true") == "0\n")


def test_a_zombie_child_does_not_hold_its_parent_back(sb):
    process = sb.exec("python3", "-c", "import os,time\nif os.fork():\n time.sleep(0.3)\nelse:\n os._exit(3)")
    assert process.wait() == 0


def test_a_daemon_outlives_its_exec(sb):
    output(sb, "setsid sh -c 'sleep 1; echo alive > /tmp/daemon' </dev/null >/dev/null 2>&1 &")
    wait_until(lambda: output(sb, "cat /tmp/daemon 2>/dev/null || true") == "alive\n")


def test_a_child_that_keeps_the_output_is_not_waited_for_and_is_still_heard(sb):
    started = time.monotonic()
    process = sb.exec("sh", "-c", "(sleep 2; echo late) & echo early")
    assert process.wait() == 0
    assert time.monotonic() - started < 2
    assert process.stdout.read() == "early\nlate\n"


def test_a_terminal_of_an_exec(sb):
    process = sb.exec("bash", "-c", "stty size; tty; echo $TERM; echo e >&2; exit 6", pty=True)
    assert process.wait() == 6
    size, name, term, error, _ = process.stdout.read().split("\r\n")
    assert size == "24 80" and re.fullmatch(r"/dev/pts/\d+", name) and term and error == "e"
    assert process.stderr.read() == ""


def test_the_keys_of_an_execs_terminal(sb):
    process = sb.exec("sh", "-c", "echo ready; exec sleep 600", pty=True, text=False)
    assert next(iter(process.stdout)) == b"ready\r\n"
    process.stdin.write(b"\x03")
    process.stdin.drain()
    assert process.wait() == 130


def test_the_end_of_input_at_an_execs_terminal(sb):
    process = sb.exec("sh", "-c", "stty -echo; cat", pty=True)
    process.stdin.write("no new line at the end")
    process.stdin.write_eof()
    process.stdin.drain()
    assert process.wait() == 0
    assert process.stdout.read().endswith("no new line at the end")


def test_a_hundred_execs_leave_nothing_open(create):
    """Each is opened, fed, read and closed; what grows is a record and a small file of each."""
    sb = create(timeout=300)

    def rounds(count):
        for number in range(count):
            process = sb.exec("cat")
            process.stdin.write(f"round {number}\n")
            process.stdin.write_eof()
            process.stdin.drain()
            assert process.stdout.read() == f"round {number}\n"
            assert process.wait() == 0

    rounds(20)
    files, memory, agents = settled_server_files(), server_memory(), agent(sb)
    space, count = spooled(sb.object_id)
    rounds(100)
    assert settled_server_files() <= files
    assert agent(sb)[1] == agents[1]
    assert agent(sb)[0] - agents[0] < MEGABYTE
    assert server_memory() - memory < 8 * MEGABYTE
    after, files_after = spooled(sb.object_id)
    assert files_after - count <= 103 and after - space <= 103 * 4096
