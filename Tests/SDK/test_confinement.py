"""What QEMU and other users of the host cannot do, read or see."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from commands import as_root, command, refused
from conftest import HOME, SANDLOT, sandlot
from servers import directory_of, machine_of, prepared_home, processes_with, traces


def status_of(process):
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return {key: value.split() for key, _, value in (line.partition(":") for line in lines)}


@pytest.fixture(scope="module")
def machine(sb):
    """The QEMU of the shared sandbox."""
    sb.exec("true").wait()
    process = machine_of(sb.object_id)
    assert process is not None
    return process


@as_root
def test_qemu_has_no_privileges(machine):
    status = status_of(machine)
    assert len(set(status["Uid"])) == 1 and int(status["Uid"][0]) >= 1000
    assert len(set(status["Gid"])) == 1 and int(status["Gid"][0]) >= 1000
    assert "0" not in status["Groups"]
    assert status["NoNewPrivs"] == ["1"]
    assert status["Seccomp"] == ["2"]
    for capabilities in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
        assert int(status[capabilities][0], 16) == 0, capabilities


@as_root
def test_two_machines_run_as_two_users(machine, create):
    other = create()
    other.exec("true").wait()
    assert status_of(machine_of(other.object_id))["Uid"] != status_of(machine)["Uid"]


@as_root
def test_qemus_user_reads_nothing_of_the_server(machine, create):
    other = create()
    other.exec("true").wait()
    user = status_of(machine)["Uid"][0]
    private = [
        *(HOME / "secrets").iterdir(), *HOME.glob("sandlot.sqlite*"), *HOME.glob("server.log"),
        *directory_of(machine_of(other.object_id)).iterdir(), *(HOME / "builds").iterdir(),
        *(HOME / "console").glob("*"),
    ]
    script = 'for path; do if dd if="$path" of=/dev/null count=1 2>/dev/null; then echo "$path"; fi; done'
    result = subprocess.run(
        ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "sh", "-c", script, "sh",
         *map(str, private)], capture_output=True, text=True,
    )
    assert result.stdout.split() == []
    writable = subprocess.run(
        ["setpriv", "--reuid", user, "--regid", user, "--clear-groups",
         "find", str(HOME), "-writable", "-not", "-type", "l"], capture_output=True, text=True,
    ).stdout.split()
    own = str(directory_of(machine))
    assert [path for path in writable if not path.startswith(own)] == []


def test_qemu_has_no_descriptors_of_the_server(machine):
    paths = {os.readlink(entry) for entry in Path(f"/proc/{machine}/fd").iterdir()}
    allowed = ("socket:", "anon_inode:", "/dev/null", "/dev/net/tun", "/dev/kvm", "/dev/urandom",
               "pipe:", "/memfd:", str(HOME / "prepared"), str(HOME / "layers"),
               str(HOME / "machines"), str(HOME / "templates"),
               str(SANDLOT.resolve().parent / "libReadOnlyOpen.so"))
    assert [path for path in paths if not path.startswith(allowed)] == []


def test_secrets_are_for_their_owner_alone():
    files = list((HOME / "secrets").iterdir())
    assert {file.name for file in files} == {"credentials", "sealing-key", "signing-key"}
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((HOME / "secrets").stat().st_mode) == 0o700


def test_the_secret_is_in_no_arguments_and_no_log(server, sb):
    sb.exec("true").wait()
    secret = server["MODAL_TOKEN_SECRET"]
    assert processes_with(secret) == []
    assert secret not in (HOME / "server.log").read_text()


def test_an_own_secret_is_in_no_arguments_of_a_detached_server(prepared):
    """The command that starts it ends at once; what goes on must not show the secret to `ps`."""
    secret = "as-shown-to-nobody"
    try:
        sandlot("up", "--detach", "--port", "0", "--token-id", "ak-own", "--token-secret", secret,
                home=prepared)
        assert processes_with(secret) == []
    finally:
        sandlot("down", home=prepared)


def test_a_secrets_file_that_others_can_read_is_refused():
    with prepared_home() as home:
        (home / "secrets").mkdir(mode=0o700)
        file = home / "secrets/credentials"
        file.write_text("ak-a as-b\n")
        file.chmod(0o644)
        refused(command("up", "--port", "0", "--data-directory", home), f"chmod 600 {file}")
        assert traces(home) == []
