"""The command `sandlot` as a person or a script meets it: words, exit codes, settings, ends."""

import contextlib
import hashlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import HOME, SANDLOT, exported, sandlot
from servers import (
    Server, copy_prepared, directory_of, empty_home, machine_of, prepared_home, processes_with, traces,
)

SUBCOMMANDS = [
    "up", "down", "status", "env", "ps", "top", "exec", "shell", "logs", "stop", "create-trace",
    "doctor",
]
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def command(*arguments, env=None, prefix=(), timeout=60):
    """Runs `sandlot` with nothing added; returns the finished process."""
    return subprocess.run(
        [*prefix, str(SANDLOT), *map(str, arguments)], capture_output=True, text=True,
        timeout=timeout, env={**os.environ, **(env or {})},
    )


def refused(result, *words):
    """Asserts that a command failed with exit code 1 and words on standard error."""
    said = result.stdout + result.stderr
    assert result.returncode == 1, said
    for word in words:
        assert word in result.stderr, said
    assert "Fatal error" not in said and "Error Domain" not in said, said


@pytest.fixture
def home():
    with empty_home() as home:
        yield home


@pytest.fixture(scope="module")
def prepared():
    """One copy of the prepared data directory for the tests that use it one after another."""
    with prepared_home() as home:
        yield home


# help


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_help_of_a_subcommand_teaches(subcommand):
    result = command(subcommand, "--help")
    assert result.returncode == 0
    assert f"USAGE: sandlot {subcommand}" in result.stdout
    assert result.stdout.startswith("OVERVIEW: ")
    for option in ["--data-directory", "--config", "--help"]:
        assert option in result.stdout
    # How a server is set up is no question of those that only ask one.
    for option in ["--port", "--token-secret", "--warm-pool"]:
        assert (option in result.stdout) is (subcommand in ["up", "doctor"])


def test_help_names_the_subcommands_and_the_way_to_begin():
    for arguments in [(), ("--help",), ("help",)]:
        result = command(*arguments)
        assert result.returncode == 0
        assert "sandlot up --detach" in result.stdout
        for subcommand in SUBCOMMANDS:
            assert f"\n  {subcommand} " in result.stdout


def test_every_setting_says_its_default():
    lines = command("up", "--help").stdout
    options = re.findall(r"^  (--[a-z-]+) <", lines, re.M)
    assert len(options) >= 14
    for description in re.split(r"^  --", lines, flags=re.M)[1:]:
        assert "(default:" in description or "<" not in description.split()[1], description


def test_version():
    result = command("--version")
    assert result.returncode == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", result.stdout)


def test_help_says_whose_server_it_is_about():
    for subcommand in ["status", "down", "env"]:
        assert "data directory of this machine" in " ".join(command(subcommand, "--help").stdout.split())
    for subcommand in ["ps", "top", "create-trace"]:
        assert "or else that of MODAL_SERVER_URL" in command(subcommand, "--help").stdout


@pytest.mark.parametrize("arguments, word", [
    (["upp"], "upp"), (["up", "--prot", "1"], "--prot"), (["status", "surplus"], "surplus"),
])
def test_what_is_misspelt_is_refused_with_the_usage(arguments, word):
    result = command(*arguments)
    assert result.returncode == 64  # EX_USAGE of sysexits.h
    assert word in result.stderr
    assert "Usage: sandlot" in result.stderr and "--help" in result.stderr


# with a server


def test_up_where_one_runs_says_so():
    result = sandlot("up", "--detach")
    assert "runs already" in result.stdout
    for name, value in exported().items():
        assert f"export {name}={value}\n" in result.stdout


def test_up_where_one_is_starting_waits_for_it(prepared):
    second = None
    with Server(prepared, "--port", "0").wait_for("kernel") as server:
        try:
            second = subprocess.Popen(
                [SANDLOT, "up", "--detach", "--data-directory", prepared], stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True)
            said, _ = second.communicate(timeout=120)
            assert second.returncode == 0, said
            assert "is starting" in said and f"process {server.process.pid}" in said, said
        finally:
            second.kill()


