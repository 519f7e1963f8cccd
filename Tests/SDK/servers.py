"""Further servers beside the suite's own, each on a cheap copy of its data directory."""

import contextlib
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from conftest import HOME, ROOT, SANDLOT, exported

# Files from this size on are hard-linked: they are never written again, smaller ones may be.
LINKED_BYTES = 1 << 20


@contextlib.contextmanager
def empty_home():
    """A data directory that does not exist yet, beside the suite's; removed afterwards.

    Not in pytest's temporary directory: that one is closed to the users that QEMU runs as.
    """
    parent = Path(tempfile.mkdtemp(prefix="home-", dir=HOME.parent))
    parent.chmod(0o755)
    try:
        yield parent / "data"
    finally:
        # Best effort: where a server failed to end its children, they may still write there.
        shutil.rmtree(parent, ignore_errors=True)


@contextlib.contextmanager
def prepared_home(images=True):
    """A copy of the suite's data directory that starts in seconds: with kernel and base image, and,
    unless `images` is false, the images that were built. Its tokens are its own."""
    with empty_home() as home:
        copy_prepared(home, images)
        yield home


def copy_prepared(home, images=True):
    """Fills a data directory with what takes a server long to prepare."""
    home.mkdir(mode=0o711)
    shutil.copytree(HOME / "prepared", home / "prepared", symlinks=True, copy_function=_share)
    if images:
        copy_database(HOME / "sandlot.sqlite", home / "sandlot.sqlite")
        (home / "layers").mkdir(mode=0o711)
        for layer in (HOME / "layers").glob("[!.]*.qcow2"):
            # A server that builds at this time may remove one.
            with contextlib.suppress(FileNotFoundError):
                _share(layer, home / "layers" / layer.name)


def copy_database(source, target):
    """A consistent copy of a database that may be in use."""
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old:
        with contextlib.closing(sqlite3.connect(target)) as new:
            old.backup(new)


def _share(source, target):
    if os.stat(source).st_size >= LINKED_BYTES and os.stat(source).st_dev == os.stat(
        os.path.dirname(target)
    ).st_dev:
        os.link(source, target)
    else:
        # Layers are sparse.
        subprocess.run(["cp", "--sparse=always", "-p", source, target], check=True)


class Server:
    """A server in the foreground; ended, if need be by force, when the block is left."""

    def __init__(self, home, *options, env=None):
        self.home = Path(home)
        self.lines = []
        self._serves = threading.Event()
        self._arrived = threading.Condition()
        arguments = [str(SANDLOT), "up", *options]
        if "--data-directory" not in options and "--config" not in options:
            arguments += ["--data-directory", str(home)]
        self.process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **(env or {})},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(10)

    @property
    def output(self):
        return "".join(self.lines)

    def _read(self):
        for line in self.process.stdout:
            with self._arrived:
                self.lines.append(line)
                self._arrived.notify_all()
        with self._arrived:
            self.lines.append("")
            self._arrived.notify_all()

    def wait_for(self, text, timeout=120):
        """Waits until the server has printed `text`."""
        with self._arrived:
            seen = self._arrived.wait_for(
                lambda: text in self.output or self.lines[-1:] == [""], timeout)
        assert seen and text in self.output, f"no '{text}' in:\n{self.output}"
        return self

    def wait_until_serving(self, timeout=120):
        return self.wait_for("serving at http", timeout)

    def wait(self, timeout):
        """Waits for its end; returns the exit code."""
        code = self.process.wait(timeout)
        self._reader.join(10)
        return code

    def end(self, number=signal.SIGTERM, timeout=60):
        """Sends a signal; returns the exit code."""
        self.process.send_signal(number)
        return self.wait(timeout)

    def client(self, program, check=True, timeout=180, variables=None):
        """Runs a Python program with the SDK set to this server; returns what it printed."""
        result = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=timeout,
            env={**os.environ, **(variables or exported(self.home))},
        )
        if check:
            assert result.returncode == 0, result.stdout + result.stderr + self.output
            return result.stdout.strip()
        return result


def processes_with(text):
    """The ids of other processes that have `text` in their arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if text.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return sorted(found)


def directory_of(machine):
    """The directory of a QEMU, where its overlay is, or None."""
    with contextlib.suppress(OSError):
        for file in Path(f"/proc/{machine}/fd").iterdir():
            overlay = Path(os.readlink(file))
            if overlay.name.startswith("overlay-"):
                return overlay.parent
    return None


def machine_of(sandbox_id):
    """The process id of a sandbox's QEMU, or None. One that was a spare machine goes by another name,
    and its directory names the sandbox."""
    named = processes_with(f"guest={sandbox_id}")
    if named:
        return named[0]
    for pid in processes_with("guest=spare-"):
        with contextlib.suppress(OSError):
            directory = directory_of(pid)
            if directory and (directory / "owner").read_text() == sandbox_id:
                return pid
    return None


def traces(home):
    """What a server with this data directory has on the host beside the directory itself."""
    instance = hashlib.sha256(str(home).encode()).hexdigest()[:4]
    snapshot = subprocess.run(
        [ROOT / "scripts/leftovers", "--snapshot"], capture_output=True, text=True, check=True
    ).stdout.split()
    marks = (f"tap:sl{instance}-", f"table:sandlot_{instance}")
    found = [
        word for word in snapshot
        if word.startswith(marks) or f"/sandlot/{instance}/" in word or f":{home}" in word
    ]
    running = set(processes_with(str(home)))
    # A machine's files are all handed to it as descriptors; its own directory is among them.
    running |= {pid for pid in processes_with("guest=") if _has_open(pid, str(home))}
    return found + [f"process:{pid}" for pid in sorted(running)]


def _has_open(pid, directory):
    """Whether a process has a file below a directory open."""
    with contextlib.suppress(OSError):
        files = Path(f"/proc/{pid}/fd").iterdir()
        return any(os.readlink(file).startswith(f"{directory}/") for file in files)
    return False
