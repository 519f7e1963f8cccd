"""What the people who run a server do to sandboxes: `sandlot exec`, `shell`, `logs` and `stop`."""

import os
import re
import signal
import subprocess
import time
import uuid

import pytest
from conftest import HOME, SANDLOT, sandlot
from servers import empty_home
from terminals import COLUMNS, ROWS, Terminal
from test_operator import NO_SERVER, refused

COMMANDS = [["exec", "sb-1", "--", "ls"], ["logs", "sb-1"], ["stop", "sb-1"]]


def run(*arguments, stdin=None, text=True, timeout=60):
    """Runs the command on the suite's server; returns the finished process."""
    before, terminator, after = list(arguments), [], []
    if "--" in arguments:
        place = arguments.index("--")
        before, terminator, after = arguments[:place], ["--"], arguments[place + 1:]
    return subprocess.run(
        [SANDLOT, *before, "--data-directory", HOME, *terminator, *after], capture_output=True,
        input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL, text=text,
        timeout=timeout)


@pytest.fixture(scope="module")
def box(modal, app):
    """A named sandbox with something in its log."""
    sandbox = modal.Sandbox.create(
        "sh", "-c", "echo out; sleep 0.2; echo err >&2; exec sleep 1000", app=app,
        name=f"box-{uuid.uuid4().hex[:8]}", timeout=600)
    sandbox.exec("true").wait()
    yield sandbox
    sandbox.terminate()


def name_of(sandbox):
    [line] = [line for line in sandlot("ps").stdout.splitlines() if sandbox.object_id in line]
    return line.split()[1]


@pytest.fixture
def ended(create):
    sandbox = create("sh", "-c", "echo last words; exit 3", timeout=300)
    sandbox.wait(raise_on_termination=False)
    return sandbox


@pytest.fixture
def window(tmp_path):
    """Opens a command in a terminal."""
    opened = []

    def window(*arguments, **options):
        directory = tmp_path / str(len(opened))
        directory.mkdir()
        terminal = Terminal(directory, SANDLOT, *arguments, **options)
        opened.append(terminal)
        return terminal

    yield window
    for terminal in opened:
        terminal.__exit__()


# exec


