"""Logs: `sb.logs`, `app.logs`, `modal container logs` and `modal app logs`."""

import re
import signal
import subprocess
import sys
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from cli import modal_cli
from servers import Server, prepared_home

SCRIPT = """
echo first; sleep 0.3; echo oops >&2; sleep 0.3
printf 'in '; sleep 0.05; echo pieces
sleep 0.3; printf 'a prompt: '; sleep 2; echo 'répondu ✓'
exec sleep 1000
"""


def messages(entries):
    return [entry.message for entry in entries]


def tail(thing, *arguments, **options):
    return list(thing.logs.tail(*arguments, **options))


def wait_for(condition, timeout=20):
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return value


@pytest.fixture(scope="module")
def own_app(modal):
    return modal.App.lookup(f"logs-{uuid.uuid4().hex[:8]}", create_if_missing=True)


@pytest.fixture(scope="module")
def talker(modal, own_app):
    """A sandbox whose entrypoint has said all it will."""
    sandbox = modal.Sandbox.create("sh", "-c", SCRIPT, app=own_app, timeout=600)
    wait_for(lambda: "répondu ✓\n" in messages(tail(sandbox)))
    yield sandbox
    sandbox.terminate()


def test_lines_have_their_order_source_and_time(talker):
    entries = tail(talker)
    said = [entry for entry in entries if entry.source != "system"]
    assert [(entry.source, entry.message) for entry in said] == [
        ("stdout", "first\n"), ("stderr", "oops\n"), ("stdout", "in pieces\n"),
        ("stdout", "a prompt: "), ("stdout", "répondu ✓\n")]
    times = [entry.timestamp for entry in entries]
    assert times == sorted(times)
    now = datetime.now(timezone.utc)
    assert now - timedelta(seconds=60) < times[0] < times[-1] < now
    assert 0.2 < (said[1].timestamp - said[0].timestamp).total_seconds() < 3
    assert {entry.object_id for entry in entries} == {talker.object_id}
    assert {tuple(entry.context_ids) for entry in entries} == {(talker._get_task_id(),)}


def test_what_became_of_it_is_told_by_the_system(create):
    sandbox = create("sh", "-c", "echo said; exit 3", timeout=600)
    sandbox.wait(raise_on_termination=False)
    lines = messages(tail(sandbox, source="system"))
    assert re.fullmatch(
        rf"Sandbox {sandbox.object_id} was created: image im-\w+, CPU 0.125, 1024 MiB of memory.\n",
        lines[0])
    assert re.fullmatch(
        rf"Sandbox {sandbox.object_id} runs after \d+\.\d\d s, by (a cold boot|a restore|the warm "
        r"pool).\n", lines[1])
    assert lines[2:] == [
        f"Sandbox {sandbox.object_id} has ended: its entrypoint failed, code 3.\n"]
    assert messages(tail(sandbox))[2] == "said\n"


def test_output_of_execs_is_not_in_the_log(talker):
    talker.exec("echo", "by an exec").wait()
    assert "by an exec" not in "".join(messages(tail(talker)))


def test_tail_takes_the_newest(talker):
    assert messages(tail(talker, 2)) == ["a prompt: ", "répondu ✓\n"]
    assert messages(tail(talker, 1, source="stderr")) == ["oops\n"]


def test_fetch_takes_a_range_a_source_and_a_text(talker):
    entries = tail(talker)
    oops = next(entry for entry in entries if entry.message == "oops\n")
    moment = timedelta(milliseconds=1)
    around = talker.logs.fetch(since=oops.timestamp - moment, until=oops.timestamp + moment)
    assert messages(around) == ["oops\n"]
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    assert messages(talker.logs.fetch(since=start)) == messages(entries)
    assert messages(talker.logs.fetch(since=start, source="stderr")) == ["oops\n"]
    assert messages(talker.logs.fetch(since=start, search_text="piec")) == ["in pieces\n"]
    assert messages(talker.logs.fetch(since=start, search_text="PIEC")) == []
    assert messages(talker.logs.fetch(since=start, until=entries[0].timestamp - moment)) == []


def test_an_app_has_the_logs_of_its_sandboxes(modal, own_app, talker):
    other = modal.Sandbox.create("echo", "other one", app=own_app, timeout=600)
    other.wait()
    lines = tail(own_app)
    said = [entry.message for entry in lines if entry.source == "stdout"]
    assert said[-1] == "other one\n" and "first\n" in said
    [entry] = [entry for entry in lines if entry.message == "other one\n"]
    assert entry.context_ids != [talker._get_task_id()]
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    assert messages(own_app.logs.fetch(since=start, search_text="other")) == ["other one\n"]


def test_a_flood_is_told_in_full(create):
    sandbox = create("seq", "200000", timeout=600)
    sandbox.wait()
    start = datetime.now(timezone.utc) - timedelta(minutes=10)
    entries = messages(sandbox.logs.fetch(since=start, source="stdout"))
    assert "".join(entries) == "".join(f"{number}\n" for number in range(1, 200_001))
    assert messages(tail(sandbox, 3, source="stdout")) == ["199998\n", "199999\n", "200000\n"]


def test_container_logs(talker):
    task = talker._get_task_id()
    for container in (task, talker.object_id):
        said = modal_cli("container", "logs", container).stdout
        assert "first\noops\nin pieces\n" in said and "was created" in said
    assert modal_cli("container", "logs", task, "--search", "piec").stdout == "in pieces\n"
    assert modal_cli("container", "logs", task, "--source", "stderr").stdout == "oops\n"
    assert modal_cli("container", "logs", task, "--tail", "1").stdout == "répondu ✓\n"
    assert "first\n" in modal_cli("container", "logs", talker.object_id, "--all").stdout
    stamped = modal_cli("container", "logs", task, "--since", "1h", "--timestamps").stdout
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.* oops$", stamped, re.M), stamped


