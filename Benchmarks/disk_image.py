"""The files of the disk benchmarks: a root file system of Debian packages, and what is worked on.

All are made once and kept beside the data directory; they are the same in a sandbox and elsewhere.
"""

import contextlib
import hashlib
import io
import random
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

from common import HOME

SCRIPT = Path(__file__).parent / "disk_work.py"

RECIPE = [
    "unshare", "--mount", "--propagation", "private", "mmdebstrap", "--quiet", "--mode=root",
    "--variant=minbase", "--components=main", "--include=ca-certificates,git,python3,python3-pip",
    "--customize-hook=rm -f $1/etc/hostname $1/etc/resolv.conf", "bookworm",
]
KEY = hashlib.sha256("\n".join(RECIPE).encode()).hexdigest()[:12]
KEPT = HOME.parent / "bench-disk"


def kept(name, make):
    """The path of a file that is kept, which `make` writes where it is missing."""
    path = KEPT / name
    if not path.exists():
        KEPT.mkdir(exist_ok=True)
        half = path.with_name(f"half-{name}")
        make(half)
        half.rename(path)
    return path


def archive():
    """The root file system, a tar archive."""
    return kept(
        f"root-{KEY}.tar", lambda path: subprocess.run([*RECIPE, path], check=True))


def work_files():
    """What is to lie beside each other, wherever the work is done."""
    return [
        SCRIPT, kept("tree.tar", make_tree), kept("bench-1.0-py3-none-any.whl", make_wheel)]


def words(count):
    """Text of so many bytes that can be compressed about as well as a program."""
    return random.randbytes(count // 2).hex().encode()


def make_tree(path):
    """10,000 files of 0.2 to 6 KB in 500 directories, 31 MB."""
    random.seed(7)
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tree:
        for number in range(10_000):
            content = words(random.randint(200, 6000))
            entry = tarfile.TarInfo(f"tree/{number // 400}/{number // 20 % 20}/file{number}.py")
            entry.size, entry.mtime = len(content), 1_700_000_000
            tree.addfile(entry, io.BytesIO(content))


def make_wheel(path):
    """400 modules and 20 MB of data."""
    random.seed(8)
    information = "bench-1.0.dist-info"
    files = {f"bench/module{number}.py": b"VALUE = '%s'\n" % words(2000) for number in range(400)}
    files |= {
        "bench/__init__.py": b"", "bench/data.bin": random.randbytes(20_000_000),
        f"{information}/METADATA": b"Metadata-Version: 2.1\nName: bench\nVersion: 1.0\n",
        f"{information}/WHEEL": b"Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*files, f"{information}/RECORD"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in {**files, f"{information}/RECORD": record.encode()}.items():
            wheel.writestr(name, content)


@contextlib.contextmanager
def tree(directory):
    """The root file system unpacked, with the work in /bench; needs root."""
    root = Path(directory, "root")
    root.mkdir(parents=True)
    subprocess.run(["tar", "-C", root, "-xpf", archive()], check=True)
    place = root / "bench"
    place.mkdir()
    subprocess.run(["cp", *work_files(), place], check=True)
    try:
        yield root
    finally:
        subprocess.run(["rm", "-rf", "--one-file-system", root], check=True)


def disk():
    """The same as a disk, as the server makes those of images: ext4 in a qcow2 file."""
    key = hashlib.sha256(KEY.encode() + SCRIPT.read_bytes()).hexdigest()[:12]
    return kept(f"disk-{key}.qcow2", make_disk)


def make_disk(path):
    with tempfile.TemporaryDirectory(dir=KEPT) as directory, tree(directory) as root:
        plain = Path(directory, "disk.ext4")
        with plain.open("w") as file:
            file.truncate(64 << 30)
        subprocess.run([
            "mke2fs", "-q", "-t", "ext4", "-d", root, "-m", "0", "-i", "65536", "-J", "size=64",
            "-E", "lazy_itable_init=0,lazy_journal_init=1,nodiscard", plain], check=True)
        subprocess.run(["qemu-img", "convert", "-O", "qcow2", plain, path], check=True)
