"""Standalone Pythons for images: imported from a file, fetched from a mirror, or said to be missing."""

import http.server
import os
import tarfile
import threading
import uuid

import pytest
from conftest import exported, sandlot
from grpclib.exceptions import GRPCError
from modal_proto import api_pb2
from servers import Server
from wire import ask


def archive(directory, version, release="20240107", bad=None):
    """An archive as the project makes them: links and all, except for the interpreter."""
    tree = directory / f"tree-{uuid.uuid4().hex[:8]}"
    (tree / "python/bin").mkdir(parents=True)
    (tree / "python/lib").mkdir()
    (tree / "python/bin/python3.12").write_text("#!/bin/sh\necho standalone\n")
    (tree / "python/bin/python3.12").chmod(0o755)
    (tree / "python/bin/python3").symlink_to("python3.12")
    (tree / "python/lib/module.py").write_text("pass\n")
    (tree / "python/lib64").symlink_to("lib")
    if bad:
        bad(tree)
    path = directory / f"cpython-{version}+{release}-x86_64-unknown-linux-gnu-install_only.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        file.add(tree / "python", "python")
    return path


def mount_of(server, name):
    return ask(server, "MountGetOrCreate", api_pb2.MountGetOrCreateRequest(
        deployment_name=name, namespace=api_pb2.DEPLOYMENT_NAMESPACE_GLOBAL)).mount_id


def test_an_imported_python_is_a_mount(server, app, image, tmp_path):
    result = sandlot("image", "python-import", str(archive(tmp_path, "3.12.91")))
    name = "python-build-standalone.20240107.3.12.91-gnu"
    assert f"{name}: 4 files" in result.stdout
    sandbox = ask(server, "SandboxCreateV2", api_pb2.SandboxCreateV2Request(
        app_id=app.app_id, definition=api_pb2.Sandbox(
            image_id=image.build(app).object_id, mount_ids=[mount_of(server, name)],
            timeout_secs=60, entrypoint_args=["sh", "-c", (
                "test ! -L /python/bin/python3 && test -f /python/lib64/module.py"
                " && test $(/python/bin/python3) = standalone")])))
    answer = ask(server, "SandboxWaitV2", api_pb2.SandboxWaitRequest(
        sandbox_id=sandbox.sandbox_id, timeout=30))
    assert (answer.result.status, answer.result.exception) == (1, "")


def test_a_name_can_be_given(server, tmp_path):
    path = archive(tmp_path, "3.12.92").rename(tmp_path / "any.tar.gz")
    refused = sandlot("image", "python-import", str(path), check=False)
    assert refused.returncode == 1 and "any.tar.gz" in refused.stderr and "--name" in refused.stderr
    name = "python-build-standalone.20240107.3.12.92-gnu"
    sandlot("image", "python-import", str(path), "--name", name)
    assert mount_of(server, name).startswith("mo-")


@pytest.mark.parametrize("target", ["../../../etc/passwd", "/etc/passwd", "nothing", "."])
def test_a_link_that_leads_nowhere_good_is_refused(server, tmp_path, target):
    path = archive(
        tmp_path, "3.12.93", bad=lambda tree: (tree / "python/lib/link").symlink_to(target))
    result = sandlot("image", "python-import", str(path), check=False)
    assert result.returncode == 1 and "'/python/lib/link" in result.stderr


def test_what_is_no_archive_is_refused(server, tmp_path):
    path = tmp_path / "cpython-3.12.94+20240107-x86_64-unknown-linux-gnu-install_only.tar.gz"
    path.write_bytes(os.urandom(1000))
    result = sandlot("image", "python-import", str(path), check=False)
    assert result.returncode == 1 and "unpacked" in result.stderr


def test_a_missing_python_says_what_to_import(prepared):
    with Server(prepared, "--port", "0", "--python-mirror", "none") as server:
        server.wait_until_serving()
        with pytest.raises(GRPCError) as caught:
            mount_of(exported(prepared), "python-build-standalone.20240107.3.12.95-gnu")
    assert caught.value.status.name == "NOT_FOUND"
    for text in ["3.12.95", "sandlot image python-import cpython-3.12.95+20240107-x86_64"]:
        assert text in caught.value.message


def test_a_missing_python_is_fetched_from_the_mirror(prepared, tmp_path):
    archive(tmp_path, "3.12.96").rename(tmp_path / "served")
    paths = []

    class Mirror(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            data = (tmp_path / "served").read_bytes()
            self.send_response(200 if "3.12.96" in self.path else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as mirror:
        threading.Thread(target=mirror.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{mirror.server_port}/base"
        with Server(prepared, "--port", "0", "--python-mirror", url) as server:
            server.wait_until_serving()
            variables = exported(prepared)
            for _ in range(2):
                assert mount_of(variables, "python-build-standalone.20240107.3.12.96-gnu")
            with pytest.raises(GRPCError, match="python-import"):
                mount_of(variables, "python-build-standalone.20240107.3.12.97-gnu")
        mirror.shutdown()
    name = "cpython-3.12.96%2B20240107-x86_64-unknown-linux-gnu-install_only.tar.gz"
    assert paths[:1] == [f"/base/20240107/{name}"] and len(paths) == 2
