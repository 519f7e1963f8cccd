"""`sandlot image import`, `alias`, `bases` and `export`."""

import io
import json
import tarfile
import uuid

import pytest
from conftest import sandlot
from registries import Layout, busybox, entry, layer, skopeo


@pytest.fixture(scope="module")
def content(modal, app):
    """What a file of an image has."""

    def content(reference, path):
        sandbox = modal.Sandbox.create(
            app=app, image=modal.Image.from_registry(reference), timeout=120, memory=512)
        try:
            return sandbox.exec("cat", path).stdout.read()
        finally:
            sandbox.terminate()

    return content


def name():
    return f"imported/{uuid.uuid4().hex[:8]}:1"


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path / "layout")
    top = layout.image([busybox(), layer(entry("mark", b"oci\n"))])
    layout.index({**top, "annotations": {"org.opencontainers.image.ref.name": "t"}})
    return layout


def test_a_root_file_system(tmp_path, content):
    file = tmp_path / "root.tar"
    file.write_bytes(busybox())
    with tarfile.open(file, "a") as archive:
        info, data = entry("mark", b"tree\n")
        archive.addfile(info, io.BytesIO(data))
    called = name()
    assert f"{called} is sha256:" in sandlot("image", "import", called, str(file)).stdout
    assert content(called, "/mark") == "tree\n"


@pytest.mark.parametrize("kind", ["oci", "oci-archive", "docker-archive"])
def test_an_image(layout, tmp_path, content, kind):
    path, called = layout.path, name()
    if kind != "oci":
        path = tmp_path / "image.tar"
        skopeo("copy", f"oci:{layout.path}:t", f"{kind}:{path}:some/name:1")
    sandlot("image", "import", called, str(path))
    assert content(called, "/mark") == "oci\n"


def test_what_is_no_image_is_refused(tmp_path):
    text = tmp_path / "text"
    text.write_text("nothing")
    for path, words in [(text, "not an archive"), (tmp_path, "no OCI layout"),
                        (tmp_path / "none", "There is no file")]:
        result = sandlot("image", "import", name(), str(path), check=False)
        assert result.returncode == 1 and words in result.stderr


def test_an_alias_and_what_names_mean(layout, content):
    called, other = name(), name()
    sandlot("image", "import", called, str(layout.path))
    sandlot("image", "alias", other, called)
    assert content(other, "/mark") == "oci\n"
    bases = {
        each["name"]: each for each in json.loads(sandlot("image", "bases", "--json").stdout)}
    assert bases[f"docker.io/{other}"]["kind"] == "alias"
    assert bases[f"docker.io/{other}"]["target"] == f"docker.io/{called}"
    assert bases[f"docker.io/{called}"]["kind"] == "local"
    sandlot("image", "bases", "--forget", other)
    assert other not in sandlot("image", "bases").stdout
    assert sandlot("image", "bases", "--forget", other, check=False).returncode == 1


def test_a_base_of_packages(content):
    called = name()
    output = sandlot(
        "image", "bootstrap", "debian:trixie", "--package", "hello", "--name", called).stdout
    assert f"{called} is sha256:" in output
    assert content(called, "/etc/debian_version").startswith("13")
    refused = sandlot("image", "bootstrap", "ubuntu:noble", check=False)
    assert refused.returncode == 1 and "'ubuntu:noble'" in refused.stderr


def test_an_export_is_imported_again(modal, app, layout, tmp_path, content):
    called, again = name(), name()
    sandlot("image", "import", called, str(layout.path))
    image = modal.Image.from_registry(called).env({"KEY": "value"}).run_commands(
        "echo exported > /mark; chmod 4711 /mark")
    image.build(app)
    file = tmp_path / "out.tar"
    sandlot("image", "export", image.object_id, str(file))
    sandlot("image", "import", again, str(file))
    assert content(again, "/mark") == "exported\n"
    twice = sandlot("image", "export", image.object_id, str(file), check=False)
    assert twice.returncode == 1 and "exists already" in twice.stderr
