"""Containers without Docker: the runtimes themselves, and podman for root and for a plain user."""

import json

import pytest
from engines import Shell


@pytest.fixture(scope="module")
def machine(modal, app, workshop):
    sandbox = modal.Sandbox.create(app=app, image=workshop, cpu=2, memory=2048, timeout=3600)
    yield Shell(sandbox)
    sandbox.terminate()


@pytest.mark.parametrize("runtime", ["runc", "crun"])
def test_a_runtime_runs_a_bundle(machine, runtime):
    """With nothing above it: an OCI bundle, whose limits are a cgroup of its own."""
    bundle = f"/bundles/{runtime}"
    machine("sh", "-c", f"mkdir -p {bundle}/rootfs/bin && cp /bin/busybox {bundle}/rootfs/bin")
    machine(runtime, "spec", workdir=bundle)
    path = f"{bundle}/config.json"
    config = json.loads(machine.sandbox.filesystem.read_text(path))
    config["process"] |= {
        "terminal": False,
        "args": ["/bin/busybox", "sh", "-c", "busybox hostname; busybox id -u; busybox cat /sys/fs/cgroup/pids.max"]}
    config["hostname"] = "bundled"
    config["linux"]["resources"]["pids"] = {"limit": 123}
    machine.sandbox.filesystem.write_text(json.dumps(config), path)
    output = machine(runtime, "run", f"one-{runtime}", workdir=bundle)
    assert output == "bundled\n0\n123\n"


def test_podman_as_root(machine):
    machine.context("/build")
    machine("podman", "build", "-t", "busybox", "/build")
    assert machine("podman", "run", "--rm", "busybox", "echo", "hello") == "hello\n"


def test_podman_by_a_plain_user(machine):
    """Rootless: in a user name space, with a network of its own and an overlay of its own."""
    machine("useradd", "--create-home", "--shell", "/bin/bash", "ada")
    machine.context("/home/ada/build")
    machine("chown", "-R", "ada:", "/home/ada/build")

    def ada(script):
        return machine("su", "--login", "ada", "--command", script)

    ada("podman build -t busybox build")
    said = ada("podman run --rm busybox sh -c 'id -u; cat /proc/self/uid_map; hostname'")
    assert said.split()[0] == "0", said
