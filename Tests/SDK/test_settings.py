"""Settings: where they come from, which wins, and how a bad one is named."""

import os
import re
import socket
import subprocess

import pytest
from commands import NOBODY, as_root, command, refused
from conftest import SANDLOT, exported
from servers import Server, copy_prepared, traces

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
