"""Readiness probes: by port and by command, their waits and their limits."""

import time

import pytest


def test_a_port(create, modal):
    sandbox = create(
        "sh", "-c", "sleep 1; exec python3 -m http.server 8080",
        readiness_probe=modal.Probe.with_tcp(8080), block_network=True)
    sandbox.wait_until_ready(timeout=60)
    process = sandbox.exec(
        "python3", "-c", "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8080/').status)")
    assert process.wait() == 0, process.stderr.read()
    assert process.stdout.read() == "200\n"
    sandbox.wait_until_ready(timeout=1)


def test_a_command(create, modal):
    probe = modal.Probe.with_exec("sh", "-c", 'test "$WHO" = me && test -f ready', interval_ms=200)
    sandbox = create(readiness_probe=probe, env={"WHO": "me"}, workdir="/work")
    with pytest.raises(modal.exception.TimeoutError):
        sandbox.wait_until_ready(timeout=2)
    sandbox.filesystem.write_text("", "/work/ready")
    sandbox.wait_until_ready(timeout=60)


def test_a_wait_ends_with_the_sandbox(create, modal):
    sandbox = create("sleep", "3", readiness_probe=modal.Probe.with_tcp(9))
    started = time.monotonic()
    with pytest.raises(modal.exception.NotFoundError):
        sandbox.wait_until_ready(timeout=120)
    assert time.monotonic() - started < 60


def test_after_the_end_there_is_no_readiness(create, modal):
    sandbox = create("true", readiness_probe=modal.Probe.with_tcp(9))
    sandbox.wait()
    with pytest.raises((modal.exception.ConflictError, modal.exception.NotFoundError)):
        sandbox.wait_until_ready(timeout=10)


def test_without_a_probe(sb, modal):
    with pytest.raises(modal.exception.ConflictError, match="readiness_probe"):
        sb.wait_until_ready(timeout=5)


def test_probes_do_not_keep_it_from_idling(create, modal):
    probe = modal.Probe.with_exec("false", interval_ms=500)
    sandbox = create(readiness_probe=probe, idle_timeout=3)
    sandbox.wait(raise_on_termination=False)
    assert sandbox.returncode == 137
