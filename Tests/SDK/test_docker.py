"""Docker inside a sandbox, as on any machine of one's own.

One sandbox serves all tests: under emulation its daemon takes ten seconds to start, and a container five.
"""

import pytest
from engines import COMPOSE, Shell

# What makes a container's cgroup one that further ones can be made in: it must have no processes.
INNER = """
mkdir -p /sys/fs/cgroup/init
while read process; do echo $process > /sys/fs/cgroup/init/cgroup.procs; done < /sys/fs/cgroup/cgroup.procs
sed "s/[^ ]*/+&/g" /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
exec dockerd
"""


@pytest.fixture(scope="module")
def docker(modal, app, workshop):
    """A sandbox made and used as the documentation's demonstration does it, with a daemon that answers."""
    image = (
        workshop
        .env({"DEBIAN_FRONTEND": "noninteractive"})
        .apt_install(["docker.io", "ca-certificates"])
        # Debian has the daemon in /usr/sbin, the demonstration's Ubuntu in /usr/bin.
        .run_commands("mkdir /build", "ln -s ../sbin/dockerd /usr/bin/dockerd"))
    sandbox = modal.Sandbox.create(
        "/usr/bin/dockerd", "-D", app=app, image=image, cpu=2, memory=2048, timeout=3600)
    shell = Shell(sandbox)
    shell.until("test -S /var/run/docker.sock && docker version")
    shell.context("/build")
    shell("docker", "build", "-t", "busybox", "/build")
    yield shell
    sandbox.terminate(wait=True)
    assert sandbox.returncode == 137


@pytest.fixture(scope="module")
def web(docker):
    """A container that serves its volume at a published port, in a network of the user's."""
    docker("docker", "network", "create", "backend")
    docker(
        "docker", "run", "-d", "--name", "web", "--network", "backend", "-p", "8080:80",
        "-v", "site:/site", "busybox", "httpd", "-f", "-vv", "-p", "80", "-h", "/site")
    docker("docker", "exec", "web", "sh", "-c", "echo the page > /site/index.html")
    return "web"


def test_an_image_is_built_and_run(docker):
    """The demonstration: a Dockerfile by the filesystem API, a build, a container, its output."""
    docker.sandbox.filesystem.write_text('FROM busybox\nCMD ["echo", "hello from a container"]\n', "/build/hello")
    docker("docker", "build", "-t", "hello", "-f", "/build/hello", "/build")
    assert docker("docker", "run", "--rm", "hello") == "hello from a container\n"


def test_it_runs_on_overlay2_and_version_2_of_cgroups(docker):
    drivers = docker("docker", "info", "--format", "{{.Driver}} {{.CgroupVersion}} {{.Warnings}}")
    assert drivers.split()[:2] == ["overlay2", "2"], drivers


def test_buildkit_builds(docker):
    """The builder of `docker buildx`, which Debian 12 has not packaged, is in its daemon."""
    docker.sandbox.filesystem.write_text(
        "FROM busybox AS first\nRUN --mount=type=cache,target=/cache echo built > /cache/note && cp /cache/note /note\n"
        "FROM scratch\nCOPY --from=first /note /note\nCOPY --from=first /bin /bin\n", "/build/stages")
    docker("docker", "build", "-t", "stages", "-f", "/build/stages", "/build", env={"DOCKER_BUILDKIT": "1"})
    assert docker("docker", "run", "--rm", "stages", "cat", "/note") == "built\n"


def test_a_command_runs_in_a_running_container(docker, web):
    assert docker("docker", "exec", web, "hostname").strip() == docker(
        "docker", "inspect", "--format", "{{.Config.Hostname}}", web).strip()
    assert docker.run("docker", "exec", web, "sh", "-c", "exit 7").code == 7


def test_containers_of_a_network_reach_each_other_by_name(docker, web):
    page = docker("docker", "run", "--rm", "--network", "backend", "busybox", "wget", "-qO-", "http://web/")
    assert page == "the page\n"


def test_a_container_of_another_network_does_not(docker, web):
    address = docker("docker", "inspect", "--format", "{{.NetworkSettings.Networks.backend.IPAddress}}", web).strip()
    script = f"timeout 3 wget -qO- http://{address}/; echo ended by $?"
    assert docker("docker", "run", "--rm", "busybox", "sh", "-c", script) == "ended by 143\n"


def test_a_published_port_is_reached_from_the_sandbox(docker, web):
    own = docker("hostname", "-i").strip()
    for address in ["127.0.0.1", own]:
        assert docker("busybox", "wget", "-qO-", f"http://{address}:8080/") == "the page\n"


def test_the_log_of_a_container_is_read(docker, web):
    docker.run("busybox", "wget", "-qO-", "http://127.0.0.1:8080/logged")
    # The server writes to its standard error, which stays apart.
    assert "url:/logged\n" in docker.run("docker", "logs", web).errors


def test_a_volume_outlives_its_container(docker):
    docker("docker", "run", "--rm", "-v", "kept:/kept", "busybox", "sh", "-c", "echo here > /kept/note")
    assert docker("docker", "run", "--rm", "-v", "kept:/kept:ro", "busybox", "cat", "/kept/note") == "here\n"


