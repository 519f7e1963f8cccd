"""The end of a server: in order, by a signal, by a kill; nothing of it stays."""

import signal
import time
from pathlib import Path

import pytest
from commands import CREATE, POLL, command
from conftest import exported, sandlot
from servers import Server, machine_of, prepared_home, processes_with, traces


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
