"""Processes: every option of Sandbox.exec, and what can go wrong."""

import hashlib
import threading
import time

import pytest


def run(sb, *command, **options):
    process = sb.exec(*command, **options)
    process.wait()
    return process


def test_output_error_and_code(sb):
    process = run(sb, "sh", "-c", "echo out; echo err >&2; exit 7")
    assert process.returncode == 7
    assert process.stdout.read() == "out\n"
    assert process.stderr.read() == "err\n"


def test_true_and_false(sb):
    assert run(sb, "true").returncode == 0
    assert run(sb, "false").returncode == 1


def test_a_signal_is_128_and_its_number(sb):
    assert run(sb, "sh", "-c", "kill -TERM $$").returncode == 128 + 15


def test_arguments_are_not_interpreted_by_a_shell(sb):
    process = run(sb, "printf", "%s|", "a b", "$HOME", "*", "", "ü")
    assert process.stdout.read() == "a b|$HOME|*||ü|"


def test_it_runs_as_root_in_the_root_directory(sb):
    assert run(sb, "id", "-u").stdout.read() == "0\n"
    assert run(sb, "pwd").stdout.read() == "/\n"


def test_workdir(sb):
    assert run(sb, "pwd", workdir="/usr/lib").stdout.read() == "/usr/lib\n"


def test_env_is_added_to_the_images(sb):
    process = run(sb, "sh", "-c", "echo $A-$B-${PATH:+path}", env={"A": "1", "B": "two words"})
    assert process.stdout.read() == "1-two words-path\n"


def test_secret_from_dict(sb, modal):
    secret = modal.Secret.from_dict({"TOKEN": "s3cr3t"})
    process = run(sb, "sh", "-c", "echo $TOKEN", secrets=[secret])
    assert process.stdout.read() == "s3cr3t\n"


def test_env_wins_over_secrets(sb, modal):
    secret = modal.Secret.from_dict({"A": "secret"})
    process = run(sb, "sh", "-c", "echo $A", secrets=[secret], env={"A": "env"})
    assert process.stdout.read() == "env\n"


def test_stdin_write_drain_eof(sb):
    process = sb.exec("cat")
    process.stdin.write("hello\n")
    process.stdin.drain()
    process.stdin.write(b"world\n")
    process.stdin.write_eof()
    process.stdin.drain()
    assert process.wait() == 0
    assert process.stdout.read() == "hello\nworld\n"


def test_lines_arrive_while_the_process_runs(sb):
    process = sb.exec("sh", "-c", "echo first; read answer; echo got $answer", bufsize=1)
    lines = iter(process.stdout)
    assert next(lines) == "first\n"
    process.stdin.write("it\n")
    process.stdin.drain()
    assert next(lines) == "got it\n"
    assert process.wait() == 0


def test_output_is_kept_for_late_and_repeated_readers(sb):
    process = run(sb, "sh", "-c", "seq 1 1000")
    expected = "".join(f"{n}\n" for n in range(1, 1001))
    assert process.stdout.read() == expected
    assert process.poll() == 0


def test_poll_while_running(sb):
    process = sb.exec("sleep", "30", timeout=60)
    assert process.poll() is None
    run(sb, "pkill", "-f", "^sleep 30$")
    assert process.wait() == 128 + 15
    assert process.poll() == 128 + 15


def test_devnull(sb, modal):
    from modal.stream_type import StreamType

    process = run(sb, "sh", "-c", "echo lost; echo kept >&2", stdout=StreamType.DEVNULL)
    assert process.stderr.read() == "kept\n"


def test_binary_output_is_unharmed(sb):
    process = sb.exec(
        "python3", "-c", "import os,sys; sys.stdout.buffer.write(bytes(range(256)) * 100)",
        text=False,
    )
    assert process.stdout.read() == bytes(range(256)) * 100
    assert process.wait() == 0


