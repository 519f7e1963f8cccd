"""The root disk: what is synced inside is on the host's disk, and what is removed is given back."""

import contextlib
import signal
import subprocess
import time

from commands import as_root
from servers import directory_of, machine_of

WRITES = """
import os
file = os.open("/root/file", os.O_WRONLY | os.O_CREAT)
for number in range(50):
    os.pwrite(file, b"x" * 4096, number * 4096)
    {}
"""


@contextlib.contextmanager
def traced(process, log):
    """Has the syncs of a process's threads written to a file, with the paths of what is synced."""
    command = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", log, "-p", str(process)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert "attached" in tracer.stderr.readline()
        yield
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.communicate()


@as_root
def test_what_is_synced_inside_is_on_the_hosts_disk(create, tmp_path):
    sandbox = create()
    sandbox.exec("sync").wait()
    machine = machine_of(sandbox.object_id)
    overlay = directory_of(machine) / "overlay-0.qcow2"

    def syncs(program):
        """How often QEMU syncs the overlay while a program runs inside."""
        log = tmp_path / "log"
        with traced(machine, log):
            process = sandbox.exec("python3", "-c", program)
            assert process.wait() == 0, process.stderr.read()
        return sum(
            "sync(" in line and f"<{overlay}>" in line for line in log.read_text().splitlines())

    # The guest's kernel syncs its journal now and then.
    assert syncs(WRITES.format("pass")) < 25
    assert syncs(WRITES.format("os.fsync(file)")) >= 50


@as_root
def test_what_is_removed_is_given_back_to_the_host(create):
    sandbox = create()
    sandbox.exec("sync").wait()
    overlay = directory_of(machine_of(sandbox.object_id)) / "overlay-0.qcow2"

    def taken():
        return overlay.stat().st_blocks * 512

    before = taken()
    command = "head -c 200000000 /dev/urandom > /root/large && sync"
    assert sandbox.exec("sh", "-c", command).wait() == 0
    assert taken() - before > 190_000_000
    assert sandbox.exec("sh", "-c", "rm /root/large && sync").wait() == 0
    # The kernel discards after the transaction that freed the blocks.
    end = time.monotonic() + 60
    while taken() - before > 20_000_000 and time.monotonic() < end:
        time.sleep(0.5)
    assert taken() - before < 20_000_000
