"""An image with the tools that the tests of what is inside a sandbox use, made on this host.

To install packages in a machine takes minutes where machines are emulated; mmdebstrap makes the whole root
file system here in one, and its import takes half of one more. It is kept beside the data directory, under
the hash of its recipe.
"""

import hashlib
import os
import subprocess

from conftest import HOME, sandlot

# What each test uses stands in the line of its subject.
PACKAGES = """
systemd systemd-sysv systemd-timesyncd udev dbus dbus-user-session libpam-systemd cron tini s6
docker.io docker-compose runc crun podman uidmap slirp4netns busybox-static ca-certificates
iproute2 iputils-ping procps psmisc sudo kmod util-linux python3
attr fdisk xfsprogs btrfs-progs dmsetup fuse-overlayfs
wireguard-tools nftables iptables ipvsadm
bpftool bpftrace clang libbpf-dev liburing-dev linux-libc-dev linux-perf
""".split()


def recipe(suite, packages):
    """The command that makes a root file system; the archive's path is still to come."""
    return [
        "unshare", "--mount", "--propagation", "private", "mmdebstrap", "--quiet", "--mode=root",
        "--variant=minbase", "--components=main", f"--include={','.join(sorted(packages))}",
        "--skip=cleanup/apt/lists",
        *[f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in ("doc", "info", "locale", "man")],
        "--customize-hook=rm -f $1/etc/hostname $1/etc/resolv.conf $1/etc/machine-id", suite,
    ]


def archive(suite="bookworm", packages=PACKAGES):
    """The root file system in a file; made where it is missing."""
    command = recipe(suite, packages)
    digest = hashlib.sha256("\n".join(command).encode()).hexdigest()[:12]
    file = HOME.parent / f"workshop-{digest}.tar"
    if not file.exists():
        half = file.with_suffix(f".{os.getpid()}.tar")
        try:
            subprocess.run([*command, str(half)], check=True, timeout=1200)
            half.rename(file)
        finally:
            half.unlink(missing_ok=True)
    return file


def reference(suite="bookworm", packages=PACKAGES):
    """The name of an image, which `Image.from_registry` takes; made and imported where it is missing."""
    file = archive(suite, packages)
    name = f"workshop:{file.stem.removeprefix('workshop-')}"
    if name not in sandlot("image", "bases").stdout:
        sandlot("image", "import", name, str(file))
    return name
