"""Machines of the disk benchmarks: QEMU with the prepared kernel, and no server and no agent.

So a benchmark can try what the server does not do, and the server needs no settings for it.
"""

import contextlib
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import disk_image
from common import HOME

PREPARED = HOME / "prepared"
SIZE = 64 << 30

# The kernel gives words of its command line that it does not know to init as variables.
INIT = """#!/busybox sh
/busybox mount -t proc none /proc
/busybox mount -t sysfs none /sys
/busybox mount -t devtmpfs none /dev
for module in $(/busybox cat /modules.list); do /busybox insmod $module; done
for setting in $(echo $QUEUE | /busybox tr , ' '); do
  echo ${setting#*:} > /sys/block/vda/queue/${setting%%:*}; done
/busybox mount -t ext4 -o $MOUNT /dev/vda /newroot
for place in proc sys dev; do /busybox mount --move /$place /newroot/$place; done
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
exec /busybox switch_root /newroot /bin/sh -c '
  python3 /bench/disk_work.py $(echo $WORK | tr , " "); echo b > /proc/sysrq-trigger; sleep 60'
"""


@dataclass(frozen=True)
class Variant:
    """What QEMU is told of the disk and the processor, and the guest of the disk.

    Where nothing is said, it is as the server has it.
    """

    file: dict = field(default_factory=dict)
    image: dict = field(default_factory=dict)
    overlay: str = "extended_l2=on,cluster_size=128k"
    device: str = ""
    has_thread: bool = False
    processor: str = "max,-erms,-fsrm"
    mount: str = "discard,errors=remount-ro"
    queue: str = ""


@dataclass
class Outcome:
    """What one machine did."""

    # The seconds of each work.
    seconds: dict
    # The seconds of processor time that QEMU has had for each.
    processor: dict
    # The overlay's size on the host's disk at the end, in MB.
    overlay: float


class Refusal(Exception):
    """A machine that did not do its work, with what it said."""


def work(variant, names):
    """Boots a machine that does the work and ends."""
    with tempfile.TemporaryDirectory(dir=disk_image.KEPT) as directory:
        overlay = Path(directory, "overlay.qcow2")
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-o", variant.overlay, overlay, str(SIZE)],
            check=True)
        errors = Path(directory, "errors")
        command = arguments(variant, overlay, initramfs(directory), names)
        with errors.open("w") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        with killed(process):
            seconds, processor, output = follow(process)
        if list(seconds) != names:
            raise Refusal(f"{errors.read_text()}{output[-2000:]}".strip())
        return Outcome(seconds, processor, overlay.stat().st_blocks * 512 / 1e6)


@contextlib.contextmanager
def killed(process):
    try:
        yield
    finally:
        process.kill()
        process.wait()


def follow(process):
    """The seconds of each work by the guest's clock and by QEMU's processor clock, and all output."""
    # CLOCK_PROCESS_CPUTIME_ID of another process, as clock_getcpuclockid(3) makes it.
    clock = ~process.pid << 3 | 2
    seconds, processor, output, before = {}, {}, "", 0
    for line in process.stdout:
        output += line
        if not line.startswith("{"):
            continue
        told, now = json.loads(line), time.clock_gettime(clock)
        if told["seconds"] is None:
            before = now
        else:
            seconds[told["name"]], processor[told["name"]] = told["seconds"], now - before
    return seconds, processor, output


def initramfs(directory):
    """The prepared one with another init: of two files of one name the later counts."""
    place = Path(directory, "added")
    place.mkdir()
    (place / "busybox").write_bytes(Path("/usr/bin/busybox").read_bytes())
    (place / "init").write_text(INIT)
    for program in place.iterdir():
        program.chmod(0o755)
    added = subprocess.run(
        ["bsdtar", "--format=newc", "-cf", "-", "-C", place, "init", "busybox"],
        stdout=subprocess.PIPE, check=True).stdout
    path = Path(directory, "initramfs.cpio")
    path.write_bytes((PREPARED / "initramfs/initramfs.cpio").read_bytes() + added)
    return path


def arguments(variant, overlay, initramfs, names):
    """QEMU's command line, but for the disk as the server's (QEMUCommandLine+Arguments.swift)."""
    disk = {
        "driver": "throttle", "node-name": "root", "throttle-group": "limits", "discard": "unmap",
        "file": {
            "driver": "qcow2", "discard": "unmap", **variant.image,
            "file": {
                "driver": "file", "filename": str(overlay), "discard": "unmap", **variant.file},
            "backing": {
                "driver": "qcow2", "read-only": True, "file": {
                    "driver": "file", "filename": str(disk_image.disk()), "locking": "off",
                    "read-only": True}}}}
    words = [
        "console=ttyS0", "quiet", "loglevel=1", "8250.nr_uarts=1", "random.trust_cpu=on",
        "cryptomgr.notests", "panic=-1", "reboot=t", "lsm=landlock,lockdown,yama,integrity,bpf",
        "nokaslr", "norandmaps", "tsc=reliable", "no_timer_check", "mitigations=off",
        f"WORK={','.join(names)}", f"MOUNT={variant.mount}", f"QUEUE={variant.queue}"]
    device = "virtio-blk-pci,drive=root,write-cache=on,disable-legacy=on"
    threads = ["-object", "iothread,id=disk"] if variant.has_thread else []
    return [
        "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-machine", "q35,smm=off,vmport=off,hpet=off,sata=off,smbus=off,i8042=off",
        "-accel", "tcg,thread=multi,tb-size=256", "-cpu", variant.processor,
        "-m", "1024M", "-smp", str(os.cpu_count()),
        "-kernel", str(PREPARED / "kernel/image"), "-initrd", str(initramfs),
        "-append", " ".join(words),
        "-chardev", "stdio,id=console,signal=off", "-device", "isa-serial,chardev=console",
        "-object", "throttle-group,id=limits", *threads, "-blockdev", json.dumps(disk),
        "-device", device + (",iothread=disk" if variant.has_thread else "") + variant.device,
    ]
