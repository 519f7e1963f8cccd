"""A server whose disk has no room: nothing is lost, and it is told."""

import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import CREATE, POLL, command
from conftest import HOME, exported
from servers import Server, copy_prepared, empty_home


@pytest.fixture(scope="module")
def small_disk():
    """A server whose data directory has a file system of its own, with 1.25 GiB free, and no
    spare machines, whose beginnings would take of that."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount")
    with empty_home() as mount:
        mount.mkdir()
        size = allocated(HOME / "prepared") + allocated(HOME / "layers") + (1280 + 256 << 20)
        # On a tmpfs, which has no room for pages of holes either, clones of a template would die.
        disk = mount.parent / "disk.img"
        with open(disk, "wb") as file:
            file.truncate(size + size // 16)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", disk], check=True)
        subprocess.run(["mount", "-o", "loop", disk, mount], check=True)
        try:
            copy_prepared(mount / "data")
            options = ("--port", "0", "--warm-pool", "0")
            with Server(mount / "data", *options).wait_until_serving() as server:
                yield server
        finally:
            subprocess.run(["umount", mount], check=True)


def allocated(directory):
    return sum(file.stat().st_blocks * 512 for file in directory.rglob("*") if file.is_file())


class Filler:
    """Takes the space of a file system, but for `spare` bytes, until the block is left."""

    def __init__(self, directory, spare=0):
        self.path = Path(directory) / "filler"
        self.spare = spare

    def __enter__(self):
        space = os.statvfs(self.path.parent)
        most = space.f_bavail * space.f_frsize - self.spare
        with open(self.path, "wb") as file, contextlib.suppress(OSError):
            # The file system needs some for itself, and a sandbox may write at the same time.
            os.posix_fallocate(file.fileno(), 0, most - (8 << 20))
            size = most - (8 << 20)
            while size < most or not self.spare:
                os.posix_fallocate(file.fileno(), size, 1 << 16)
                size += 1 << 16
        return self

    def __exit__(self, *_):
        self.path.unlink()


def test_a_build_on_a_full_disk_says_how_much_is_missing(small_disk):
    program = """
import modal
app = modal.App.lookup("disk", create_if_missing=True)
modal.Image.debian_slim(python_version="3.11").run_commands("echo full > /full").build(app)
"""
    result = small_disk.client(program, check=False)
    assert result.returncode != 0
    layers = small_disk.home / "layers"
    assert "The disk is nearly full" in result.stderr, result.stderr
    assert str(layers) in result.stderr and "2048 MiB" in result.stderr
    assert small_disk.client(CREATE).startswith("sb-")


WRITE_A_FILE = """
import modal
app = modal.App.lookup("disk", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, timeout=600)
sandbox.exec("true").wait()
input(f"{sandbox.object_id}\\n")
writer = sandbox.exec(
    "sh", "-c", "head -c 209715200 /dev/zero | tr '\\\\0' x > /file && sync && md5sum /file")
print(writer.wait(), writer.stdout.read().split()[:1], writer.stderr.read(), flush=True)
"""


def test_a_file_that_the_servers_disk_has_no_room_for_is_written_once_it_has(small_disk):
    with client_of(small_disk, WRITE_A_FILE) as client:
        sandbox = client.stdout.readline().strip()
        assert sandbox.startswith("sb-")
        with Filler(small_disk.home):
            client.stdin.write("go\n")
            client.stdin.flush()
            with pytest.raises(subprocess.TimeoutExpired):
                client.wait(30)
            assert command("status", "--data-directory", small_disk.home).returncode == 0
            assert small_disk.client(POLL.format(sandbox)) == "None"
        output, _ = client.communicate(timeout=60)
    digest = hashlib.md5(b"x" * 209715200).hexdigest()
    assert output == f"0 ['{digest}'] \n"


PRINT_MUCH = """
import hashlib, modal
app = modal.App.lookup("disk", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, timeout=600)
sandbox.exec("true").wait()
input(f"{sandbox.object_id}\\n")
process = sandbox.exec("sh", "-c", "head -c 20971520 /dev/zero | tr '\\\\0' x")
print(hashlib.md5(process.stdout.read().encode()).hexdigest(), process.wait(), flush=True)
"""


def test_output_that_the_servers_disk_has_no_room_for_waits(small_disk):
    """The server keeps 256 MiB free of output, so that other writes go on."""
    with client_of(small_disk, PRINT_MUCH) as client:
        assert client.stdout.readline().startswith("sb-")
        with Filler(small_disk.home, spare=128 << 20):
            client.stdin.write("go\n")
            client.stdin.flush()
            with pytest.raises(subprocess.TimeoutExpired):
                client.wait(10)
        output, _ = client.communicate(timeout=60)
    assert output == f"{hashlib.md5(b'x' * 20971520).hexdigest()} 0\n"


@contextlib.contextmanager
def client_of(server, program):
    """A Python program with the SDK set to this server, to talk to by its standard streams."""
    client = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **exported(server.home)},
    )
    try:
        yield client
    finally:
        client.kill()
        client.wait()
