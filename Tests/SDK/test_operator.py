"""What the people who run a server see of it: `sandlot ps`, `top` and `create-trace`."""

import json
import os
import re
import subprocess
import time
import uuid
from decimal import Decimal

import pytest
from conftest import HOME, SANDLOT, sandlot
from servers import empty_home
from terminals import Terminal

NO_SERVER = {"MODAL_SERVER_URL": "", "MODAL_TOKEN_ID": "", "MODAL_TOKEN_SECRET": ""}
COLUMNS = [
    "SANDBOX", "NAME", "APP", "STATE", "CODE", "AGE", "CORES", "CPU", "MEM", "OF", "MiB", "HOST", "COST",
    "START",
]
COMMANDS = [["ps"], ["top", "--once"], ["create-trace", "sb-1"]]


def refused(result, *words):
    assert result.returncode == 1, result.stdout + result.stderr
    for word in words:
        assert word in result.stderr, result.stderr
    assert "Fatal error" not in result.stderr


def listed(*options):
    """What `sandlot ps --json` says, by id."""
    return {entry["id"]: entry for entry in json.loads(sandlot("ps", "--json", *options).stdout)}


@pytest.fixture
def busy(create):
    """A named sandbox with a process that keeps one virtual CPU busy."""
    sandbox = create(name=f"busy-{uuid.uuid4().hex[:6]}", cpu=(0.25, 1.5), timeout=300)
    sandbox.exec("python3", "-c", "while True: pass")
    time.sleep(4)
    return sandbox


def test_ps_shows_a_sandbox_with_its_use_and_cost(busy, create):
    quiet = create(memory=512, timeout=300)
    quiet.exec("true").wait()
    time.sleep(2)
    lines = sandlot("ps").stdout.splitlines()
    assert lines[0].split() == COLUMNS
    # Newest first.
    ids = [line.split()[0] for line in lines[1:]]
    assert ids.index(quiet.object_id) < ids.index(busy.object_id)
    row = lines[1 + ids.index(busy.object_id)]
    assert re.search(r" busy-\w+ +sdk-tests +running +- +\d+s +\d\.\d\d +0\.25-1\.5 ", row), row
    entry = listed()[busy.object_id]
    assert entry["app_name"] == "sdk-tests" and entry["state"] == "running"
    assert entry["cpu_request"] == 0.25 and entry["cpu_limit"] == 1.5
    assert entry["memory_mib"] == 1024
    assert 0.5 <= entry["cores_in_use"] <= 2.5
    assert 8 << 20 < entry["guest_memory_bytes"] < 1024 << 20
    assert entry["host_memory_bytes"] > 8 << 20
    assert entry["launch_path"] in ("cold boot", "restore", "warm pool")
    stats = busy._experimental_stats()
    assert 0 < Decimal(entry["cost"]) <= stats.cost


def test_ps_shows_finished_sandboxes_on_demand(create):
    sandbox = create("sh", "-c", "exit 3", timeout=300)
    sandbox.wait(raise_on_termination=False)
    assert sandbox.object_id not in sandlot("ps").stdout
    row = re.search(rf"^{sandbox.object_id} .*", sandlot("ps", "--all").stdout, re.M)[0]
    age = re.search(r" failure +3 +(\d+s) ", row)[1]
    entry = listed("-a")[sandbox.object_id]
    assert entry["state"] == "failure" and entry["exit_code"] == 3
    assert "cores_in_use" not in entry and "finished_at" in entry
    assert Decimal(entry["cost"]) == sandbox._experimental_stats().cost
    # It does not grow any older.
    time.sleep(1.1)
    assert re.search(rf"^{sandbox.object_id} .* {age} ", sandlot("ps", "--all").stdout, re.M)


def test_json_can_be_read_by_people_and_compared(create):
    create(timeout=300).exec("true").wait()
    text = sandlot("ps", "--json").stdout
    lines = text.splitlines()
    assert lines[:2] == ["[", "  {"] and lines[-1] == "]"
    for entry in json.loads(text):
        assert list(entry) == sorted(entry)


def test_top_prints_one_table_where_there_is_no_terminal(busy, create):
    create(timeout=300).exec("true").wait()
    time.sleep(2)
    for options in [("--once",), ()]:
        lines = sandlot("top", *options, timeout=30).stdout.splitlines()
        assert re.match(r"\d+ sandboxes, \d+\.\d\d cores, \d+ of \d+ MiB in guests", lines[0])
        assert lines[2].split() == COLUMNS
        # The busiest first.
        assert lines[3].startswith(busy.object_id)
        assert "\x1b" not in "".join(lines)


