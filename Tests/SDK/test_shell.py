"""`modal shell`: the SDK's command in a real terminal, with the screens that its user sees."""

import os
import re
import signal
import subprocess
import time
import uuid

import pytest
from modal_proto import api_pb2
from terminals import COLUMNS, MODAL, ROWS, Terminal
from wire import ask

PROMPT = r"^(root@\S+:\S+|\S+:\S+)# ?$"


def modal_shell(*arguments, timeout=120):
    """Runs `modal shell` where there is no terminal; returns what it printed."""
    result = subprocess.run(
        [MODAL, "shell", *arguments], capture_output=True, text=True, timeout=timeout,
        stdin=subprocess.DEVNULL)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture
def open_shell(tmp_path):
    """Opens `modal shell` in a terminal, and waits for its prompt."""
    opened = []

    def open_shell(*arguments, until=PROMPT, **options):
        directory = tmp_path / str(len(opened))
        directory.mkdir()
        terminal = Terminal(directory, MODAL, "shell", *arguments, **options)
        opened.append(terminal)
        terminal.wait_for(until, timeout=60)
        return terminal

    yield open_shell
    for terminal in opened:
        terminal.__exit__()


def sandbox_of(server, terminal):
    """The sandbox whose prompt is on the screen: it is the machine's host name."""
    screen = "\n".join(terminal.screen()).lower()
    running = ask(server, "SandboxListV2", api_pb2.SandboxListRequest()).sandboxes
    [found] = [one for one in running if one.id.lower() in screen]
    return found


def has_ended(modal, sandbox_id, within):
    """Waits for a sandbox's end; false where it still runs after so many seconds."""
    sandbox = modal.Sandbox.from_id(sandbox_id)
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if sandbox.poll() is not None:
            return True
        time.sleep(0.1)
    return False


def test_the_documented_command(open_shell, modal, server):
    """A shell in a machine of its own, from its first prompt until nothing is left of it."""
    terminal = open_shell("--experimental-option", "vm_runtime=1", env={
        "TERM": "xterm-256color", "COLORTERM": "truecolor", "TERM_PROGRAM": "a program"})
    sandbox = sandbox_of(server, terminal)
    terminal.enter("stty size; echo $TERM/$COLORTERM/$TERM_PROGRAM; tty; cat /proc/1/comm; id")
    screen = terminal.wait_for("^uid=")
    at = screen.index(f"{ROWS} {COLUMNS}")
    assert screen[at + 1:at + 5] == ["xterm-256color/truecolor/a program", "/dev/pts/0", "init",
                                    "uid=0(root) gid=0(root) groups=0(root)"]
    started = time.monotonic()
    terminal.enter("exit")
    assert terminal.wait_for_end() == 0
    assert time.monotonic() - started < 5
    assert terminal.is_as_before()
    assert has_ended(modal, sandbox.id, within=5)


def test_the_newer_spelling_without_a_terminal():
    output = modal_shell(
        "--runtime", "vm", "--cpu", "1", "--memory", "640", "--no-pty",
        "-c", "tty; grep MemTotal /proc/meminfo; echo $MODAL_TOKEN_ID")
    lines = output.splitlines()
    assert lines[-3] == "not a tty"
    assert 540 < int(lines[-2].split()[1]) / 1024 < 640
    assert lines[-1] == os.environ["MODAL_TOKEN_ID"]


def test_an_image_by_its_tag():
    output = modal_shell("--image", "debian:bookworm-slim", "--no-pty", "-c", "cat /etc/debian_version")
    assert output.splitlines()[-1].startswith("12.")


def test_an_image_that_cannot_be_had_is_named():
    result = subprocess.run(
        [MODAL, "shell", "--image", "no/such:image", "--no-pty"], capture_output=True, text=True,
        timeout=60, stdin=subprocess.DEVNULL)
    assert result.returncode != 0 and "no/such:image" in result.stdout + result.stderr


