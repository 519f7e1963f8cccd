"""The network of a sandbox: out to the Internet, and nowhere else."""

import re
import subprocess
import socket
import threading
from pathlib import Path

import pytest
from servers import machine_of


def code(sandbox, script):
    process = sandbox.exec("bash", "-c", script, timeout=60)
    process.wait()
    return process.returncode


def connects(sandbox, host, port):
    script = f"timeout 5 bash -c 'exec 3<>/dev/tcp/{host}/{port}'"
    return code(sandbox, script) == 0


@pytest.fixture
def listener():
    """A TCP service on every address of the host."""
    server = socket.create_server(("0.0.0.0", 0))
    stop = threading.Event()

    def accept():
        while not stop.is_set():
            try:
                server.accept()[0].close()
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1]
    stop.set()
    server.close()


def host_addresses():
    lines = subprocess.run(["ip", "-4", "-o", "addr"], capture_output=True, text=True).stdout
    return [line.split()[3].split("/")[0] for line in lines.splitlines()]


def gateway(sandbox):
    process = sandbox.exec("sh", "-c", "awk '$2 == \"00000000\" {print $3}' /proc/net/route")
    process.wait()
    raw = bytes.fromhex(process.stdout.read().strip())
    return ".".join(str(byte) for byte in reversed(raw))


def test_names_resolve(sb):
    assert code(sb, "getent hosts deb.debian.org") == 0


def test_http_to_the_internet(sb):
    program = "import urllib.request as u; print(u.urlopen('http://deb.debian.org/debian/dists/bookworm/Release').status)"
    process = sb.exec("python3", "-c", program, timeout=120)
    assert process.wait() == 0, process.stderr.read()
    assert process.stdout.read() == "200\n"


def test_https_with_the_hosts_certificates(sb):
    program = "import urllib.request as u; print(u.urlopen('https://pypi.org/simple/six/').status)"
    process = sb.exec("python3", "-c", program, timeout=120)
    assert process.wait() == 0, process.stderr.read()
    assert process.stdout.read() == "200\n"


def test_no_service_of_the_host_is_reached(sb, listener):
    with socket.create_connection(("127.0.0.1", listener), timeout=5):
        pass  # the service is there
    for address in {*host_addresses(), gateway(sb)} - {"127.0.0.1"}:
        assert not connects(sb, address, listener), address


def test_link_local_metadata_is_not_reached(sb):
    assert not connects(sb, "169.254.169.254", 80)


def test_another_sandbox_is_not_reached(create):
    first, second = create(), create()
    process = first.exec("sh", "-c", "hostname -I || ip -4 addr")
    process.wait()
    address = process.stdout.read().split()[0]
    first.exec("python3", "-m", "http.server", "8000")
    assert code(first, "for i in $(seq 50); do (exec 3<>/dev/tcp/127.0.0.1/8000) && exit 0; sleep 0.2; done; exit 1") == 0
    assert not connects(second, address, 8000)


def test_block_network(create):
    sandbox = create(block_network=True)
    assert code(sandbox, "true") == 0
    assert code(sandbox, "getent hosts deb.debian.org") != 0
    process = sandbox.exec("ls", "/sys/class/net")
    process.wait()
    assert process.stdout.read().split() == ["lo"]
    sandbox.filesystem.write_text("x", "/tmp/x")
    assert sandbox.filesystem.read_text("/tmp/x") == "x"


def test_taps_vanish_with_the_sandbox(create):
    def taps():
        lines = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout
        return {line.split(":")[1].strip() for line in lines.splitlines() if " sl" in line}

    sandbox = create()
    sandbox.exec("true").wait()
    # Spare machines come and go with taps of theirs: only the sandbox's own counts.
    infos = Path(f"/proc/{machine_of(sandbox.object_id)}/fdinfo").iterdir()
    own = {name for info in infos for name in re.findall(r"^iff:\s*(\S+)", info.read_text(), re.M)}
    assert len(own) == 1 and own <= taps()
    sandbox.terminate(wait=True)
    assert not own & taps()