def test_top_in_a_terminal_is_renewed_and_leaves_it_as_it_was(busy, tmp_path):
    socket = ["tmux", "-S", str(tmp_path / "tmux"), "-f", "/dev/null"]

    def tmux(*arguments):
        return subprocess.run(
            [*socket, *arguments], capture_output=True, text=True, check=True).stdout

    def wait_for(condition, what):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            screen = tmux("capture-pane", "-p")
            if condition(screen):
                return screen
            time.sleep(0.2)
        raise AssertionError(f"no {what} in:\n{screen}")

    def age(screen):
        found = re.search(rf"{busy.object_id} .* (\d+m)?(\d+)s ", screen)
        return int((found[1] or "0m")[:-1]) * 60 + int(found[2]) if found else None

    tmux("new-session", "-d", "-x", "200", "-y", "20", "sh")
    try:
        tmux("send-keys", "echo before; stty -a | md5sum", "Enter")
        before = wait_for(lambda s: "before\n" in s and re.search(r"\w{32}  -", s), "prompt")
        modes = re.search(r"\w{32}  -", before)[0]
        tmux("send-keys", f"{SANDLOT} top --data-directory {HOME}; echo code $?", "Enter")
        first = wait_for(lambda s: age(s) is not None, "table")
        assert "q or ^C leaves" in first and "before" not in first
        assert tmux("display", "-p", "#{cursor_flag}") == "0\n"
        tmux("send-keys", "typed")
        wait_for(lambda s: (age(s) or 0) >= age(first) + 3, "renewed table")
        assert "typed" not in tmux("capture-pane", "-p")
        tmux("send-keys", "C-c")
        after = wait_for(lambda s: "code 0" in s, "exit code")
        assert "before" in after and busy.object_id not in after
        assert tmux("display", "-p", "#{cursor_flag}") == "1\n"
        tmux("send-keys", "clear; stty -a | md5sum", "Enter")
        wait_for(lambda s: modes in s, "modes of the terminal as they were")
    finally:
        tmux("kill-server")


def test_top_has_the_columns_that_fit_and_leaves_with_q(busy, tmp_path):
    with Terminal(tmp_path, SANDLOT, "top", "--data-directory", HOME) as terminal:
        screen = terminal.wait_for(busy.object_id)
        [title] = [line for line in screen if line.startswith("SANDBOX")]
        assert title.split()[:2] == ["SANDBOX", "NAME"] and title.split()[-1] in COLUMNS
        assert "CORES" in title and "START" not in title
        [row] = [line for line in screen if line.startswith(busy.object_id)]
        assert max(len(title), len(row)) <= 100
        terminal.type("q")
        assert terminal.wait_for_end() == 0
        assert terminal.is_as_before()


def test_create_trace_shows_the_stages_of_a_creation(create):
    began = time.monotonic()
    sandbox = create("sleep", "60", timeout=300)
    sandbox.exec("true").wait()
    took = time.monotonic() - began
    time.sleep(0.5)
    text = sandlot("create-trace", sandbox.object_id).stdout
    lines = text.splitlines()
    assert lines[0] == f"sandbox  {sandbox.object_id}"
    assert re.fullmatch("start    (cold boot|restore|warm pool)", lines[1])
    assert lines[3].split() == ["STAGE", "ms", "SHARE"]
    stages = re.findall(r"^(.+?) +([\d.]+) +([\d.]+) %$", text, re.M)
    names = [name for name, _, _ in stages]
    assert names[:2] == ["accept", "wait"] and names[-3:] == ["entrypoint", "record", "ready"]
    total = float(stages[-1][1])
    assert sum(float(ms) for _, ms, _ in stages[:-1]) == pytest.approx(total, abs=2)
    assert sum(float(share) for _, _, share in stages[:-1]) == pytest.approx(100, abs=2)
    assert 0 < total / 1000 <= took
    assert re.search(r"^first exec ran, after +[\d.]+$", text, re.M)
    assert re.search(r"^first exec ended, after +[\d.]+$", text, re.M)
    trace = json.loads(sandlot("create-trace", sandbox.object_id, "--json").stdout)
    assert trace["ready"] is True
    assert trace["seconds"] + trace["first_exec_exited"] <= took + 0.1
    assert [stage["name"] for stage in trace["stages"]] == names[:-1]
    sandbox.terminate()
    assert json.loads(sandlot("create-trace", sandbox.object_id, "--json").stdout) == trace


def test_create_trace_of_a_failed_start_says_what_failed(create):
    sandbox = create("/no/such/program", timeout=300)
    sandbox.wait(raise_on_termination=False)
    text = sandlot("create-trace", sandbox.object_id).stdout
    assert "entrypoint (failed)" in text and "not ready" in text
    assert re.search("^entrypoint failed: .*/no/such/program", text, re.M)


def test_an_unknown_sandbox_is_named():
    refused(sandlot("create-trace", "sb-nothing", check=False), "sb-nothing", "sandlot ps --all")


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_server_that_is_said(command):
    with empty_home() as home:
        refused(
            sandlot(*command, home=home, check=False, env=NO_SERVER),
            f"No server runs on {home}", "sandlot up --detach")


def test_the_sdks_variables_name_a_server_too(server, create):
    sandbox = create(timeout=300)
    with empty_home() as home:
        result = sandlot("ps", home=home, env=server)
        assert sandbox.object_id in result.stdout
        wrong = {**server, "MODAL_TOKEN_SECRET": "as-wrong"}
        refused(sandlot("ps", home=home, check=False, env=wrong), "token", "sandlot env")
        nobody = {**server, "MODAL_SERVER_URL": "http://127.0.0.1:1"}
        refused(
            sandlot("ps", home=home, check=False, env=nobody, timeout=30),
            "http://127.0.0.1:1 does not answer")
        other = {**server, "MODAL_SERVER_URL": "https://api.example.com"}
        refused(sandlot("ps", home=home, check=False, env=other), "https://api.example.com")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command):
    result = subprocess.run(
        [SANDLOT, command[0], "--help"], capture_output=True, text=True, env=os.environ)
    assert result.returncode == 0
    assert re.search(rf"Examples?:\n\n +sandlot {command[0]}", result.stdout), result.stdout
