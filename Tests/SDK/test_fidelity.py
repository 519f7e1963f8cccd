"""Nothing is lost between a registry's layers and the files of a sandbox."""

import base64
import json
import os
import subprocess
import tarfile
import uuid

import pytest
from registries import MTIME, busybox, directory, entry, layer, link, registry

# Prints all there is to know of the files below a directory, as JSON; run by Python in the sandbox.
LISTING = """
import base64, json, os, stat, sys
root = os.fsencode(sys.argv[1])
found, inodes = {}, {}
for place, directories, files in os.walk(root):
    for name in directories + files:
        path = os.path.join(place, name)
        status = os.lstat(path)
        entry = {
            "mode": oct(status.st_mode), "owner": [status.st_uid, status.st_gid],
            "mtime": status.st_mtime_ns, "links": 1 if stat.S_ISDIR(status.st_mode) else status.st_nlink,
            "attributes": {
                key: base64.b64encode(os.getxattr(path, key, follow_symlinks=False)).decode()
                for key in sorted(os.listxattr(path, follow_symlinks=False))}}
        if stat.S_ISREG(status.st_mode):
            entry["size"] = status.st_size
            entry["blocks"] = status.st_blocks
            with open(path, "rb") as file:
                entry["head"] = base64.b64encode(file.read(16)).decode()
            inodes.setdefault(status.st_ino, []).append(base64.b64encode(path).decode())
        if stat.S_ISLNK(status.st_mode):
            entry["target"] = os.readlink(path).decode()
        if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
            entry["device"] = [os.major(status.st_rdev), os.minor(status.st_rdev)]
        found[os.path.relpath(path, root).decode(errors="backslashreplace")] = entry
print(json.dumps({"files": found, "hard": sorted(sorted(v) for v in inodes.values() if len(v) > 1)}))
"""

# cap_net_raw+ep as the kernel keeps it (struct vfs_cap_data, revision 2).
NET_RAW = "0100000200200000000000000000000000000000"