def following(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "modal", *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)


def test_container_logs_are_followed_until_the_end(create):
    sandbox = create("sh", "-c", "echo before; read line; echo after $line", timeout=600)
    process = following("container", "logs", sandbox._get_task_id(), "-f")
    seen = ""
    while "before\n" not in seen:
        seen += process.stdout.readline()
    sandbox.stdin.write("all\n")
    sandbox.stdin.drain()
    rest, _ = process.communicate(timeout=30)
    assert "after all\n" in rest and "has ended: it finished, code 0." in rest
    assert process.returncode == 0


def test_app_logs_are_followed_until_the_app_stops(modal):
    name = f"followed-{uuid.uuid4().hex[:8]}"
    app = modal.App.lookup(name, create_if_missing=True)
    modal.Sandbox.create("echo", "old", app=app, timeout=600).wait()
    assert "old\n" in modal_cli("app", "logs", name).stdout
    process = following("app", "logs", name, "-f", "--show-container-id")
    seen = ""
    while "old\n" not in seen:
        seen += process.stdout.readline()
    sandbox = modal.Sandbox.create("sh", "-c", "echo new; exec sleep 1000", app=app, timeout=600)
    while "new\n" not in seen:
        seen += process.stdout.readline()
    assert f"{sandbox._get_task_id()} new\n" in seen
    modal_cli("app", "stop", name, "--yes")
    rest, _ = process.communicate(timeout=30)
    assert "has ended: terminated, code 137. Its app" in rest
    assert process.returncode == 0


def test_an_apps_stream_tells_what_is_new(modal, own_app, talker):
    sandbox = modal.Sandbox.create(
        "sh", "-c", "while read line; do echo got $line; done", app=own_app, timeout=600)
    seen = []
    for entry in own_app.logs.stream(timeout=20):
        seen.append(entry.message)
        if "runs after" in entry.message and sandbox.object_id in entry.message:
            sandbox.stdin.write("it\n")
            sandbox.stdin.drain()
        if entry.message == "got it\n":
            break
    assert seen[-1] == "got it\n"
    sandbox.terminate()


def test_the_client_of_an_app_sees_its_output_and_nothing_else(modal, capfd):
    app = modal.App()
    with modal.enable_output(), app.run():
        modal.Sandbox.create("echo", "shown to its user", app=app, timeout=600).wait()
        time.sleep(0.5)
    printed = capfd.readouterr().out
    assert "shown to its user" in printed and "was created" not in printed


def test_what_there_is_not_is_said():
    for command in (["container", "logs", "ta-nothing"], ["app", "logs", "no-such-app"]):
        result = modal_cli(*command, check=False)
        assert result.returncode != 0
        assert command[-1] in result.stdout + result.stderr
        assert "Traceback" not in result.stderr


BOUNDED = """
import modal, time, warnings
app = modal.App.lookup("a", create_if_missing=True)
sandbox = modal.Sandbox.create(
    "sh", "-c", "head -c 30000000 /dev/zero | tr '\\\\0' x | fold -w 99; echo; echo end; exec sleep 1000",
    app=app, timeout=600)
while "end\\n" not in [entry.message for entry in sandbox.logs.tail(1, source="stdout")]:
    time.sleep(0.1)
print(sandbox.object_id)
"""


def test_a_talkative_process_does_not_fill_the_disk_and_a_killed_server_loses_no_log():
    with prepared_home() as home:
        with Server(home, "--port", "0", "--log-limit", "2").wait_until_serving() as server:
            sandbox = server.client(BOUNDED)
            [log] = home.glob(f"logs/ap-*/{sandbox}")
            blocks = sum(file.stat().st_blocks * 512 for file in log.iterdir())
            assert (log / "stdout").stat().st_size > 30_000_000
            assert 2_000_000 < blocks < 8_000_000
            assert sum(path.stat().st_mode & 0o77 for path in (home / "logs",)) == 0
            server.end(signal.SIGKILL)
        with Server(home, "--port", "0").wait_until_serving() as server:
            said = server.client(f"""
import modal
sandbox = modal.Sandbox.from_id("{sandbox}")
print([entry.message for entry in sandbox.logs.tail(3)])
print(len(sandbox.stdout.read()) < 8_000_000)
""")
            [first, whole] = said.splitlines()
            assert "x\\n', 'end\\n', " in first and "The server was restarted." in first
            assert whole == "True"


def test_logs_outlive_a_restart_and_are_removed_in_time():
    with prepared_home() as home:
        with Server(home, "--port", "0").wait_until_serving() as server:
            sandbox = server.client("""
import modal
app = modal.App.lookup("a", create_if_missing=True)
sandbox = modal.Sandbox.create("echo", "kept", app=app)
sandbox.wait()
print(sandbox.object_id)
""")
        read = f"""
import modal
sandbox = modal.Sandbox.from_id("{sandbox}")
print([entry.message for entry in sandbox.logs.tail(source="stdout")], end=" ")
print(repr(sandbox.stdout.read()))
"""
        with Server(home, "--port", "0").wait_until_serving() as server:
            assert server.client(read) == "['kept\\n'] 'kept\\n'"
        for file in home.glob("logs/*/*/*"):
            subprocess.run(["touch", "-d", "8 days ago", file], check=True)
        with Server(home, "--port", "0").wait_until_serving() as server:
            wait_for(lambda: not list(home.glob("logs/ap-*")))
            result = server.client(read, check=False)
            assert result.stdout.startswith("[]") and "is gone" in result.stderr
