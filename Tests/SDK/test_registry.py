"""`Image.from_registry`: pulls, pins, logins, and registries that misbehave."""

import concurrent.futures
import json
import os
import subprocess
import time
import uuid

import pytest
from cli import modal_cli
from conftest import sandlot
from registries import authority, busybox, directory, entry, impostor, layer, registry



@pytest.fixture(scope="module")
def hub():
    with registry() as server:
        yield server


@pytest.fixture(scope="module")
def inside(modal, app):
    """Runs a shell line in a sandbox of an image; returns what it prints."""

    def inside(image, line, **options):
        sandbox = modal.Sandbox.create(app=app, image=image, timeout=120, memory=512, **options)
        try:
            process = sandbox.exec("sh", "-c", line)
            return process.stdout.read() + process.stderr.read()
        finally:
            sandbox.terminate()

    return inside


def unknown():
    """A layer that the server cannot have yet."""
    return layer(entry("unknown", os.urandom(300_000)))


def name():
    return f"team/{uuid.uuid4().hex[:8]}:1"


def test_an_image_is_pulled_and_boots_as_its_configuration_says(hub, modal, app, inside):
    reference = hub.push(
        name(), busybox(), layer(directory("srv"), entry("srv/file", b"content")),
        config={"Env": ["PATH=/bin", "GREETING=hello"], "WorkingDir": "/srv", "User": "worker"})
    image = modal.Image.from_registry(reference)
    output = inside(image, "id -u; id -g; pwd; echo $GREETING; cat file")
    assert output.split("\n") == ["5", "6", "/srv", "hello", "content"]


def test_steps_go_on_top(hub, modal, inside):
    reference = hub.push(name(), busybox())
    image = modal.Image.from_registry(reference).run_commands("echo built > /built")
    assert inside(image, "cat /built") == "built\n"


def test_lower_layers_are_stored_once(hub, modal, inside):
    bulk = layer(entry("bulk", os.urandom(17 << 20)))
    first = hub.push(name(), busybox(), bulk, layer(entry("one", b"1")))
    second = hub.push(name(), busybox(), bulk, layer(entry("two", b"2")))
    ids = []
    for reference in (first, second):
        image = modal.Image.from_registry(reference)
        assert "bulk" in inside(image, "ls /")
        ids.append(image.object_id)
    layers = [
        [each["name"] for each in json.loads(
            sandlot("image", "inspect", each).stdout)["layers"]] for each in ids]
    assert layers[0][0] == layers[1][0] and layers[0][1] != layers[1][1]


def test_a_tag_is_looked_up_once(hub, modal, inside):
    tag = name()
    reference = hub.push(tag, busybox(), layer(entry("version", b"1\n")))
    assert inside(modal.Image.from_registry(reference), "cat /version") == "1\n"
    hub.push(tag, busybox(), layer(entry("version", b"2\n")))
    assert inside(modal.Image.from_registry(reference), "cat /version") == "1\n"
    forced = modal.Image.from_registry(reference, force_build=True)
    assert inside(forced, "cat /version") == "2\n"
    hub.stop()
    try:
        assert inside(modal.Image.from_registry(reference), "cat /version") == "2\n"
    finally:
        hub.start()


def test_the_platform_is_chosen(hub, modal, inside):
    arm = {"layers": [layer(entry("arm", b""))], "architecture": "arm64"}
    both = hub.push(name(), arm, {"layers": [busybox(), layer(entry("amd", b""))]})
    assert "amd" in inside(modal.Image.from_registry(both), "ls /")
    alone = hub.push(name(), arm)
    with pytest.raises(modal.exception.Error, match="not made for linux/amd64, only for linux/arm64"):
        inside(modal.Image.from_registry(alone), "true")


def test_the_clis_pull_gives_a_name(hub, modal, inside):
    called = f"pulled-{uuid.uuid4().hex[:8]}:1"
    modal_cli("image", "pull", hub.push(name(), busybox()), "--name", called)
    assert inside(modal.Image.from_name(called), "echo named") == "named\n"


def test_what_is_not_there_is_named(hub, modal, inside):
    with pytest.raises(modal.exception.NotFoundError, match="has no image .*team/none:1"):
        inside(modal.Image.from_registry(f"{hub.host}/team/none:1"), "true")