def attributes(**values):
    return {"pax_headers": {f"SCHILY.xattr.{key.replace('__', '.')}": value
                            for key, value in values.items()}}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A reference tree below /r, in three layers."""
    lower = layer(
        directory("r"), directory("r/kept", mtime=MTIME + 1), entry("r/kept/file", b"kept"),
        directory("r/emptied"), entry("r/emptied/old", b"old"), entry("r/replaced", b"was a file"),
        directory("r/gone"), entry("r/gone/file", b"gone"), entry("r/removed", b"removed"))
    middle = layer(
        entry("r/.wh.removed", b""), entry("r/.wh.gone", b""), entry("r/emptied/.wh..wh..opq", b""),
        entry("r/emptied/new", b"new"), directory("r/replaced", mode=0o700),
        entry("r/setuid", b"s", mode=0o4755, uid=7, gid=8), entry("r/setgid", b"g", mode=0o2711),
        directory("r/sticky", mode=0o1777), entry("r/owned", b"o", uid=123456, gid=654321),
        link("r/absolute", "/r/kept/file"), link("r/dangling", "nowhere/at/all"),
        entry("r/first", b"linked"), entry("r/second", type=tarfile.LNKTYPE, linkname="r/first"),
        entry("r/fifo", type=tarfile.FIFOTYPE, mode=0o620),
        entry("r/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3, mode=0o666),
        entry("r/loop", type=tarfile.BLKTYPE, devmajor=7, devminor=0, mode=0o660),
        entry("r/fraction", b"f", pax_headers={"mtime": "1234567890.123456789"}))
    upper = layer(
        entry("r/\udcff\udcfe", b"bytes"), entry("r/größe", b"text"),
        entry("r/labelled", b"l", **attributes(user__note="kept", user__more="too")))
    return [lower, middle, upper, capable(tmp_path_factory.mktemp("capable"))]


def capable(work):
    """A layer as tar(1) writes it, with a program that may open raw sockets and a file with a hole."""
    (work / "r").mkdir()
    program, sparse = work / "r/capable", work / "r/sparse"
    program.write_bytes(b"program")
    program.chmod(0o755)
    os.setxattr(program, "security.capability", bytes.fromhex(NET_RAW))
    with sparse.open("wb") as file:
        file.truncate(64 << 20)
        file.seek(0, os.SEEK_END)
        file.write(b"end")
    archive = subprocess.run(
        ["tar", "--xattrs", "--xattrs-include=*", "--sparse", "--format=pax", "-C", work, "-cf", "-",
         "r/capable", "r/sparse"], check=True, capture_output=True)
    return archive.stdout


@pytest.fixture(scope="module")
def reference(tree):
    with registry() as hub:
        yield hub.push(f"team/{uuid.uuid4().hex[:8]}:1", busybox(), *tree)


@pytest.fixture(scope="module")
def listing(modal, app, reference):
    """What Python sees of the tree after COPY --from the image, which keeps everything."""
    image = modal.Image.debian_slim(python_version="3.11").dockerfile_commands(
        f"COPY --from={reference} /r /r")
    sandbox = modal.Sandbox.create(app=app, image=image, timeout=120)
    process = sandbox.exec("python3", "-c", LISTING, "/r")
    output = process.stdout.read()
    assert process.wait() == 0, process.stderr.read()
    sandbox.terminate()
    return json.loads(output)


def test_whiteouts_and_opaque_directories(listing):
    files = listing["files"]
    assert "removed" not in files and "gone" not in files and "emptied/old" not in files
    assert "emptied/new" in files and "kept/file" in files
    assert files["replaced"]["mode"] == "0o40700"
    assert not [name for name in files if ".wh." in name]


def test_owners_and_modes(listing):
    files = listing["files"]
    assert (files["setuid"]["mode"], files["setuid"]["owner"]) == ("0o104755", [7, 8])
    assert files["setgid"]["mode"] == "0o102711" and files["sticky"]["mode"] == "0o41777"
    assert files["owned"]["owner"] == [123456, 654321]


def test_links(listing):
    files = listing["files"]
    assert files["absolute"]["target"] == "/r/kept/file"
    assert files["dangling"]["target"] == "nowhere/at/all"
    assert files["first"]["links"] == files["second"]["links"] == 2
    assert len(listing["hard"]) == 1 and len(listing["hard"][0]) == 2


def test_devices_and_pipes(listing):
    files = listing["files"]
    assert files["fifo"]["mode"] == "0o10620"
    assert (files["null"]["mode"], files["null"]["device"]) == ("0o20666", [1, 3])
    assert (files["loop"]["mode"], files["loop"]["device"]) == ("0o60660", [7, 0])


def test_times(listing):
    files = listing["files"]
    assert files["kept"]["mtime"] == (MTIME + 1) * 10**9
    assert files["setuid"]["mtime"] == MTIME * 10**9
    assert files["fraction"]["mtime"] == 1234567890123456789
    assert files["dangling"]["mtime"] == MTIME * 10**9


def test_names_and_attributes(listing):
    files = listing["files"]
    assert "\\xff\\xfe" in files and "größe" in files
    assert files["labelled"]["attributes"] == {"user.more": "dG9v", "user.note": "a2VwdA=="}


def test_capabilities_and_holes(listing):
    files = listing["files"]
    kept = base64.b64decode(files["capable"]["attributes"]["security.capability"])
    assert kept.hex() == NET_RAW
    assert files["sparse"]["size"] == (64 << 20) + 3 and files["sparse"]["blocks"] < 64


def test_a_booted_image_has_the_same(modal, app, reference):
    """The image itself as the sandbox's root, and with a step on top."""
    line = ("cd /r; stat -c '%n %a %u %g %h %F %t:%T %Y' setuid sticky owned first fifo null loop; "
            "ls -a /r; readlink dangling; cat kept/file emptied/new")
    outputs = []
    for image in (modal.Image.from_registry(reference),
                  modal.Image.from_registry(reference).run_commands("true")):
        sandbox = modal.Sandbox.create(app=app, image=image, timeout=120, memory=512)
        outputs.append(sandbox.exec("sh", "-c", line).stdout.read())
        sandbox.terminate()
    assert outputs[0] == outputs[1]
    assert outputs[0].startswith(
        f"setuid 4755 7 8 1 regular file 0:0 {MTIME}\nsticky 1777 0 0 2 directory 0:0 {MTIME}\n"
        f"owned 644 123456 654321 1 regular file 0:0 {MTIME}\n"
        f"first 644 0 0 2 regular file 0:0 {MTIME}\nfifo 620 0 0 1 fifo 0:0 {MTIME}\n"
        f"null 666 0 0 1 character special file 1:3 {MTIME}\n"
        f"loop 660 0 0 1 block special file 7:0 {MTIME}\n")


def test_capabilities_and_holes_survive_a_build(modal, app):
    """File capabilities and a sparse file, made by a step, in a sandbox of the image."""
    image = modal.Image.debian_slim(python_version="3.11").run_commands(
        "cp /bin/true /capable && python3 -c \"import os; os.setxattr('/capable', "
        f"'security.capability', bytes.fromhex('{NET_RAW}'))\"",
        "truncate -s 1G /sparse && printf x >> /sparse")
    sandbox = modal.Sandbox.create(app=app, image=image, timeout=120)
    output = sandbox.exec(
        "python3", "-c", "import os; print(os.getxattr('/capable', 'security.capability').hex(), "
        "os.stat('/sparse').st_size, os.stat('/sparse').st_blocks < 64)").stdout.read()
    sandbox.terminate()
    assert output.split() == [NET_RAW, str((1 << 30) + 1), "True"]


def test_sudo_ping_and_mount_as_an_ordinary_user(modal, app):
    image = modal.Image.debian_slim(python_version="3.11").apt_install("sudo", "iputils-ping") \
        .run_commands(
            "useradd -m worker && echo 'worker ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/worker",
            "echo 'tmpfs /mnt tmpfs user,noauto 0 0' >> /etc/fstab")
    sandbox = modal.Sandbox.create(app=app, image=image, timeout=120)
    process = sandbox.exec(
        "su", "worker", "-c",
        "sudo id -u; ping -c 1 -W 2 127.0.0.1 | grep -c '1 received'; mount /mnt && id -u; "
        "grep -c ' /mnt ' /proc/mounts")
    output = process.stdout.read()
    assert output.split() == ["0", "1", "1000", "1"], output + process.stderr.read()
    sandbox.terminate()