def test_a_running_sandbox_by_its_id_and_its_tasks(sb):
    for reference in [sb.object_id, sb._get_task_id()]:
        output = modal_shell(reference, "--no-pty", "-c", "cat /proc/sys/kernel/hostname")
        assert output == sb.object_id.lower() + "\n"


def test_an_unknown_sandbox(server):
    result = subprocess.run(
        [MODAL, "shell", "sb-00000000000000000000000000"], capture_output=True, text=True,
        timeout=60, stdin=subprocess.DEVNULL)
    assert result.returncode == 1 and "not found" in result.stdout + result.stderr


def test_without_a_terminal_no_output_is_lost(sb):
    """The client leaves as soon as it hears of the end, whether or not it has printed."""
    for _ in range(6):
        assert modal_shell(sb.object_id, "--no-pty", "-c", "echo inside") == "inside\n"
    expected = "".join(f"{number}\n" for number in range(1, 200_001))
    assert modal_shell(sb.object_id, "--no-pty", "-c", "seq 200000") == expected


def test_keys_interrupt_end_and_stop(sb, open_shell):
    terminal = open_shell(sb.object_id)
    terminal.enter("echo sleeping; sleep 1111")
    terminal.wait_for("^sleeping$")
    terminal.press("C-c")
    terminal.enter("echo after $?")
    terminal.wait_for("^after 130$")
    terminal.enter("echo reading; cat; echo ended $?")
    terminal.wait_for("^reading$")
    terminal.enter("a line")
    terminal.wait_for("^a line$")
    terminal.press("C-d")
    screen = terminal.wait_for("^ended 0$")
    assert screen[screen.index("ended 0") - 2:][:2] == ["a line", "a line"]
    terminal.press("C-l")
    terminal.enter("echo first; sleep 1112")
    terminal.wait_for("^first$")
    time.sleep(0.2)
    terminal.press("C-z")
    terminal.wait_for(r"^\[1\]\+  Stopped +sleep 1112$")
    terminal.enter("bg; jobs")
    terminal.wait_for(r"^\[1\]\+  Running +sleep 1112 &$")
    terminal.enter("clear; fg")
    terminal.wait_for("^sleep 1112$")
    terminal.press("C-\\")
    terminal.wait_for(r"^\^\\Quit")
    terminal.enter("exit 3")
    # The SDK's command has no code of its own for the shell's.
    assert terminal.wait_for_end() == 0


def test_each_process_has_the_terminal_that_it_should(sb, open_shell):
    terminal = open_shell(sb.object_id)
    terminal.enter("clear; sleep 1113 & ps -o tty=,stat=,args= -p $$,$!; kill $!")
    screen = terminal.wait_for(r"sleep 1113$")
    assert any(re.fullmatch(r"pts/\d+ +Ss +/bin/bash", line) for line in screen), screen
    assert any(re.fullmatch(r"pts/\d+ +S +sleep 1113", line) for line in screen), screen


def test_colours(sb, open_shell):
    terminal = open_shell(sb.object_id)
    terminal.enter(r"clear; printf '\033[1;31mred\033[0m \033[48;2;1;2;3mdeep\033[0m\n'")
    terminal.wait_for("^red deep$")
    line = next(line for line in terminal.colours().splitlines() if "deep" in line)
    assert re.search(r"\x1b\[1m\x1b\[31mred", line) and "\x1b[48;2;1;2;3mdeep" in line


def test_top(sb, open_shell):
    terminal = open_shell(sb.object_id)
    terminal.enter("top -d 1")
    terminal.wait_for(r"^ +\d+ root .* top$")
    first = terminal.screen()
    assert re.match(r"top - \d\d:\d\d:\d\d up", first[0])
    assert re.match(r"Tasks: +\d+ total", first[1])
    assert first[6].split() == "PID USER PR NI VIRT RES SHR S %CPU %MEM TIME+ COMMAND".split()
    assert len(first) == ROWS
    deadline = time.monotonic() + 10
    while terminal.screen()[0] == first[0] and time.monotonic() < deadline:
        time.sleep(0.1)
    assert terminal.screen()[0] != first[0]
    terminal.press("q")
    terminal.wait_for(PROMPT)