def test_exec_has_the_streams_and_the_code_of_the_command(box):
    result = run("exec", box.object_id, "--", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (result.stdout, result.stderr, result.returncode) == ("out\n", "err\n", 7)
    assert run("exec", box.object_id, "--", "sh", "-c", "kill -9 $$").returncode == 137
    assert run("exec", box.object_id, "--", "true").returncode == 0


def test_exec_finds_a_sandbox_by_its_name_and_its_task(box):
    for word in (name_of(box), box._get_task_id()):
        assert run("exec", word, "--", "hostname").stdout.strip() == box.object_id.lower()


def test_exec_carries_input_and_binary_output(box):
    data = os.urandom(3_000_000)
    result = run("exec", box.object_id, "--", "cat", stdin=data, text=False)
    assert result.stdout == data and result.returncode == 0
    assert run("exec", box.object_id, "--", "cat").stdout == ""
    assert run("exec", "--no-stdin", box.object_id, "--", "cat", stdin="unseen").stdout == ""


def test_exec_takes_a_directory_and_variables(box):
    result = run("exec", "-w", "/usr", "-e", "A=1=2", "-e", "B=", box.object_id, "--", "sh", "-c",
                 'echo "$PWD $A [$B]"')
    assert result.stdout == "/usr 1=2 []\n"


def test_exec_ends_with_the_command_and_not_with_what_it_left_behind(box):
    started = time.monotonic()
    result = run("exec", box.object_id, "--", "sh", "-c", "sleep 30 & echo done")
    assert result.stdout == "done\n" and time.monotonic() - started < 10


def test_exec_ends_when_its_reader_leaves(box):
    started = time.monotonic()
    shell = f"{SANDLOT} exec --data-directory {HOME} {box.object_id} -- yes | head -n 1"
    assert subprocess.run(["sh", "-c", shell], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=30).stdout == "y\n"
    assert time.monotonic() - started < 10


def test_exec_in_a_sandbox_that_dies_says_so(create):
    sandbox = create(timeout=300)
    sandbox.exec("true").wait()
    process = subprocess.Popen(
        [SANDLOT, "exec", "--data-directory", HOME, sandbox.object_id, "--", "sh", "-c",
         "echo up; sleep 1000"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    assert process.stdout.readline() == "up\n"
    sandbox.terminate()
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert errors == f"sandlot: Sandbox {sandbox.object_id} has ended (terminated).\n"


def test_exec_with_a_terminal(box, window):
    terminal = window("exec", "-t", "--data-directory", HOME, box.object_id, "--", "sh", "-c",
                      "stty size; echo $TERM; read line; echo got $line; exit 5",
                      env={"TERM": "xterm-256color"})
    screen = terminal.wait_for("xterm-256color")
    assert f"{ROWS} {COLUMNS}" in screen
    terminal.enter("it")
    terminal.wait_for("^got it$")
    assert terminal.wait_for_end() == 5
    assert terminal.is_as_before()


# shell


def test_shell_is_a_terminal_of_the_sandbox(box, window):
    terminal = window("shell", "--data-directory", HOME, box.object_id)
    terminal.wait_for(r"# ?$")
    terminal.enter("stty size; hostname; echo $0")
    screen = terminal.wait_for("^bash$")
    assert f"{ROWS} {COLUMNS}" in screen and box.object_id.lower() in screen
    terminal.enter("sleep 1000")
    time.sleep(0.5)
    terminal.press("C-c")
    terminal.wait_for(r"\^C")
    terminal.enter("exit 4")
    assert terminal.wait_for_end() == 4
    assert terminal.is_as_before()
    assert box.poll() is None


def test_shell_leaves_the_terminal_as_it_was_when_it_is_killed_or_the_sandbox_dies(create, window):
    sandbox = create(timeout=300)
    terminal = window("shell", "--data-directory", HOME, sandbox.object_id)
    terminal.wait_for(r"# ?$")
    [pid] = subprocess.run(
        ["pgrep", "-f", f"sandlot shell .*{sandbox.object_id}$"], capture_output=True,
        text=True).stdout.split()[-1:]
    os.kill(int(pid), signal.SIGTERM)
    assert terminal.wait_for_end() == 143
    assert terminal.is_as_before()
    second = window("shell", "--data-directory", HOME, sandbox.object_id)
    second.wait_for(r"# ?$")
    sandbox.terminate()
    second.wait_for(f"sandlot: Sandbox {sandbox.object_id} has ended")
    assert second.wait_for_end() == 1
    assert second.is_as_before()


def test_shell_without_a_terminal_says_what_to_do(box):
    refused(run("shell", box.object_id), "needs a terminal", "sandlot exec ID -- COMMAND")


# logs


def test_logs_puts_each_stream_where_it_belongs(box):
    result = run("logs", box.object_id)
    assert result.stdout == "out\n" and "err\n" in result.stderr
    assert f"Sandbox {box.object_id} was created" in result.stderr
    stamped = run("logs", "--timestamps", "--tail", "2", box.object_id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z out\n", stamped.stdout)
    assert re.fullmatch(r"\S+Z err\n", stamped.stderr)


def test_logs_of_a_finished_sandbox_by_its_id_and_its_name(create, ended):
    name = f"gone-{uuid.uuid4().hex[:8]}"
    create("echo", "named", name=name, timeout=300).wait()
    assert run("logs", name).stdout == "named\n"
    refused(run("exec", name, "--", "ls"), f"No sandbox named '{name}' runs")
    result = run("logs", ended.object_id)
    assert result.stdout == "last words\n"
    assert result.stderr.endswith("has ended: its entrypoint failed, code 3.\n")


def test_logs_are_followed_until_the_end(create):
    sandbox = create("sh", "-c", "seq 3000; read line; echo $line", timeout=300)
    for options, expected in [([], 3000), (["--tail", "5"], 5)]:
        process = subprocess.Popen(
            [SANDLOT, "logs", "-f", *options, "--data-directory", HOME, sandbox.object_id],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        seen = []
        while "3000\n" not in seen:
            seen.append(process.stdout.readline())
        assert expected - 2 <= len(seen) <= expected
        if options:
            sandbox.stdin.write("bye\n")
            sandbox.stdin.drain()
            assert process.communicate(timeout=20)[0] == "bye\n"
            assert process.returncode == 0
        else:
            process.send_signal(signal.SIGINT)
            process.wait(10)


# stop


def test_stop_ends_sandboxes_and_says_so(create, ended):
    sandbox = create(timeout=300)
    result = run("stop", sandbox.object_id, ended.object_id, "no-such-name")
    assert result.stdout.splitlines() == [
        f"{sandbox.object_id} has ended.", f"{ended.object_id} had ended already, with code 3."]
    refused(result, "'no-such-name'", "sandlot ps")
    assert sandbox.poll() == 137


# errors and help


def test_what_there_is_not_is_said(box):
    for command in COMMANDS:
        refused(run(*command), "Sandbox sb-1 does not exist")
    refused(run("exec", "no-such-name", "--", "ls"), "'no-such-name'", "sandlot ps")
    refused(run("exec", box.object_id, "--", "/no/such"), "/no/such")


def test_a_sandbox_that_has_ended_is_said_to_have(ended):
    refused(run("exec", ended.object_id, "--", "ls"),
            f"Sandbox {ended.object_id} has ended (its entrypoint failed).")


def test_one_name_of_several_sandboxes_is_refused(modal, create):
    name = f"twice-{uuid.uuid4().hex[:8]}"
    other = modal.App.lookup(f"other-{uuid.uuid4().hex[:8]}", create_if_missing=True)
    one, two = create(name=name, timeout=300), modal.Sandbox.create(app=other, name=name, timeout=300)
    try:
        refused(run("stop", name), one.object_id, two.object_id, "by its id")
    finally:
        two.terminate()


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_server_that_is_said(command):
    with empty_home() as home:
        before, after = command[:2], command[2:]
        result = subprocess.run(
            [SANDLOT, *before, "--data-directory", home, *after], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, env={**os.environ, **NO_SERVER})
        refused(result, f"No server runs on {home}", "sandlot up --detach")


@pytest.mark.parametrize("command", ["exec", "shell", "logs", "stop"])
def test_help_has_examples_and_no_settings_of_the_server(command):
    said = subprocess.run([SANDLOT, command, "--help"], capture_output=True, text=True).stdout
    assert re.search(rf"Examples:\n\n +(echo \w+ \| )?sandlot {command}", said), said
    assert "--data-directory" in said and "--memory-budget" not in said


def test_a_command_without_its_words_teaches():
    result = run("exec", "sb-1")
    assert result.returncode == 64 and "sandlot exec ID -- ls -l" in result.stderr
