"""The import of an image of a gigabyte from a registry on this host, beside what skopeo and tar take.

It needs Debian's docker-registry and skopeo, and three gigabytes below /var/tmp.
"""

import contextlib
import gzip
import hashlib
import json
import os
import re
import socket
import statistics
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

from common import HOME, SANDLOT, Measurement, alone, seconds

LAYERS = 5
LAYER_BYTES = 200 * 10**6


def run(_):
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory, registry(directory) as host:
        name = f"{host}/bench/tree:{uuid.uuid4().hex[:8]}"
        make(Path(directory, "made"), name)
        # The reference comes before and after, since the host may be busier at one time.
        before = reference(Path(directory, "before"), name)
        lines = []
        imported = seconds(lambda: lines.extend(pull(name)))
        after = reference(Path(directory, "after"), name)
    references = [sum(before), sum(after)]
    return [
        Measurement("skopeo copy", "s", [before[0], after[0]]),
        Measurement("tar x", "s", [before[1], after[1]]),
        Measurement("import: pull", "s", [told(lines, r"Pulled .* in ([\d.]+) s")]),
        Measurement("import: unpack", "s", [told(lines, r"Unpacked .* in ([\d.]+) s")]),
        Measurement("import", "s", [imported]),
        Measurement(
            "import / (skopeo copy + tar x)", "ratio",
            [imported / statistics.median(references)], target=1.5),
    ]


@contextlib.contextmanager
def registry(directory):
    """Debian's registry, with its data in the directory; yields its host and port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = "127.0.0.1:%d" % free.getsockname()[1]
    settings = Path(directory, "registry.yml")
    settings.write_text(
        f"version: 0.1\nlog: {{level: error}}\nhttp: {{addr: '{host}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: {directory}/registry}}}}\n")
    with Path(directory, "registry.log").open("w") as log:
        process = subprocess.Popen(["docker-registry", "serve", settings], stdout=log, stderr=log)
    try:
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(host.split(":"), 1).close()
                break
            assert process.poll() is None, Path(directory, "registry.log").read_text()
            time.sleep(0.1)
        yield host
    finally:
        process.terminate()
        process.wait()


def make(layout, name):
    """Puts an image into the registry: files of this host's own in layers of gzip."""
    blobs = layout / "blobs/sha256"
    blobs.mkdir(parents=True)
    layers = [layer(blobs, paths) for paths in parts()]
    config = blob(blobs, json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]},
        "rootfs": {"type": "layers", "diff_ids": [one["diff"] for one in layers]}}).encode())
    kind = "application/vnd.oci.image"
    manifest = blob(blobs, json.dumps({
        "schemaVersion": 2, "mediaType": f"{kind}.manifest.v1+json",
        "config": {"mediaType": f"{kind}.config.v1+json", **config},
        "layers": [{"mediaType": f"{kind}.layer.v1.tar+gzip", **one["blob"]} for one in layers],
    }).encode())
    index = {"schemaVersion": 2,
             "manifests": [{"mediaType": f"{kind}.manifest.v1+json", **manifest}]}
    (layout / "index.json").write_text(json.dumps(index))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    skopeo("--dest-tls-verify=false", f"oci:{layout}", f"docker://{name}")


def parts():
    """Files below /usr, as names from the root: as many lists as layers, each of a layer's size."""
    lists, size = [[]], 0
    for root in ("/usr/lib", "/usr/share"):
        for directory, folders, files in os.walk(root):
            folders.sort()
            for path in (os.path.join(directory, file) for file in sorted(files)):
                if size >= LAYER_BYTES:
                    if len(lists) == LAYERS:
                        return lists
                    lists.append([])
                    size = 0
                lists[-1].append(path[1:])
                size += os.lstat(path).st_size
    return lists


def layer(blobs, paths):
    """A layer of these files."""
    names = "\0".join(paths).encode()
    plain = subprocess.run(
        ["tar", "-c", "-C", "/", "--no-recursion", "--null", "-T", "-"], input=names,
        stdout=subprocess.PIPE, check=True).stdout
    return {"diff": "sha256:" + hashlib.sha256(plain).hexdigest(),
            "blob": blob(blobs, gzip.compress(plain, 6))}


def blob(blobs, content):
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return {"digest": f"sha256:{digest}", "size": len(content)}


def skopeo(*arguments):
    subprocess.run(["skopeo", "copy", "--quiet", *arguments], check=True)


def reference(directory, name):
    """The seconds of a copy from the registry and of unpacking it."""
    copied = seconds(
        lambda: skopeo("--src-tls-verify=false", f"docker://{name}", f"oci:{directory}"))
    blobs = directory / "blobs/sha256"
    [manifest] = json.loads((directory / "index.json").read_text())["manifests"]
    layers = json.loads((blobs / manifest["digest"].split(":")[1]).read_text())["layers"]
    root = directory / "root"
    root.mkdir()

    def unpack():
        for one in layers:
            subprocess.run(
                ["tar", "-C", root, "-xpf", blobs / one["digest"].split(":")[1]], check=True)

    unpacked = seconds(unpack)
    subprocess.run(["rm", "-rf", directory], check=True)
    return copied, unpacked


def pull(name):
    """What the command says that has the server import an image."""
    command = [SANDLOT, "image", "pull", name, "--data-directory", HOME]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return (result.stdout + result.stderr).splitlines()


def told(lines, pattern):
    """The sum of the seconds in the lines that match."""
    return sum(float(found[1]) for line in lines if (found := re.search(pattern, line)))


if __name__ == "__main__":
    alone(run)