def test_a_hundred_megabytes_through_stdout(sb):
    size = 100 * 1024 * 1024
    process = sb.exec("sh", "-c", f"yes 0123456789abcde | head -c {size}", text=False)
    digest, count = hashlib.sha256(), 0
    for chunk in process.stdout:
        digest.update(chunk)
        count += len(chunk)
    expected = hashlib.sha256(b"0123456789abcde\n" * (size // 16)).hexdigest()
    assert (count, digest.hexdigest()) == (size, expected)


def test_a_hundred_megabytes_through_stdin(sb):
    size = 100 * 1024 * 1024
    process = sb.exec("sha256sum")
    block = b"0123456789abcde\n" * (1024 * 1024 // 16)
    for _ in range(size // len(block)):
        process.stdin.write(block)
        process.stdin.drain()
    process.stdin.write_eof()
    process.stdin.drain()
    assert process.wait() == 0
    expected = hashlib.sha256(block * (size // len(block))).hexdigest()
    assert process.stdout.read().split()[0] == expected


def test_input_larger_than_what_is_read_does_not_block(sb, modal):
    process = sb.exec("head", "-c", "10")
    process.stdin.write(b"x" * (4 * 1024 * 1024))
    process.stdin.write_eof()
    try:
        process.stdin.drain()
    except modal.exception.Error:
        pass  # the process may have ended before all of it was written
    assert process.wait() == 0
    assert process.stdout.read() == "x" * 10


def test_a_very_long_line(sb):
    process = run(sb, "sh", "-c", "head -c 5000000 /dev/zero | tr '\\0' a")
    assert process.stdout.read() == "a" * 5_000_000


def test_timeout_kills_the_whole_group(sb):
    started = time.monotonic()
    process = sb.exec("sh", "-c", "sleep 4321 & wait", timeout=3)
    assert process.wait() in (-1, 137)
    assert time.monotonic() - started < 30
    time.sleep(1)
    assert run(sb, "pgrep", "-f", "^sleep 4321$").returncode == 1


def test_a_missing_program_is_refused(sb, modal):
    with pytest.raises(modal.exception.InvalidError, match="no-such-program"):
        run(sb, "no-such-program")


def test_a_missing_program_with_a_path_is_refused(sb, modal):
    with pytest.raises(modal.exception.InvalidError, match="/opt/nothing"):
        run(sb, "/opt/nothing")


def test_a_file_that_is_no_program_is_refused(sb, modal):
    with pytest.raises(modal.exception.InvalidError, match="/etc/passwd"):
        run(sb, "/etc/passwd")


def test_a_missing_workdir_is_refused(sb, modal):
    with pytest.raises(modal.exception.InvalidError, match="/no/such/dir"):
        run(sb, "true", workdir="/no/such/dir")


def test_arguments_too_large_are_refused(sb, modal):
    with pytest.raises((modal.exception.InvalidError, modal.exception.Error)):
        run(sb, "echo", "a" * 200_000)


def test_the_sandbox_lives_on_after_bad_execs(sb):
    assert run(sb, "echo", "alive").stdout.read() == "alive\n"


def test_a_daemon_does_not_hold_wait(sb):
    started = time.monotonic()
    process = sb.exec("sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo done")
    assert process.wait() == 0
    assert time.monotonic() - started < 30
    assert process.stdout.read() == "done\n"
    run(sb, "pkill", "-f", "^sleep 600$")


def test_pty_has_a_terminal(sb):
    process = sb.exec("sh", "-c", "test -t 0 && test -t 1 && stty size && echo $TERM", pty=True)
    process.wait()
    lines = process.stdout.read().splitlines()
    assert lines[0].split() == ["24", "80"], lines


def test_many_at_once(sb):
    processes = [sb.exec("sh", "-c", f"echo {n}; exit {n}") for n in range(20)]
    for n, process in enumerate(processes):
        assert process.wait() == n
        assert process.stdout.read() == f"{n}\n"


def test_a_reader_that_stalls_loses_nothing(sb):
    process = sb.exec("sh", "-c", "yes 12345678 | head -c 20000000", text=False)
    chunks = iter(process.stdout)
    received = len(next(chunks))
    time.sleep(3)
    received += sum(len(chunk) for chunk in chunks)
    assert received == 20_000_000


def test_exec_of_a_sandbox_that_is_terminated_fails_and_does_not_hang(create, modal):
    sandbox = create()
    process = sandbox.exec("sleep", "600")
    threading.Timer(2, sandbox.terminate).start()
    started = time.monotonic()
    with pytest.raises(modal.exception.Error):
        process.wait()
    assert time.monotonic() - started < 60


def test_exec_after_the_end_says_so(create, modal):
    sandbox = create()
    sandbox.exec("true").wait()
    sandbox.terminate()
    sandbox.wait(raise_on_termination=False)
    with pytest.raises(modal.exception.Error, match="ended|unavailable|finished"):
        sandbox.exec("true")