@pytest.fixture(scope="module")
def editor_image(modal):
    """An image with an editor that uses the whole screen."""
    return modal.Image.debian_slim(python_version="3.11").run_commands(
        "apt-get install -y --no-install-recommends vim-tiny")


@pytest.fixture(scope="module")
def editor(modal, app, editor_image):
    sandbox = modal.Sandbox.create(app=app, image=editor_image, timeout=600)
    sandbox.filesystem.write_text("one\ntwo\nthree\n", "/tmp/verse")
    yield sandbox
    sandbox.terminate()


def test_vim(editor, open_shell):
    terminal = open_shell(editor.object_id, "-c", "vim.tiny -u NONE -N /tmp/verse", until="^three$")
    empty = ["~"] * (ROWS - 4)
    assert terminal.wait_for('3L, 14B')[:ROWS - 1] == ["one", "two", "three", *empty]
    terminal.type("Goför\x1bggdd")
    terminal.wait_for("^för$")
    terminal.wait_for("^two$")
    assert terminal.screen()[:ROWS - 1] == ["two", "three", "för", *empty]
    terminal.enter(":wq")
    assert terminal.wait_for_end() == 0
    assert editor.filesystem.read_text("/tmp/verse") == "two\nthree\nför\n"


def test_an_image_by_its_id(editor, editor_image):
    output = modal_shell(editor_image.object_id, "--no-pty", "-c", "command -v vim.tiny")
    assert output.endswith("/usr/bin/vim.tiny\n")


def test_a_child_that_holds_the_terminal_does_not_keep_the_shell_open(sb, open_shell):
    for child in ["sleep 1114", "sh -c 'while echo busy; do sleep 0.01; done'"]:
        terminal = open_shell(sb.object_id)
        terminal.enter(f"trap '' HUP; {child} & exit")
        started = time.monotonic()
        assert terminal.wait_for_end() == 0
        assert time.monotonic() - started < 5
    assert sb.exec("pkill", "-f", "^sleep 1114$").wait() == 0
    # The terminal hung up on the one that wrote.
    assert sb.exec("pgrep", "-f", "while echo bus[y]").wait() == 1


def test_an_interrupt_is_heard_under_a_flood(sb, open_shell):
    terminal = open_shell(sb.object_id)
    terminal.enter("clear; yes flood")
    terminal.wait_for("^flood$")
    time.sleep(1)
    terminal.press("C-c")
    terminal.enter("echo over $?")
    terminal.wait_for("^over 130$", timeout=10)


def test_a_client_that_vanishes_leaves_its_sandbox_until_it_is_missed(open_shell, modal, server):
    terminal = open_shell("--runtime", "vm")
    sandbox = sandbox_of(server, terminal)
    for pid in subprocess.run(
            ["pgrep", "-P", str(terminal.pid())], capture_output=True, text=True).stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    terminal.wait_for(r"left with 137$")
    assert not has_ended(modal, sandbox.id, within=3)
    ask(server, "AppStop", api_pb2.AppStopRequest(app_id=sandbox.app_id))
    assert has_ended(modal, sandbox.id, within=5)


def test_an_apps_end_is_its_sandboxes_end(modal, app, server):
    ephemeral = modal.App(f"short-{uuid.uuid4().hex[:8]}")
    with ephemeral.run():
        inside = modal.Sandbox.create(app=ephemeral, timeout=300)
        inside.exec("true").wait()
        assert inside.poll() is None
    assert has_ended(modal, inside.object_id, within=5)
    inside.wait(raise_on_termination=False)
    assert inside.returncode == 137
