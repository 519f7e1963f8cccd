"""What only the first generation has: its RPCs as JavaScript and Go call them, and its place beside
the second."""

import asyncio
import json
import re
import time
import uuid
from pathlib import Path

import pytest
from cli import modal_cli
from conftest import sandlot
from foreign import ForeignClient
from generations import ONLY, V1, V2
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from modal_proto import api_pb2
from terminals import MODAL, Terminal
from test_shell import PROMPT
from wire import ask

STDOUT, STDERR = api_pb2.FILE_DESCRIPTOR_STDOUT, api_pb2.FILE_DESCRIPTOR_STDERR


@pytest.fixture(params=["javascript", "go"])
def foreign(request, server, app):
    """Runs a function with a client and a sandbox of its making, which it ends afterwards."""
    def run(use, *arguments, **definition):
        async def session():
            async with ForeignClient(server, request.param) as client:
                image_id = await client.image(
                    app.app_id, "FROM python:3.11-slim-bookworm", "RUN echo made >/made")
                sandbox_id = await client.create(app.app_id, api_pb2.Sandbox(
                    image_id=image_id, entrypoint_args=arguments, timeout_secs=300,
                    network_access=api_pb2.NetworkAccess(
                        network_access_type=api_pb2.NetworkAccess.OPEN), **definition))
                try:
                    return await use(client, sandbox_id)
                finally:
                    await client.ask("SandboxTerminate", api_pb2.SandboxTerminateRequest(
                        sandbox_id=sandbox_id))
        return asyncio.run(session())
    return run


def test_what_runs_with_one_generation_alone_is_there():
    """No entry of the list of exceptions outlives the tests it is for."""
    tests = [
        f"{file.name}::{name}" for file in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    ]
    names = [known.partition("[")[0] for known in ONLY]
    assert [name for name in names if not any(test.startswith(name) for test in tests)] == []


# as JavaScript and Go


def test_a_session_of_another_sdk(foreign):
    """Create, exec, terminate; the router is behind an https address and speaks plaintext."""
    async def use(client, sandbox_id):
        assert V1.sandbox_id.fullmatch(sandbox_id)
        router = await client.router(sandbox_id)
        try:
            assert V1.task_id.fullmatch(router.task_id)
            assert router.url.startswith("https://127.0.0.1:")
            variables = {"WHO": "you"}
            output = await router.exec("sh", "-c", 'cat /made; echo $WHO; exit 3', env=variables)
            assert output == (b"made\nyou\n", 3)
        finally:
            router.close()
        poll = await client.ask("SandboxWait", api_pb2.SandboxWaitRequest(sandbox_id=sandbox_id))
        assert not poll.HasField("result")
        await client.ask("SandboxTerminate", api_pb2.SandboxTerminateRequest(sandbox_id=sandbox_id))
        assert await client.wait(sandbox_id) == 137
    foreign(use, "sleep", "600")


def test_streams_of_another_sdk(foreign):
    """Streams go on from the last entry where a call's time is over, and lose and repeat nothing."""
    script = "for n in 1 2 3 4; do echo ü$n; sleep 0.4; done; read line; echo got $line; echo e >&2"

    async def use(client, sandbox_id):
        reading = asyncio.create_task(client.read(sandbox_id, STDOUT, timeout=0.5))
        await client.write(sandbox_id, 1, b"in")
        await client.write(sandbox_id, 1, b"in")
        await client.write(sandbox_id, 2, b"put\n")
        await client.write(sandbox_id, 3, eof=True)
        text, calls = await reading
        assert text == "ü1\nü2\nü3\nü4\ngot input\n" and calls > 1
        assert await client.wait(sandbox_id) == 0
        assert (await client.read(sandbox_id, STDERR))[0] == "e\n"
        assert (await client.read(sandbox_id, STDOUT))[0] == text
        with pytest.raises(GRPCError) as caught:
            await client.write(sandbox_id, 4, b"late")
        assert caught.value.status in (Status.FAILED_PRECONDITION, Status.NOT_FOUND)
    foreign(use, "sh", "-c", script)


def test_input_that_leaves_a_gap_is_refused(foreign):
    async def use(client, sandbox_id):
        with pytest.raises(GRPCError, match="gap") as caught:
            await client.write(sandbox_id, 5, b"far")
        assert caught.value.status is Status.INVALID_ARGUMENT
    foreign(use, "cat")


def test_readiness_of_another_sdk(foreign):
    """They ask the control plane, in pieces that end with DEADLINE_EXCEEDED."""
    async def use(client, sandbox_id):
        request = api_pb2.SandboxWaitUntilReadyRequest(sandbox_id=sandbox_id, timeout=0.5)
        with pytest.raises(GRPCError) as caught:
            await client.ask("SandboxWaitUntilReady", request)
        assert caught.value.status is Status.DEADLINE_EXCEEDED
        request.timeout = 50
        ready = await client.ask("SandboxWaitUntilReady", request)
        assert abs(ready.ready_at - time.time()) < 30
    probe = api_pb2.Probe(
        exec_command=api_pb2.Probe.ExecCommand(argv=["test", "-f", "/ready"]), interval_ms=100)
    foreign(use, "sh", "-c", "sleep 2; touch /ready; sleep 600", readiness_probe=probe)


