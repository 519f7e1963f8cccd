"""What a server and a sandbox's agent hold: memory, open files, files on disk."""

import os
import re
import threading
import time
from pathlib import Path

from conftest import HOME, sandlot


def server_pid():
    return int(re.search(r"process +(\d+)", sandlot("status").stdout)[1])


def server_memory():
    """Resident memory of the server in bytes, without what is mapped from files."""
    status = Path(f"/proc/{server_pid()}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024


def server_files():
    """How many files the server has open."""
    return len(os.listdir(f"/proc/{server_pid()}/fd"))


def settled_server_files():
    """The same, once no spare machine has been made or ended for three seconds."""
    files, since = server_files(), time.monotonic()
    for _ in range(300):
        if time.monotonic() - since > 3:
            break
        time.sleep(0.1)
        if (now := server_files()) != files:
            files, since = now, time.monotonic()
    return files


def spooled(sandbox_id):
    """The bytes and the number of files that keep a sandbox's output."""
    sizes = [file.stat().st_blocks * 512 for file in (HOME / "spools" / sandbox_id).iterdir()]
    return sum(sizes), len(sizes)


def agent(sandbox):
    """Resident memory in bytes, and the number of open files, of a sandbox's agent."""
    process = sandbox.exec("sh", "-c", "grep VmRSS /proc/1/status; ls /proc/1/fd | wc -l")
    assert process.wait() == 0
    memory, files = re.fullmatch(r"VmRSS:\s+(\d+) kB\n(\d+)\n", process.stdout.read()).groups()
    return int(memory) * 1024, int(files)


class Peak:
    """The most memory that a server has while the block runs."""

    def __enter__(self):
        self._pid = server_pid()
        self._done = threading.Event()
        self.value = 0
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self):
        while not self._done.wait(0.05):
            status = Path(f"/proc/{self._pid}/status").read_text()
            self.value = max(self.value, int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024)

    def __exit__(self, *_):
        self._done.set()
        self._thread.join()
