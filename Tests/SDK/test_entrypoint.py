"""The process that a sandbox is made for: its command, its streams, its end."""

import time

import pytest
from modal_proto import api_pb2, task_command_router_pb2 as router_pb2
from wire import Router, result

STATUS = api_pb2.GenericResult


def ended(sandbox):
    """Waits for a sandbox's end; returns its code."""
    sandbox.wait(raise_on_termination=False)
    return sandbox.returncode


@pytest.fixture(scope="module")
def greeter(modal):
    """An image with an ENTRYPOINT and a CMD."""
    image = modal.Image.debian_slim(python_version="3.11")
    return image.entrypoint(["printf", "[%s]", "entry"]).cmd(["of", "the image"])


def test_the_images_command(create, greeter):
    sandbox = create(image=greeter)
    assert ended(sandbox) == 0
    assert sandbox.stdout.read() == "[entry][of][the image]"


def test_arguments_replace_cmd_and_entrypoint_stays(create, greeter):
    sandbox = create("a b", "$HOME", "*", "", "ü", image=greeter)
    assert ended(sandbox) == 0
    assert sandbox.stdout.read() == "[entry][a b][$HOME][*][][ü]"


@pytest.mark.parametrize("code", [1, 126, 127, 255])
def test_return_codes(create, code):
    assert ended(create("sh", "-c", f"exit {code}")) == code


@pytest.mark.parametrize("number", [1, 6, 15])
def test_a_signal_is_128_and_its_number(create, server, number):
    sandbox = create("sh", "-c", f"ulimit -c 0; kill -{number} $$")
    assert ended(sandbox) == 128 + number
    end = result(server, sandbox.object_id)
    assert end.status == STATUS.GENERIC_STATUS_FAILURE and f"signal {number}" in end.exception


def test_a_terminal(create):
    sandbox = create(
        "sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size; tty; echo $TERM; echo e >&2",
        pty=True)
    assert ended(sandbox) == 0
    size, name, term, error = sandbox.stdout.read().split("\r\n")[:4]
    assert size == "24 80" and name.startswith("/dev/pts/") and term and error == "e"
    assert sandbox.stderr.read() == ""


def test_a_terminals_keys_are_signals(create):
    sandbox = create(
        "sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.1; done",
        pty=True)
    output = iter(sandbox.stdout)
    assert next(output) == "ready\r\n"
    sandbox.stdin.write("\x03")
    sandbox.stdin.drain()
    assert ended(sandbox) == 5
    assert "".join(output) == "^Ccaught\r\n"


def test_the_end_of_a_terminals_input_is_typed(create):
    sandbox = create("cat", pty=True)
    sandbox.stdin.write("a line\n")
    sandbox.stdin.write_eof()
    sandbox.stdin.drain()
    assert ended(sandbox) == 0
    assert sandbox.stdout.read() == "a line\r\na line\r\n"


def test_output_is_read_while_it_runs_and_after_its_end(create):
    sandbox = create("sh", "-c", "echo early; read line; echo late; echo err >&2; exit 4")
    lines = iter(sandbox.stdout)
    assert next(lines) == "early\n"
    sandbox.stdin.write("go\n")
    sandbox.stdin.write_eof()
    sandbox.stdin.drain()
    assert ended(sandbox) == 4
    assert list(lines) == ["late\n"]
    assert sandbox.stderr.read() == "err\n"


def test_output_is_read_by_its_offset(create, server):
    sandbox = create("sh", "-c", "seq 1 100000")
    assert ended(sandbox) == 0
    router = Router(server, sandbox.object_id)
    whole = "".join(f"{number}\n" for number in range(1, 100_001)).encode()
    for offset in [0, 1, 123_456, len(whole) - 1, len(whole), len(whole) + 5]:
        chunks = router.read("SandboxStdioReadV2", router_pb2.SandboxStdioReadV2Request(
            offset=offset, file_descriptor=router_pb2.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT))
        position = offset
        for chunk in chunks:
            assert chunk.data and chunk.starting_offset == position
            position += len(chunk.data)
        assert b"".join(chunk.data for chunk in chunks) == whole[offset:]


def test_input_is_written_by_its_offset(create, server):
    sandbox = create("cat")
    router = Router(server, sandbox.object_id)

    def write(offset, data, eof=False):
        router.ask("SandboxStdinWriteV2", router_pb2.SandboxStdinWriteV2Request(
            offset=offset, data=data, eof=eof))

    write(0, b"one ")
    write(0, b"one ")
    write(2, b"e two")
    with pytest.raises(Exception, match="gap"):
        write(100, b"far")
    write(7, b"", eof=True)
    write(7, b"", eof=True)
    assert ended(sandbox) == 0
    assert sandbox.stdout.read() == "one two"


def test_characters_that_arrive_in_pieces_are_whole(create):
    text = "ü€😀" * 3
    script = f"import sys,time\nfor b in '{text}'.encode():\n" \
             " sys.stdout.buffer.write(bytes([b])); sys.stdout.flush(); time.sleep(0.01)"
    sandbox = create("python3", "-c", script)
    assert sandbox.stdout.read() == text


def test_bytes_that_are_no_text_are_left_as_they_are(create, server, generation):
    sandbox = create("printf", r"a\377\000\300b")
    assert ended(sandbox) == 0
    router = Router(server, sandbox.object_id)
    chunks = router.read("SandboxStdioReadV2", router_pb2.SandboxStdioReadV2Request())
    assert b"".join(chunk.data for chunk in chunks) == b"a\xff\x00\xc0b"
    if generation.keeps_bytes:
        with pytest.raises(UnicodeDecodeError):
            sandbox.stdout.read()
    else:
        assert sandbox.stdout.read() == "a\ufffd\0\ufffdb"


def test_much_output_just_before_the_end_is_complete(create):
    sandbox = create("sh", "-c", "head -c 20000000 /dev/zero | tr '\\0' x; exit 9")
    assert ended(sandbox) == 9
    assert len(sandbox.stdout.read()) == 20_000_000


def test_a_background_process_does_not_keep_the_sandbox(create):
    sandbox = create("sh", "-c", "sleep 600 & echo done")
    started = time.monotonic()
    assert ended(sandbox) == 0
    assert time.monotonic() - started < 10
    assert sandbox.stdout.read() == "done\n"


HOG = ["python3", "-c", "hog = []\nwhile True: hog.append(bytes(range(256)) * 4096)"]


@pytest.mark.parametrize("command", [
    HOG,
    # A shell that passes the end of its child on.
    ["sh", "-c", '"$@"; exit $?', "sh", *HOG],
])
def test_the_end_for_want_of_memory_is_told(create, server, command):
    sandbox = create(*command, memory=256)
    assert ended(sandbox) == 137
    end = result(server, sandbox.object_id)
    assert end.status == STATUS.GENERIC_STATUS_FAILURE and end.exitcode == 137
    assert "memory was used up" in end.exception and "'python3'" in end.exception


def test_a_kill_is_not_taken_for_want_of_memory(create, server):
    sandbox = create("sh", "-c", "kill -KILL $$")
    assert ended(sandbox) == 137
    end = result(server, sandbox.object_id)
    assert "signal 9" in end.exception and "memory" not in end.exception


def test_an_exec_that_ends_for_want_of_memory_is_told_beside_its_code(create):
    sandbox = create(memory=256)
    process = sandbox.exec(*HOG)
    with pytest.warns(Warning, match="memory was used up.*'python3'"):
        assert process.wait() == 137
    # The machine goes on.
    assert sandbox.exec("true").wait() == 0