def test_status_tells_where_how_and_since_when():
    lines = dict(line.split(maxsplit=1) for line in sandlot("status").stdout.splitlines())
    assert lines["serving"] == exported()["MODAL_SERVER_URL"]
    assert lines["engine"] in ("kvm", "tcg")
    assert lines["data"] == str(HOME)
    process = int(lines["process"].split(",")[0])
    assert Path(f"/proc/{process}/exe").resolve() == SANDLOT.resolve()


def test_env_can_be_evaluated_by_a_shell(server):
    script = 'eval "$("$0" env --data-directory "$1")" && env | grep ^MODAL_'
    result = subprocess.run(
        ["sh", "-c", script, str(SANDLOT), str(HOME)], capture_output=True, text=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert result.returncode == 0, result.stderr
    assert dict(line.split("=", 1) for line in result.stdout.splitlines()) == server


def test_two_servers_on_one_directory():
    process = re.search(r"^process +(\d+)", sandlot("status").stdout, re.M)[1]
    for arguments in [("up", "--port", "0"), ("up", "--prepare-only")]:
        result = sandlot(*arguments, check=False, timeout=60)
        refused(result, f"process {process}", str(HOME), "--data-directory")
    assert sandlot("status").returncode == 0


# without a server


def test_status_without_a_server(home):
    result = command("status", "--data-directory", home)
    assert result.returncode == 1
    assert str(home) in result.stdout and "sandlot up" in result.stdout
    assert not home.exists()


def test_down_without_a_server(home):
    result = command("down", "--data-directory", home)
    assert result.returncode == 0
    assert str(home) in result.stdout


def test_env_without_a_server(home):
    result = command("env", "--data-directory", home)
    refused(result, str(home), "sandlot up")
    assert result.stdout == ""


# bad input


@pytest.mark.parametrize("option, value, words", [
    ("--port", "abc", ["'abc'", "--port", "0 to 65535"]),
    ("--port", "65536", ["'65536'", "--port", "0 to 65535"]),
    ("--port", "-1", ["--port"]),
    ("--engine", "xen", ["'xen'", "--engine", "auto, kvm, tcg"]),
    ("--memory-budget", "lots", ["'lots'", "--memory-budget", "whole number"]),
    ("--memory-budget", "0", ["'0'", "--memory-budget"]),
    ("--memory-overcommit", "0.9", ["'0.9'", "--memory-overcommit", "a number from 1.0"]),
    ("--data-directory", "here", ["'here'", "--data-directory", "absolute path"]),
    ("--kernel", "vmlinuz", ["'vmlinuz'", "--kernel", "absolute path"]),
    ("--token-id", "ak-alone", ["--token-id", "token_secret"]),
    ("--token-secret", "as-alone", ["--token-secret", "token_id"]),
])
def test_a_bad_option_is_named(home, option, value, words):
    result = command("up", "--data-directory", home, f"{option}={value}")
    refused(result, *words)
    assert not home.exists()


@pytest.mark.parametrize("options, words", [
    (["--host", "nowhere.example"], ["nowhere.example", "IPv4"]),
    (["--host", "::1"], ["::1", "IPv4"]),
    (["--kernel", "/etc/passwd"], ["/etc/passwd", "is not a Linux kernel", "bzImage"]),
    (["--kernel", "/etc"], ["/etc", "is not a Linux kernel"]),
    (["--kernel", "/no/such/kernel"], ["/no/such/kernel", "does not exist"]),
    (["--network-range", "10.0.0.0/99"], ["10.0.0.0/99", "10.213.0.0/16"]),
])
def test_a_bad_value_is_named_before_anything_is_made(home, options, words):
    result = command("up", "--port", "0", "--data-directory", home, *options)
    refused(result, *words)
    assert traces(home) == []


@pytest.mark.parametrize("options, words", [
    (["--qemu", "/nonexistent/qemu"], ["/nonexistent/qemu", "apt-get install qemu-system-x86"]),
    (["--guest-certificates", "/etc/passwd"], ["/etc/passwd", "PEM certificate"]),
    (["--guest-certificates", "/no/such.crt"], ["/no/such.crt", "cannot be read"]),
    (["--token-id", "ak x", "--token-secret", "as"], ["token id", "printable ASCII"]),
])
def test_a_bad_value_is_named_before_the_slow_work_begins(home, options, words):
    """On an empty data directory: nobody should wait for a kernel and a base image first."""
    with Server(home, "--port", "0", *options) as server:
        try:
            code = server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still preparing after 20 seconds:\n{server.output}")
        assert code == 1, server.output
        for word in words:
            assert word in server.output
    assert not (home / "prepared/kernel").exists()
    assert traces(home) == []


def test_the_environment_is_named_as_the_origin_of_a_bad_value(home):
    result = command("up", "--data-directory", home, env={"SANDLOT_PORT": "abc"})
    refused(result, "'abc'", "SANDLOT_PORT")


def test_a_misspelt_variable_is_warned_of(home):
    env = {"SANDLOT_PROT": "4700", "SANDLOT_TEST_ANYTHING": "1", "SANDLOT_PORT": "4700"}
    for subcommand in ["status", "ps"]:
        said = command(subcommand, "--data-directory", home, env=env).stderr
        assert "SANDLOT_PROT is set and is no setting" in said and "sandlot up --help" in said
        assert "SANDLOT_TEST" not in said and "SANDLOT_PORT" not in said


def test_more_memory_than_the_host_has_is_warned_of(prepared):
    with Server(prepared, "--port", "0", "--memory-budget", "9999999") as server:
        server.wait_until_serving()
        assert "warning: memory_budget is 9999999 MiB and this host has" in server.output


@pytest.mark.parametrize("text, words", [
    ("port: abc\n", ["'abc'", "port in ", "0 to 65535"]),
    ("prot: 4600\n", ["'prot'", "is no setting", "port"]),
    ("port: [1\n", ["is not valid YAML"]),
    ("- port\n", ["mapping"]),
    ("port: {a: 1}\n", ["port", "value or a list"]),
])
def test_a_bad_configuration_file_is_named(home, tmp_path, text, words):
    file = tmp_path / "sandlot.yaml"
    file.write_text(text)
    for options, env in [(["--config", file], {}), ([], {"SANDLOT_CONFIG": str(file)})]:
        result = command("up", "--data-directory", home, *options, env=env)
        refused(result, str(file), *words)


def test_a_configuration_file_that_is_missing(home):
    result = command("up", "--data-directory", home, "--config", "/no/such.yaml")
    refused(result, "/no/such.yaml", "--config")


@pytest.mark.parametrize("detach", [[], ["--detach"]])
def test_a_port_that_is_taken(home, detach):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = command("up", "--data-directory", home, "--port", port, *detach)
    said = result.stdout + result.stderr
    assert result.returncode == 1, said
    assert f"127.0.0.1:{port}" in said and "in use" in said and "--port" in said


def test_an_address_that_is_not_the_hosts(home):
    result = command("up", "--data-directory", home, "--host", "192.0.2.1", "--port", "0")
    refused(result, "192.0.2.1", "assign")


@pytest.mark.parametrize("detach", [[], ["--detach"]])
def test_a_data_directory_below_a_file(detach):
    result = command("up", "--port", "0", "--data-directory", "/etc/passwd/below", *detach)
    refused(result, "/etc/passwd/below", "Not a directory", "--data-directory")


@as_root
def test_a_data_directory_that_may_not_be_written(home):
    if subprocess.run([*NOBODY, "test", "-x", SANDLOT]).returncode != 0:
        pytest.skip(f"{SANDLOT} is closed to other users")
    home.mkdir(mode=0o755)
    result = command("up", "--port", "0", "--data-directory", home, prefix=NOBODY)
    refused(result, str(home), "Permission denied", "--data-directory")


@as_root
def test_a_data_directory_that_machines_cannot_enter(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    copy_prepared(closed / "data", images=False)
    result = command("up", "--port", "0", "--data-directory", closed / "data")
    refused(result, "cannot enter", "chmod o+x")
    assert traces(closed / "data") == []


# settings


def test_an_option_wins_over_the_environment_and_that_over_the_file(tmp_path):
    file = tmp_path / "sandlot.yaml"
    file.write_text("data_directory: /from/file\n")

    def directory(*options, **env):
        return re.search(r"No server runs on (\S+)\.", command("status", *options, env=env).stdout)[1]

    config = {"SANDLOT_CONFIG": str(file)}
    environment = {"SANDLOT_DATA_DIRECTORY": "/from/environment"}
    assert directory("--config", str(file)) == "/from/file"
    assert directory(**config) == "/from/file"
    assert directory(**config, **environment) == "/from/environment"
    assert directory("--data-directory", "/from/option", **config, **environment) == "/from/option"
    assert directory(SANDLOT_HOME="/from/home") == "/from/home"
    assert directory(**environment, SANDLOT_PORT="") == "/from/environment"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_a_server_takes_its_settings_from_all_three(prepared, tmp_path):
    port = free_port()
    file = tmp_path / "sandlot.yaml"
    file.write_text(
        f"data_directory: {prepared}\n"
        "port: 1\n"
        "engine: tcg\n"
        "memory_budget: 1024\n"
        "token_id: ak-from-file\n"
        "token_secret: as-from-file\n"
    )
    env = {"SANDLOT_TOKEN_ID": "ak-from-environment", "SANDLOT_PORT": "2"}
    options = ["--config", str(file), "--port", str(port)]
    with Server(prepared, *options, env=env).wait_until_serving() as server:
        status = command("status", "--config", file).stdout
        assert f"http://127.0.0.1:{port}\n" in status
        assert re.search(r"^engine +tcg$", status, re.M)
        lines = command("env", "--config", file, env=env).stdout.splitlines()
        assert lines == [
            f"export MODAL_SERVER_URL=http://127.0.0.1:{port}",
            "export MODAL_TOKEN_ID=ak-from-environment",
            "export MODAL_TOKEN_SECRET=as-from-file",
        ]
        variables = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        create = (
            "import modal\n"
            "app = modal.App.lookup('settings', create_if_missing=True)\n"
            "modal.Sandbox.create(app=app, memory=65536)\n"
        )
        result = server.client(create, check=False, variables=variables)
        assert "memory of 65536 MiB is more than this" in result.stderr, result.stderr
        variables["MODAL_TOKEN_SECRET"] = "as-wrong"
        result = server.client(create, check=False, variables=variables)
        assert "AuthError" in result.stderr, result.stderr
        assert server.end() == 0, server.output


def test_env_prints_the_tokens_that_the_server_takes(prepared):
    """Whoever starts a server with tokens of their own finds them by `env` from another shell."""
    env = {"SANDLOT_TOKEN_ID": "ak-own", "SANDLOT_TOKEN_SECRET": "as-own"}
    with Server(prepared, "--port", "0", env=env).wait_until_serving() as server:
        program = "import modal; modal.App.lookup('tokens', create_if_missing=True)"
        server.client(program, variables=exported(prepared))


def test_env_quotes_what_a_shell_would_interpret(prepared):
    secret = "as-$HOME;`id`'\"&\\#"
    env = {"SANDLOT_TOKEN_ID": "ak-own", "SANDLOT_TOKEN_SECRET": secret}
    script = 'eval "$("$0" env --data-directory "$1")"; printf %s "$MODAL_TOKEN_SECRET"'
    with Server(prepared, "--port", "0", env=env).wait_until_serving():
        result = subprocess.run(
            ["sh", "-c", script, str(SANDLOT), str(prepared)], capture_output=True, text=True,
            env={**os.environ, **env},
        )
    assert result.stdout == secret, result.stderr


# the end

CREATE = """
import modal
app = modal.App.lookup("ends", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, timeout=3600)
assert sandbox.exec("true").wait() == 0
print(sandbox.object_id)
"""

POLL = """
import modal
print(modal.Sandbox.from_id("{}").poll())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_server_and_all_it_has(prepared, number):
    with Server(prepared, "--port", "0").wait_until_serving() as server:
        sandbox = server.client(CREATE)
        machine = machine_of(sandbox)
        assert machine is not None
        assert set(traces(prepared)) > {f"process:{machine}"}
        assert server.end(number) == 0, server.output
    assert not Path(f"/proc/{machine}").exists()
    assert traces(prepared) == []
    assert list((prepared / "machines").glob("sb-*")) == []
    assert list((prepared / "spools").iterdir()) == []
    assert command("status", "--data-directory", prepared).returncode == 1


def test_down_ends_a_detached_server_and_all_it_has(prepared):
    try:
        result = sandlot("up", "--detach", "--port", "0", home=prepared, timeout=120)
        for name, value in exported(prepared).items():
            assert f"export {name}={value}\n" in result.stdout
        assert sandlot("status", home=prepared).returncode == 0
    finally:
        result = sandlot("down", home=prepared, timeout=120)
    assert "has ended" in result.stdout
    assert traces(prepared) == []


def test_after_a_kill_the_next_start_ends_what_is_left_and_says_so(prepared):
    with Server(prepared, "--port", "0").wait_until_serving() as server:
        sandbox = server.client(CREATE)
        assert machine_of(sandbox) is not None
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
    status = command("status", "--data-directory", prepared)
    assert status.returncode == 1
    assert f"process {server.process.pid}" in status.stdout and "crashed" in status.stdout
    assert "crashed" in command("down", "--data-directory", prepared).stdout
    assert "sandlot up" in command("env", "--data-directory", prepared).stderr
    with Server(prepared, "--port", "0").wait_until_serving() as server:
        assert machine_of(sandbox) is None
        assert sandbox in server.output and "restarted" in server.output
        assert server.client(POLL.format(sandbox)) == "137"
        again = server.client(CREATE)
        assert machine_of(again) is not None
        assert server.end() == 0
    assert traces(prepared) == []


def test_a_signal_while_an_image_is_prepared_leaves_nothing():
    with prepared_home(images=False) as home:
        with Server(home, "--port", "0") as server:
            server.wait_for("default image")
            deadline = time.monotonic() + 60
            while not processes_with("guest=im-") and time.monotonic() < deadline:
                time.sleep(0.1)  # the build's machine is announced by nothing else
            code = server.end(signal.SIGINT)
        assert code != 1, server.output
        assert traces(home) == []


# confinement


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


# doctor


def findings(result):
    """The severity of each finding, by subject."""
    lines = [line for line in result.stdout.splitlines() if re.match(r"(ok|warning|FAILED) ", line)]
    return {line[9:29].strip(): line.split()[0] for line in lines}


def test_doctor_finds_this_machine_fit():
    result = sandlot("doctor", check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    found = findings(result)
    assert "FAILED" not in found.values(), result.stdout
    assert len(found) >= 12
    for subject in ["data directory", "disk space", "memory", "tools", "guest CAs", "tokens",
                    "server", "engine", "nft", "dnsmasq", "/dev/net/tun"]:
        assert subject in found, result.stdout
    assert "a machine booted" in result.stdout
    for line in result.stdout.splitlines():
        assert re.match(r"(ok|warning) {2,}\S|^ {29}-> ", line), line


def test_doctor_without_qemu():
    result = sandlot("doctor", "--qemu", "/nonexistent/qemu", check=False)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "/nonexistent/qemu" in result.stdout
    assert "-> " in result.stdout and "apt-get install qemu-system-x86" in result.stdout
    assert findings(result)["engine"] == "FAILED"


def test_doctor_with_files_that_are_no_certificates():
    result = sandlot("doctor", "--guest-certificates", "/etc/passwd", check=False)
    assert result.returncode == 1
    assert findings(result)["guest CAs"] == "FAILED"
    assert "/etc/passwd" in result.stdout


# a full disk


@pytest.fixture(scope="module")
def small_disk():
    """A server whose data directory has a file system of its own, with 1.25 GiB free, and no
    spare machines, whose beginnings would take of that."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount")
    with empty_home() as mount:
        mount.mkdir()
        size = allocated(HOME / "prepared") + allocated(HOME / "layers") + (1280 + 256 << 20)
        # On a tmpfs, which has no room for pages of holes either, clones of a template would die.
        disk = mount.parent / "disk.img"
        with open(disk, "wb") as file:
            file.truncate(size + size // 16)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", disk], check=True)
        subprocess.run(["mount", "-o", "loop", disk, mount], check=True)
        try:
            copy_prepared(mount / "data")
            options = ("--port", "0", "--warm-pool", "0")
            with Server(mount / "data", *options).wait_until_serving() as server:
                yield server
        finally:
            subprocess.run(["umount", mount], check=True)


def allocated(directory):
    return sum(file.stat().st_blocks * 512 for file in directory.rglob("*") if file.is_file())


class Filler:
    """Takes the space of a file system, but for `spare` bytes, until the block is left."""

    def __init__(self, directory, spare=0):
        self.path = Path(directory) / "filler"
        self.spare = spare

    def __enter__(self):
        space = os.statvfs(self.path.parent)
        most = space.f_bavail * space.f_frsize - self.spare
        with open(self.path, "wb") as file, contextlib.suppress(OSError):
            # The file system needs some for itself, and a sandbox may write at the same time.
            os.posix_fallocate(file.fileno(), 0, most - (8 << 20))
            size = most - (8 << 20)
            while size < most or not self.spare:
                os.posix_fallocate(file.fileno(), size, 1 << 16)
                size += 1 << 16
        return self

    def __exit__(self, *_):
        self.path.unlink()


def test_a_build_on_a_full_disk_says_how_much_is_missing(small_disk):
    program = """
import modal
app = modal.App.lookup("disk", create_if_missing=True)
modal.Image.debian_slim(python_version="3.11").run_commands("echo full > /full").build(app)
"""
    result = small_disk.client(program, check=False)
    assert result.returncode != 0
    layers = small_disk.home / "layers"
    assert "The disk is nearly full" in result.stderr, result.stderr
    assert str(layers) in result.stderr and "2048 MiB" in result.stderr
    assert small_disk.client(CREATE).startswith("sb-")


WRITE_A_FILE = """
import modal
app = modal.App.lookup("disk", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, timeout=600)
sandbox.exec("true").wait()
input(f"{sandbox.object_id}\\n")
writer = sandbox.exec(
    "sh", "-c", "head -c 209715200 /dev/zero | tr '\\\\0' x > /file && sync && md5sum /file")
print(writer.wait(), writer.stdout.read().split()[:1], writer.stderr.read(), flush=True)
"""


def test_a_file_that_the_servers_disk_has_no_room_for_is_written_once_it_has(small_disk):
    with client_of(small_disk, WRITE_A_FILE) as client:
        sandbox = client.stdout.readline().strip()
        assert sandbox.startswith("sb-")
        with Filler(small_disk.home):
            client.stdin.write("go\n")
            client.stdin.flush()
            with pytest.raises(subprocess.TimeoutExpired):
                client.wait(30)
            assert command("status", "--data-directory", small_disk.home).returncode == 0
            assert small_disk.client(POLL.format(sandbox)) == "None"
        output, _ = client.communicate(timeout=60)
    digest = hashlib.md5(b"x" * 209715200).hexdigest()
    assert output == f"0 ['{digest}'] \n"


PRINT_MUCH = """
import hashlib, modal
app = modal.App.lookup("disk", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, timeout=600)
sandbox.exec("true").wait()
input(f"{sandbox.object_id}\\n")
process = sandbox.exec("sh", "-c", "head -c 20971520 /dev/zero | tr '\\\\0' x")
print(hashlib.md5(process.stdout.read().encode()).hexdigest(), process.wait(), flush=True)
"""


def test_output_that_the_servers_disk_has_no_room_for_waits(small_disk):
    """The server keeps 256 MiB free of output, so that other writes go on."""
    with client_of(small_disk, PRINT_MUCH) as client:
        assert client.stdout.readline().startswith("sb-")
        with Filler(small_disk.home, spare=128 << 20):
            client.stdin.write("go\n")
            client.stdin.flush()
            with pytest.raises(subprocess.TimeoutExpired):
                client.wait(10)
        output, _ = client.communicate(timeout=60)
    assert output == f"{hashlib.md5(b'x' * 20971520).hexdigest()} 0\n"


@contextlib.contextmanager
def client_of(server, program):
    """A Python program with the SDK set to this server, to talk to by its standard streams."""
    client = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **exported(server.home)},
    )
    try:
        yield client
    finally:
        client.kill()
        client.wait()