def test_a_directory_of_the_sandbox_is_bound(docker):
    docker.sandbox.filesystem.write_text("from outside\n", "/srv/note")
    script = "cat /srv/note; echo from inside > /srv/answer"
    assert docker("docker", "run", "--rm", "-v", "/srv:/srv", "busybox", "sh", "-c", script) == "from outside\n"
    assert docker.sandbox.filesystem.read_text("/srv/answer") == "from inside\n"


def test_a_container_reaches_the_internet(docker):
    release = docker(
        "docker", "run", "--rm", "busybox", "wget", "-qO-", "http://deb.debian.org/debian/dists/bookworm/Release")
    assert "Codename: bookworm" in release


def test_memory_kills(docker):
    """`--memory`: a container that takes more is killed, and Docker knows why."""
    script = "head -c 100m /dev/zero | tail > /dev/null"
    result = docker.run(
        "docker", "run", "--name", "greedy", "--memory", "32m", "--memory-swap", "32m", "busybox", "sh", "-c",
        f"{script}; echo $?; exec sleep 0")
    assert result.output == "137\n", result
    assert docker("docker", "inspect", "--format", "{{.State.OOMKilled}}", "greedy") == "true\n"


def test_cpus_throttle(docker):
    """`--cpus`: a quota of the container's cgroup, which a busy container meets."""
    script = "cat cpu.max; timeout 3 sh -c 'while :; do :; done'; grep nr_throttled cpu.stat"
    quota, throttled = docker(
        "docker", "run", "--rm", "--cpus", "0.25", "-w", "/sys/fs/cgroup", "busybox", "sh", "-c", script).splitlines()
    assert quota == "25000 100000"
    assert int(throttled.split()[1]) > 5, throttled


def test_pids_limit_refuses(docker):
    script = "for i in $(seq 50); do sleep 60 & done; echo all"
    result = docker.run("docker", "run", "--rm", "--pids-limit", "20", "busybox", "sh", "-c", script)
    assert "can't fork: Resource temporarily unavailable" in result.errors and "all" not in result.output, result


def test_a_privileged_container_may_do_what_others_may_not(docker):
    script = "mount -t tmpfs none /mnt && echo mounted; ls /dev/vda"
    refused = docker.run("docker", "run", "--rm", "busybox", "sh", "-c", f"mkdir -p /mnt; {script}")
    assert "denied" in refused.errors and refused.output == "", refused
    allowed = docker("docker", "run", "--rm", "--privileged", "busybox", "sh", "-c", f"mkdir -p /mnt; {script}")
    assert allowed == "mounted\n/dev/vda\n"


def test_compose_starts_services_that_know_each_other(docker):
    docker.sandbox.filesystem.make_directory("/composed")
    docker.sandbox.filesystem.write_text(COMPOSE, "/composed/docker-compose.yml")
    docker.sandbox.filesystem.write_text("the composed page\n", "/composed/page")
    output = docker("docker-compose", "up", "--exit-code-from", "client", workdir="/composed")
    assert "the composed page" in output, output
    docker("docker-compose", "down", workdir="/composed")
    assert "composed" not in docker("docker", "network", "ls")


def test_all_of_it_is_in_a_snapshot(docker, web, modal, app):
    """Images, containers, volumes and networks, of a daemon that was at work."""
    copy = modal.Sandbox.create(
        "/usr/bin/dockerd", app=app, image=docker.sandbox.snapshot_filesystem(), cpu=2, memory=1024, timeout=600)
    try:
        shell = Shell(copy)
        shell.until("test -S /var/run/docker.sock && docker version")
        assert shell("docker", "run", "--rm", "busybox", "echo", "hello") == "hello\n"
        assert "backend" in shell("docker", "network", "ls")
        shell("docker", "start", web)
        shell.until("busybox wget -qO- http://127.0.0.1:8080/")
        assert shell("busybox", "wget", "-qO-", "http://127.0.0.1:8080/") == "the page\n"
    finally:
        copy.terminate()


def test_docker_runs_in_a_container_of_docker(docker):
    """With the sandbox's own programs, in a privileged container whose daemon has a disk of its own."""
    docker.context("/inner", "FROM scratch\nCOPY root busybox /\nENTRYPOINT []\n")
    links = "mkdir -p root/tmp root/etc && for name in bin sbin lib lib64; do ln -s usr/$name root/$name; done"
    docker("sh", "-c", links, workdir="/inner")
    docker("docker", "build", "-t", "inner", "/inner")
    binds = [f"--volume={path}:{path}:ro" for path in ["/usr", "/etc/alternatives", "/lib/modules", "/build"]]
    docker(
        "docker", "run", "-d", "--name", "outer", "--privileged", "--tmpfs", "/run", "-v", "state:/var/lib/docker",
        *binds, "inner", "sh", "-c", INNER)
    inside = ["docker", "exec", "outer", "docker"]
    docker.until(" ".join([*inside, "version"]))
    docker(*inside, "build", "-t", "busybox", "/build")
    script = "echo innermost; cat /sys/fs/cgroup/pids.max"
    output = docker(*inside, "run", "--rm", "--pids-limit", "77", "busybox", "sh", "-c", script)
    assert output == "innermost\n77\n"
    assert "overlay2" in docker(*inside, "info")
    docker("docker", "rm", "-fv", "outer")


def test_enable_docker_is_accepted_and_changes_nothing(create):
    sandbox = create(experimental_options={"enable_docker": True})
    assert sandbox.exec("true").wait() == 0