def test_secrets_tags_and_lists_of_another_sdk(foreign, modal, app):
    tag = uuid.uuid4().hex[:8]
    secret_id = modal.Secret.from_dict({"ONE": "1"}).hydrate().object_id

    async def use(client, sandbox_id):
        assert (await client.read(sandbox_id, STDOUT))[0] == "1\n"
        tags = [api_pb2.SandboxTag(tag_name="test", tag_value=tag)]
        await client.ask("SandboxTagsSet", api_pb2.SandboxTagsSetRequest(
            sandbox_id=sandbox_id, tags=tags))
        found = await client.ask(
            "SandboxTagsGet", api_pb2.SandboxTagsGetRequest(sandbox_id=sandbox_id))
        assert list(found.tags) == tags
        request = api_pb2.SandboxListRequest(app_id=app.app_id, include_finished=True, tags=tags)
        page = (await client.ask("SandboxList", request)).sandboxes
        assert [one.id for one in page] == [sandbox_id]
        request.before_timestamp = page[-1].created_at
        assert not (await client.ask("SandboxList", request)).sandboxes
    foreign(use, "sh", "-c", "echo $ONE", secret_ids=[secret_id])


@pytest.mark.parametrize("name, request_, word", [
    ("SandboxGetTunnels", api_pb2.SandboxGetTunnelsRequest(), "exec"),
    ("SandboxSnapshotFs", api_pb2.SandboxSnapshotFsRequest(), "napshots"),
    ("SandboxRestore", api_pb2.SandboxRestoreRequest(), "napshots"),
    # Exec as JavaScript and Go had it before 0.7.6.
    ("ContainerExec", api_pb2.ContainerExecRequest(), "0.7.6"),
])
def test_what_is_not_there_is_refused_with_a_sentence(server, name, request_, word):
    with pytest.raises(GRPCError, match=word) as caught:
        ask(server, name, request_)
    assert caught.value.status is Status.UNIMPLEMENTED


# beside the second generation


@pytest.fixture
def second(modal, app, monkeypatch):
    """A sandbox of the second generation, with a name and tags; back in the first afterwards."""
    name = f"second-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("MODAL_SANDBOX_V2", "1")
    sandbox = modal.Sandbox.create(app=app, name=name, tags={"test": name})
    assert V2.sandbox_id.fullmatch(sandbox.object_id)
    monkeypatch.setenv("MODAL_SANDBOX_V2", "0")
    yield sandbox, name
    sandbox.terminate()


def test_each_generation_finds_the_other(create, modal, app, monkeypatch, second):
    other, name = second
    own = create(name=f"{name}-1", tags={"test": name})
    for setting in "0", "1":
        monkeypatch.setenv("MODAL_SANDBOX_V2", setting)
        listed = modal.Sandbox.list(app_id=app.app_id, tags={"test": name})
        assert [found.object_id for found in listed] == [own.object_id, other.object_id]
        for sandbox, known in (own, f"{name}-1"), (other, name):
            assert modal.Sandbox.from_name("sdk-tests", known).object_id == sandbox.object_id
            found = modal.Sandbox.from_id(sandbox.object_id)
            process = found.exec("echo", known)
            assert process.wait() == 0 and process.stdout.read() == f"{known}\n"


def test_a_name_is_taken_for_both(create, modal, second):
    _, name = second
    with pytest.raises(modal.exception.AlreadyExistsError, match=name):
        create(name=name)


def test_a_name_is_set_for_the_second_alone(sb, modal):
    with pytest.raises(modal.exception.InvalidError, match="V2"):
        sb._experimental_set_name("later")


def test_any_id_works_with_the_rpcs_of_both(server, sb, second):
    for sandbox in sb, second[0]:
        for suffix in "", "V2":
            request = api_pb2.SandboxGetTaskIdRequest(sandbox_id=sandbox.object_id)
            task = ask(server, f"SandboxGetTaskId{suffix}", request)
            assert task.task_id == sandbox._get_task_id()
            request = api_pb2.SandboxWaitRequest(sandbox_id=sandbox.object_id)
            assert not ask(server, f"SandboxWait{suffix}", request).HasField("result")


def test_the_routers_address_is_the_clients(server, sb):
    request = api_pb2.TaskGetCommandRouterAccessRequest(task_id=sb._get_task_id())
    for kind, scheme in ("1", "http"), ("8", "https"), ("9", "https"):
        answer = ask(server, "TaskGetCommandRouterAccess", request, **{"x-modal-client-type": kind})
        assert answer.url.startswith(f"{scheme}://127.0.0.1:")


def test_what_is_billed_is_told_without_its_price(server, create):
    sandbox = create("sleep", "1", memory=512)
    sandbox.wait()
    usage = ask(server, "SandboxGetResourceUsage", api_pb2.SandboxGetResourceUsageRequest(
        sandbox_id=sandbox.object_id))
    stats = sandbox._experimental_stats()
    assert usage.cpu_core_nanosecs / 1e9 == pytest.approx(stats.billed_cpu_core_seconds, abs=1e-5)
    assert usage.mem_gib_nanosecs / 1e9 == pytest.approx(stats.billed_memory_gib_seconds, abs=1e-5)
    assert usage.mem_gib_nanosecs > 0.3e9


# the commands


def test_the_operators_commands_show_it(sb):
    shown = json.loads(sandlot("ps", "--json").stdout)
    assert sb.object_id in [one["id"] for one in shown]
    assert "mount root" in sandlot("create-trace", sb.object_id).stdout


def test_container_exec_and_a_shell_without_a_terminal(sb):
    for words in ("container", "exec", "--no-pty", sb._get_task_id(), "--", "echo", "inside"), (
            "shell", sb.object_id, "--no-pty", "--cmd", "echo inside"):
        assert "inside" in modal_cli(*words).stdout


def test_a_shell_in_a_terminal(tmp_path):
    with Terminal(tmp_path, MODAL, "shell") as terminal:
        terminal.wait_for(PROMPT, timeout=60)
        terminal.enter("echo $((6 * 7))")
        terminal.wait_for("^42$")
        terminal.enter("exit")
        assert terminal.wait_for_end() == 0
