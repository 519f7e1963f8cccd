"""Images made of tar entries, and registries on loopback that have them or misbehave."""

import contextlib
import gzip
import hashlib
import http.server
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import threading
import time
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
MTIME = 1_234_567_890
APPLETS = ["cat", "env", "id", "ls", "sh", "sleep", "stat", "true", "find", "readlink", "md5sum"]


def entry(name, data=None, type=tarfile.REGTYPE, mode=0o644, mtime=MTIME, **fields):
    """A tar entry; `fields` are those of TarInfo."""
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = type, mode, mtime
    for key, value in fields.items():
        setattr(info, key, value)
    info.size = len(data) if data is not None else 0
    return info, data


def directory(name, mode=0o755, **fields):
    return entry(name, type=tarfile.DIRTYPE, mode=mode, **fields)


def link(name, target, **fields):
    return entry(name, type=tarfile.SYMTYPE, linkname=target, mode=0o777, **fields)


def layer(*entries):
    """The bytes of a tar archive."""
    output = io.BytesIO()
    archive = tarfile.open(
        fileobj=output, mode="w", format=tarfile.PAX_FORMAT, errors="surrogateescape")
    for info, data in entries:
        archive.addfile(info, io.BytesIO(data) if data is not None else None)
    archive.close()
    return output.getvalue()


def busybox():
    """A layer that boots: one static program under many names."""
    return layer(
        directory("bin"), entry("bin/busybox", BUSYBOX.read_bytes(), mode=0o755),
        *[link(f"bin/{name}", "busybox") for name in APPLETS], directory("etc"),
        entry("etc/passwd", b"root:x:0:0::/:/bin/sh\nworker:x:5:6::/:/bin/sh\n"),
        entry("etc/group", b"root:x:0:\nworkers:x:6:\n"))


class Layout:
    """An OCI image layout in a directory."""

    def __init__(self, path):
        self.path = Path(path)
        (self.path / "blobs/sha256").mkdir(parents=True)
        (self.path / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def put(self, data, media_type, **fields):
        digest = hashlib.sha256(data).hexdigest()
        (self.path / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data), **fields}

    def image(self, layers, config=None, architecture="amd64", diff_ids=None, compress=True):
        """Writes an image; returns the descriptor of its manifest."""
        suffix = "+gzip" if compress else ""
        blobs = [gzip.compress(each, 1, mtime=0) if compress else each for each in layers]
        diff_ids = diff_ids or [f"sha256:{hashlib.sha256(each).hexdigest()}" for each in layers]
        document = {
            "architecture": architecture, "os": "linux",
            "config": {"Env": ["PATH=/bin"], "Cmd": ["sleep", "1000"], **(config or {})},
            "rootfs": {"type": "layers", "diff_ids": diff_ids}}
        manifest = {
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": self.put(
                json.dumps(document).encode(), "application/vnd.oci.image.config.v1+json"),
            "layers": [
                self.put(each, f"application/vnd.oci.image.layer.v1.tar{suffix}")
                for each in blobs]}
        return self.put(json.dumps(manifest).encode(), manifest["mediaType"])

    def index(self, *descriptors):
        document = {"schemaVersion": 2, "manifests": list(descriptors)}
        (self.path / "index.json").write_text(json.dumps(document))


def skopeo(*arguments):
    subprocess.run(["skopeo", "--insecure-policy", *arguments], check=True, capture_output=True)


class Registry:
    """Debian's registry on loopback."""

    def __init__(self, directory, certificate=None, key=None, password_file=None):
        self.directory = Path(directory)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        settings = [
            "version: 0.1", "log: {level: error}",
            f"storage: {{filesystem: {{rootdirectory: {self.directory}/data}}}}",
            "http:", f"  addr: {self.host}"]
        if certificate:
            settings += ["  tls:", f"    certificate: {certificate}", f"    key: {key}"]
        if password_file:
            settings += ["auth:", f"  htpasswd: {{realm: test, path: {password_file}}}"]
        self.settings = self.directory / "registry.yml"
        self.settings.write_text("\n".join(settings) + "\n")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["docker-registry", "serve", self.settings], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(
                ("127.0.0.1", self.port), 1
            ):
                return
            assert time.monotonic() < deadline and self.process.poll() is None
            time.sleep(0.05)

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
            self.process = None

    def push(self, name, *images, credentials=None, **options):
        """Pushes an image of these layers, or several for an index; returns its reference."""
        with tempfile.TemporaryDirectory() as work:
            layout = Layout(Path(work) / "layout")
            if images and isinstance(images[0], dict):
                descriptors = [
                    {**layout.image(**each), "platform": {
                        "os": "linux", "architecture": each.get("architecture", "amd64")}}
                    for each in images]
                index = {
                    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                    "manifests": descriptors}
                top = layout.put(json.dumps(index).encode(), index["mediaType"])
            else:
                top = layout.image(list(images), **options)
            layout.index({**top, "annotations": {"org.opencontainers.image.ref.name": "t"}})
            login = ["--dest-creds", credentials] if credentials else []
            skopeo(
                "copy", "--all", "--dest-tls-verify=false", *login, f"oci:{layout.path}:t",
                f"docker://{self.host}/{name}")
        return f"{self.host}/{name}"


@contextlib.contextmanager
def registry(**options):
    """A registry that runs, in a directory of its own."""
    directory = tempfile.mkdtemp(prefix="sandlot-registry-")
    server = Registry(directory, **options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def impostor(images, answer=lambda path, body: (200, body)):
    """A registry of this process: `images` maps `repository` to a layout's image (layers), and
    `answer` may change what a path is answered."""
    blobs, manifests = {}, {}
    with tempfile.TemporaryDirectory() as work:
        for number, (name, (layers, options)) in enumerate(images.items()):
            layout = Layout(Path(work) / str(number))
            top = layout.image(layers, **options)
            for blob in (layout.path / "blobs/sha256").iterdir():
                blobs[f"sha256:{blob.name}"] = blob.read_bytes()
            manifests[name] = blobs[top["digest"]]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body, kind = b"{}", "application/json"
            parts = self.path.split("/")
            if len(parts) > 4 and parts[-2] == "manifests":
                name = "/".join(parts[2:-2])
                body = blobs.get(parts[-1], manifests[name])
                kind = "application/vnd.oci.image.manifest.v1+json"
            elif len(parts) > 4 and parts[-2] == "blobs":
                body, kind = blobs[parts[-1]], "application/octet-stream"
            status, sent = answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(sent)
            if len(sent) < len(body):
                self.close_connection = True

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def authority(directory):
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    certificate, key = Path(directory) / "registry.crt", Path(directory) / "registry.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
         certificate], check=True, capture_output=True)
    return certificate, key
