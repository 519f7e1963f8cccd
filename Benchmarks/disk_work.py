"""What the disk benchmarks have done inside: `python3 disk_work.py NAME…` tells the time of each.

It runs in a sandbox, under runsc, on the host and in the machines of bench_disk_path.py, and needs
nothing but Python, tar, git and pip. Its directory has what bench_disk.py put there.
"""

import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE / "work"
TREE = PLACE / "tree"
FILE = PLACE / "file"
MEBI = 1 << 20
LARGE = 1000 * MEBI
RANDOM = 256 * MEBI
PAGE = 4096


def run(*command, cwd=PLACE):
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)


def forget():
    """Has the kernel forget what it has cached; gVisor's has no such switch."""
    os.sync()
    with contextlib.suppress(OSError):
        Path("/proc/sys/vm/drop_caches").write_text("3")


def fresh(path):
    """Nothing, where something may have been."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    os.sync()


@contextlib.contextmanager
def opened(flags, path=FILE):
    descriptor = os.open(path, flags | os.O_CREAT, 0o644)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


# What is measured: a function that prepares, and returns what is to be timed.


def loop():
    """Computes, and asks the kernel for nothing: how fast the processor is."""
    return lambda: sum(range(3_000_000))


def calls():
    """Asks the kernel for little, often: how dear a system call is."""
    def measured():
        for _ in range(20_000):
            os.stat("/")

    return measured


def untar():
    """10,000 files out of an archive, and all of them on the disk."""
    fresh(TREE)

    def measured():
        run("tar", "-xf", HERE / "tree.tar")
        os.sync()

    return measured


def git_status(cold):
    """What has changed among 10,000 files: nothing."""
    if not (TREE / ".git").exists():
        untar()()
        run("git", "init", "-q", cwd=TREE)
        run("git", "add", "-A", cwd=TREE)
    run("git", "status", cwd=TREE)
    if cold:
        forget()
    return lambda: run("git", "status", cwd=TREE)


def inserts():
    """200 rows in a transaction each, which SQLite syncs to the disk before it goes on."""
    return lambda: insert([[row] for row in range(200)])


def one_insert():
    """50,000 rows in one transaction."""
    return lambda: insert([range(50_000)])


def insert(transactions):
    fresh(PLACE / "rows.db")
    rows = sqlite3.connect(PLACE / "rows.db", isolation_level=None)
    rows.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)")
    for transaction in transactions:
        rows.execute("BEGIN")
        texts = ((row, f"row {row} " * 8) for row in transaction)
        rows.executemany("INSERT INTO rows VALUES (?, ?)", texts)
        rows.execute("COMMIT")
    rows.close()


def write():
    """1 GB into a new file, and on the disk."""
    fresh(FILE)
    block = os.urandom(MEBI)

    def measured():
        with opened(os.O_WRONLY) as file:
            for _ in range(LARGE // MEBI):
                os.write(file, block)
            os.fsync(file)

    return measured


def read():
    """The same 1 GB, out of no cache inside."""
    whole(LARGE)
    forget()

    def measured():
        buffer = bytearray(MEBI)
        with opened(os.O_RDONLY) as file:
            while os.readv(file, [buffer]):
                pass

    return measured


def whole(size):
    """A file of at least so many bytes, none of them a hole."""
    if not FILE.exists() or FILE.stat().st_size < size:
        write()()


def pages():
    random.seed(1)
    return [page * PAGE for page in random.sample(range(RANDOM // PAGE), 8192)]


def random_read():
    """8,192 pages of 4 KiB out of 256 MiB, in any order, out of no cache inside."""
    whole(RANDOM)
    forget()

    def measured():
        with opened(os.O_RDONLY) as file:
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
            for place in pages():
                os.pread(file, PAGE, place)

    return measured


def random_write():
    """8,192 pages into 256 MiB that are there, in any order, then all on the disk."""
    whole(RANDOM)
    forget()
    page = os.urandom(PAGE)

    def measured():
        with opened(os.O_WRONLY) as file:
            for place in pages():
                os.pwrite(file, page, place)
            os.fsync(file)

    return measured


def synced_write():
    """500 of these, each on the disk before the next."""
    whole(RANDOM)
    forget()
    page = os.urandom(PAGE)

    def measured():
        with opened(os.O_WRONLY) as file:
            for place in pages()[:500]:
                os.pwrite(file, page, place)
                os.fdatasync(file)

    return measured


def remove():
    """10,000 files and one of 1 GB, and all that is left is on the disk."""
    if not TREE.exists():
        untar()()
    whole(LARGE)
    forget()
    return lambda: (fresh(TREE), fresh(FILE))


def install():
    """A wheel of 400 modules out of a file, compiled and in its place."""
    fresh(PLACE / "installed")
    [wheel] = HERE.glob("*.whl")
    pip = [
        sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet",
        "--no-index", "--no-deps"]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PYTHONDONTWRITEBYTECODE": ""}

    def measured():
        subprocess.run([*pip, "--target", PLACE / "installed", wheel], check=True, env=environment)
        os.sync()

    return measured


WORK = {
    "loop": loop, "calls": calls, "untar": untar,
    "git-status": lambda: git_status(cold=False), "git-status-cold": lambda: git_status(cold=True),
    "inserts": inserts, "one-insert": one_insert,
    "write": write, "read": read, "random-read": random_read, "random-write": random_write,
    "synced-write": synced_write, "install": install, "remove": remove,
}


def main():
    PLACE.mkdir(exist_ok=True)
    for name in sys.argv[1:]:
        measured = WORK[name]()
        # The harness of disk_machine.py looks at QEMU's clock at both lines.
        print(json.dumps({"name": name, "seconds": None}), flush=True)
        started = time.perf_counter()
        measured()
        print(json.dumps({"name": name, "seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main()
