"""The command `sandlot` as a person or a script meets it: words and exit codes."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from commands import command, refused
from conftest import HOME, SANDLOT, exported, sandlot
from servers import Server

SUBCOMMANDS = [
    "up", "down", "status", "env", "ps", "top", "exec", "shell", "logs", "stop", "create-trace",
    "doctor",
]


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
