"""What Debian 13 has packaged of Docker and Debian 12 has not: buildx, and compose as a subcommand."""

import pytest
import workshop
from engines import COMPOSE, Shell

pytestmark = pytest.mark.nightly

PACKAGES = "docker.io docker-cli docker-buildx docker-compose iptables busybox-static ca-certificates".split()


@pytest.fixture(scope="module")
def docker(modal, app, server):
    image = modal.Image.from_registry(workshop.reference("trixie", PACKAGES))
    sandbox = modal.Sandbox.create("/usr/sbin/dockerd", app=app, image=image, cpu=2, memory=2048, timeout=3600)
    shell = Shell(sandbox)
    shell.until("docker version")
    shell.context("/build")
    yield shell
    sandbox.terminate()


def test_buildx_builds(docker):
    docker("docker", "buildx", "build", "--load", "-t", "busybox", "/build")
    assert docker("docker", "run", "--rm", "busybox", "echo", "hello") == "hello\n"


def test_compose_is_a_subcommand(docker):
    docker.sandbox.filesystem.make_directory("/composed")
    docker.sandbox.filesystem.write_text(COMPOSE, "/composed/docker-compose.yml")
    docker.sandbox.filesystem.write_text("the composed page\n", "/composed/page")
    output = docker("docker", "compose", "up", "--exit-code-from", "client", workdir="/composed")
    assert "the composed page" in output, output
