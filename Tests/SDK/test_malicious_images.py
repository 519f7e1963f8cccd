"""Layers that mean harm: refused or contained, and nothing of the host is touched."""

import gzip
import json
import os
import subprocess
import tarfile
import uuid

import pytest
from conftest import sandlot
from registries import Layout, busybox, directory, entry, layer, link
from servers import Server, prepared_home


@pytest.fixture
def canary(tmp_path):
    """A file of the host at a known place, and where a traversal from any root would land."""
    file = tmp_path / "canary"
    file.write_text("alive")
    yield file
    assert file.read_text() == "alive"
    assert [each.name for each in tmp_path.iterdir() if each.name == "written"] == []


@pytest.fixture
def brought(tmp_path):
    """Imports an image of these layers; returns the finished command and the image's name."""

    def brought(*layers, home=None, **options):
        layout = Layout(tmp_path / f"layout-{uuid.uuid4().hex[:8]}")
        top = layout.image([busybox(), *layers], **options)
        layout.index({**top, "annotations": {"org.opencontainers.image.ref.name": "t"}})
        name = f"harm/{uuid.uuid4().hex[:8]}:1"
        where = {"home": home} if home else {}
        return sandlot("image", "import", name, str(layout.path), check=False, **where), name

    return brought


def refused(result, *words):
    assert result.returncode == 1
    line = result.stderr.strip()
    assert "\n" not in line and "refused" in line or "too large" in line, line
    for word in words:
        assert word in line


def test_names_that_lead_out_are_refused(brought, canary):
    refused(brought(layer(entry("../../../../written", b"x")))[0], "leads out")
    refused(brought(layer(entry("a/../../written", b"x")))[0], "leads out")


def test_a_hard_link_that_leads_out_is_refused(brought, canary):
    harm = layer(entry("stolen", type=tarfile.LNKTYPE, linkname=f"../../../..{canary}"))
    refused(brought(harm)[0], "leads out")
    absolute = layer(entry("stolen", type=tarfile.LNKTYPE, linkname=str(canary)))
    result, _ = brought(absolute)
    assert result.returncode == 1


def test_links_are_followed_inside_the_image_alone(modal, app, brought, canary):
    harm = layer(
        entry("/absolute", b"a"), link("out", str(canary.parent)), entry("out/written", b"x"),
        link("loop", "loop"), link("up", "../../../../.."))
    result, name = brought(harm)
    if result.returncode == 0:
        sandbox = modal.Sandbox.create(
            app=app, image=modal.Image.from_registry(name), timeout=60, memory=512)
        assert sandbox.exec("cat", "/absolute").stdout.read() == "a"
        sandbox.terminate()
    else:
        refused(result)


def test_a_link_in_a_lower_layer_does_not_lead_out(brought, canary):
    brought(layer(link("out", str(canary.parent))), layer(entry("out/written", b"x")))


def test_a_whiteout_does_not_reach_out(brought, canary):
    brought(layer(link("out", str(canary.parent))), layer(entry("out/.wh.canary", b"")))
    brought(layer(link("out", str(canary.parent))), layer(entry("out/.wh..wh..opq", b"")))


def test_long_names_are_refused(brought):
    refused(brought(layer(entry("a" * 300, b"")))[0], "longer than 255 bytes")


def test_broken_compression_and_a_wrong_digest_are_refused(brought, tmp_path):
    refused(brought(diff_ids=["sha256:" + "0" * 64])[0], "digest")
    layout = Layout(tmp_path / "broken")
    top = layout.image([layer(entry("unknown", os.urandom(100_000)))])
    for blob in (layout.path / "blobs/sha256").iterdir():
        if blob.read_bytes().startswith(b"\x1f\x8b"):
            cut = blob.read_bytes()[:-1000]
            kept = layout.put(cut, "application/vnd.oci.image.layer.v1.tar+gzip")
            old = f"sha256:{blob.name}"
    manifest = json.loads((layout.path / "blobs/sha256" / top["digest"][7:]).read_text())
    assert manifest["layers"][0]["digest"] == old
    manifest["layers"] = [kept]
    layout.index({**layout.put(json.dumps(manifest).encode(), manifest["mediaType"]),
                  "annotations": {"org.opencontainers.image.ref.name": "t"}})
    result = sandlot("image", "import", "harm/broken:1", str(layout.path), check=False)
    refused(result, "broken")


def test_names_that_are_not_utf8_are_kept(modal, app, brought):
    result, name = brought(layer(directory("odd"), entry("odd/\udcff\udcfe", b"x")))
    assert result.returncode == 0, result.stderr
    sandbox = modal.Sandbox.create(
        app=app, image=modal.Image.from_registry(name), timeout=60, memory=512)
    assert sandbox.exec("ls", "/odd", text=False).stdout.read().strip() in (
        b"\xff\xfe", b"??", b"\xef\xbf\xbd\xef\xbf\xbd")
    assert sandbox.exec("sh", "-c", "cat /odd/*").stdout.read() == "x"
    sandbox.terminate()


def test_bombs_and_floods_stop_at_the_limits(brought, tmp_path):
    bomb = layer(entry("bomb", os.urandom(16) + bytes(300 << 20)))
    flood = layer(
        entry("mark", os.urandom(16)), *[entry(f"flood/{number}", b"") for number in range(20_000)])
    assert len(gzip.compress(bomb, 1)) < 4 << 20
    with prepared_home() as home, Server(
        home, "--port", "0", "--image-limit", "100", "--image-entries", "10000"
    ) as server:
        server.wait_until_serving()
        refused(brought(bomb, home=home)[0], "more than the", "--image-limit")
        refused(brought(flood, home=home)[0], "more than 10000 entries")
        assert sandlot("status", home=home).returncode == 0
    mounts = subprocess.run(["losetup", "-a"], capture_output=True, text=True).stdout
    assert str(home) not in mounts