def test_other_logins_are_refused_by_name(hub, modal, inside):
    secret = modal.Secret.from_dict({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})
    image = modal.Image.from_aws_ecr(
        "000000000000.dkr.ecr.us-east-1.amazonaws.com/a:1", secret=secret)
    with pytest.raises(modal.exception.Error, match="AWS ECR"):
        inside(image, "true")


def test_a_private_registry_wants_a_login(modal, inside, tmp_path):
    passwords = tmp_path / "passwords"
    passwords.write_bytes(
        subprocess.run(
            ["htpasswd", "-Bbn", "me", "secret"], check=True, capture_output=True).stdout)
    with registry(password_file=passwords) as private:
        reference = private.push(name(), busybox(), credentials="me:secret")
        with pytest.raises(modal.exception.Error, match="wants a login"):
            inside(modal.Image.from_registry(reference), "true")

        def with_password(password):
            return modal.Image.from_registry(reference, secret=modal.Secret.from_dict(
                {"REGISTRY_USERNAME": "me", "REGISTRY_PASSWORD": password}))

        with pytest.raises(modal.exception.Error, match="does not let this user"):
            inside(with_password("wrong"), "true")
        assert inside(with_password("secret"), "echo in") == "in\n"


def test_a_certificate_has_to_be_trusted(tmp_path):
    certificate, key = authority(tmp_path)
    with registry(certificate=certificate, key=key) as secure:
        reference = secure.push(name(), busybox())
        # Those of the host itself may have any certificate; another name of it may not.
        outside = reference.replace("127.0.0.1", "0.0.0.0")
        assert sandlot("image", "pull", reference).returncode == 0
        refused = sandlot("image", "pull", outside, check=False)
        assert refused.returncode != 0
        assert "certificate" in refused.stderr and "--registry-certificates" in refused.stderr


def test_pulls_of_one_image_are_joined():
    fetched = []

    def answer(path, body):
        if "/blobs/" in path and len(body) > 100_000:
            fetched.append(path)
            time.sleep(1)
        return 200, body

    # What is fetched may not be here yet, the program included.
    with impostor({"team/joined": ([unknown(), unknown()], {})}, answer) as host:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            pulls = [
                pool.submit(sandlot, "image", "pull", f"{host}/team/joined:1") for _ in range(3)]
            results = [pull.result() for pull in pulls]
    assert sorted(fetched) == sorted(set(fetched)) and len(fetched) == 2
    assert any("Waiting for the pull" in result.stdout for result in results)


def test_a_registry_that_dies_in_the_middle_is_asked_again(modal, inside):
    dying = {"count": 0}

    def answer(path, body):
        if "/blobs/" in path and len(body) > 100_000 and dying["count"] < 1:
            dying["count"] += 1
            return 200, body[: len(body) // 2]
        return 200, body

    with impostor({"team/dying": ([busybox(), unknown()], {})}, answer) as host:
        image = modal.Image.from_registry(f"{host}/team/dying:1")
        assert inside(image, "echo up") == "up\n"
    assert dying["count"] == 1


@pytest.mark.parametrize("kind", ["blob", "layer"])
def test_other_bytes_than_announced_are_refused(modal, inside, kind):
    def answer(path, body):
        if kind == "blob" and "/blobs/" in path and len(body) > 100_000:
            return 200, body[:-1] + bytes([body[-1] ^ 1])
        return 200, body

    options = {"diff_ids": ["sha256:" + "0" * 64] * 2} if kind == "layer" else {}
    with impostor({"team/liar": ([busybox(), unknown()], options)}, answer) as host:
        with pytest.raises(modal.exception.Error, match="sha256:"):
            inside(modal.Image.from_registry(f"{host}/team/liar:1"), "true")


def test_a_registry_that_wants_fewer_requests_is_asked_again(modal, inside):
    refused = {"count": 0}

    def answer(path, body):
        if "/manifests/" in path and refused["count"] < 1:
            refused["count"] += 1
            return 429, body
        return 200, body

    with impostor({"team/busy": ([busybox()], {})}, answer) as host:
        assert inside(modal.Image.from_registry(f"{host}/team/busy:1"), "echo up") == "up\n"
    assert refused["count"] == 1
