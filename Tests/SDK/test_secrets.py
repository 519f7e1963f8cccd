"""Variables and secrets: of sandboxes, execs and builds; by dictionary, file and name."""

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import time
import uuid
from pathlib import Path

import pytest
from conftest import HOME
from grpclib.client import Channel
from modal_proto import api_grpc, api_pb2
from modal_proto import task_command_router_grpc as router_grpc
from modal_proto import task_command_router_pb2 as router_pb2
from servers import Server, prepared_home


def unique(prefix="s"):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def secret(modal):
    """Makes named secrets and removes them after the test."""
    names = []

    def make(variables, name=None, **options):
        names.append(name or unique())
        modal.Secret.objects.create(names[-1], variables, **options)
        return names[-1]

    yield make
    for name in names:
        modal.Secret.objects.delete(name, allow_missing=True)


def printed(sandbox, *names, **options):
    """What a process sees of some variables."""
    process = sandbox.exec("sh", "-c", "echo " + " ".join(f'"${{{name}-unset}}"' for name in names),
                           **options)
    assert process.wait() == 0, process.stderr.read()
    return process.stdout.read().split()


def test_an_exec_gets_a_dictionary(sb, modal):
    secrets = [modal.Secret.from_dict({"A": "1", "B": None})]
    assert printed(sb, "A", "B", secrets=secrets) == ["1", "unset"]
    assert printed(sb, "A") == ["unset"]


def test_an_exec_gets_a_named_secret(sb, modal, secret):
    name = secret({"TOKEN": "swordfish"})
    assert printed(sb, "TOKEN", secrets=[modal.Secret.from_name(name)]) == ["swordfish"]


def test_later_sources_win(sb, modal, secret):
    first, second = secret({"A": "n1", "B": "n1", "C": "n1"}), secret({"B": "n2", "C": "n2"})
    named = [modal.Secret.from_name(name) for name in (first, second)]
    assert printed(sb, "A", "B", "C", secrets=named) == ["n1", "n2", "n2"]
    assert printed(sb, "A", "B", "C", secrets=named[::-1]) == ["n1", "n1", "n1"]
    mixed = [named[1], modal.Secret.from_dict({"B": "d", "C": "d"})]
    assert printed(sb, "B", "C", secrets=mixed, env={"C": "env"}) == ["d", "env"]


def test_a_sandbox_and_its_execs(create, modal, secret):
    name = secret({"A": "named", "B": "named"})
    sandbox = create(
        "sh", "-c", 'echo "$A $B $C"; sleep 1000', secrets=[modal.Secret.from_name(name)],
        env={"B": "env", "C": "env"})
    assert printed(sandbox, "A", "B", "C") == ["named", "env", "env"]
    assert printed(sandbox, "A", "C", env={"C": "exec"}) == ["named", "exec"]
    assert next(iter(sandbox.stdout)) == "named env env\n"


def test_from_dotenv(sb, modal, tmp_path):
    (tmp_path / ".env").write_text('# comment\nONE=1\nTWO="two"\n')
    (tmp_path / ".other").write_text("ONE=other\n")
    assert printed(sb, "ONE", "TWO", secrets=[modal.Secret.from_dotenv(tmp_path)]) == ["1", "two"]
    other = modal.Secret.from_dotenv(tmp_path, filename=".other")
    assert printed(sb, "ONE", secrets=[other]) == ["other"]


def test_from_local_environ(sb, modal, monkeypatch):
    monkeypatch.setenv("LOCAL_ONE", "here")
    assert printed(sb, "LOCAL_ONE", secrets=[modal.Secret.from_local_environ(["LOCAL_ONE"])]) == ["here"]


def test_required_keys(modal, secret):
    name = secret({"A": "1", "B": "2"})
    modal.Secret.from_name(name, required_keys=["A", "B"]).hydrate()
    with pytest.raises(modal.exception.NotFoundError, match="MISSING"):
        modal.Secret.from_name(name, required_keys=["A", "MISSING"]).hydrate()


def test_an_unknown_secret_is_named(create, modal):
    name = unique("nobody")
    with pytest.raises(modal.exception.NotFoundError, match=name):
        create(secrets=[modal.Secret.from_name(name)])


def test_create_list_delete(modal, secret):
    names = [secret({"K": "v"}) for _ in range(3)]
    listed = [found.name for found in modal.Secret.objects.list()]
    assert [name for name in listed if name in names] == names[::-1]
    assert len(modal.Secret.objects.list(max_objects=2)) == 2
    modal.Secret.objects.delete(names[0])
    with pytest.raises(modal.exception.NotFoundError):
        modal.Secret.objects.delete(names[0])
    modal.Secret.objects.delete(names[0], allow_missing=True)


def test_existing_ones_are_refused_or_kept(sb, modal, secret):
    name = secret({"K": "old"})
    with pytest.raises(modal.exception.AlreadyExistsError, match=name):
        modal.Secret.objects.create(name, {"K": "new"})
    modal.Secret.objects.create(name, {"K": "new"}, allow_existing=True)
    assert printed(sb, "K", secrets=[modal.Secret.from_name(name)]) == ["old"]


def test_updates_count_for_later_processes(sb, modal, secret):
    name = secret({"A": "1", "B": "1"})
    handle = modal.Secret.from_name(name)
    handle.update({"B": "2", "C": "2"})
    assert printed(sb, "A", "B", "C", secrets=[handle]) == ["1", "2", "2"]


def test_info_tells_everything_but_values(modal, secret):
    name = secret({"A": "1"})
    info = modal.Secret.from_name(name).hydrate().info()
    assert info.name == name and info.environment_name == "main" and info.last_used is None


def test_an_anonymous_secret_has_an_id(sb, modal):
    handle = modal.Secret.from_dict({"A": "kept"}).hydrate()
    assert handle.object_id.startswith("st-")
    by_id = modal.Secret._from_id(handle.object_id)
    assert printed(sb, "A", secrets=[by_id]) == ["kept"]


def test_a_build_step_gets_a_secret_and_the_image_does_not(create, modal, image, secret):
    name, value = secret({"TOKEN": f"value-{uuid.uuid4().hex}"}), uuid.uuid4().hex[:12]
    built = image.run_commands(
        f'test -n "$TOKEN" && test -n "$INLINE" && echo {value} > /built',
        secrets=[modal.Secret.from_name(name), modal.Secret.from_dict({"INLINE": "1"})])
    sandbox = create(image=built)
    assert printed(sandbox, "TOKEN", "INLINE") == ["unset", "unset"]
    process = sandbox.exec("cat", "/built")
    assert process.wait() == 0 and process.stdout.read() == f"{value}\n"


def test_an_exec_as_javascript_and_go_ask_for_it(sb, server, modal, secret):
    """They send the ids of secrets and a map of variables, which wins."""
    name = secret({"A": "named", "B": "named"})
    secret_id = modal.Secret.from_name(name).hydrate().object_id
    task_id, exec_id = sb._get_task_id(), str(uuid.uuid4())
    credentials = {"x-modal-token-id": server["MODAL_TOKEN_ID"],
                   "x-modal-token-secret": server["MODAL_TOKEN_SECRET"]}

    async def use():
        host, port = server["MODAL_SERVER_URL"].removeprefix("http://").split(":")
        channel = Channel(host, int(port))
        try:
            access = await api_grpc.ModalClientStub(channel).SandboxGetCommandRouterAccess(
                api_pb2.SandboxGetCommandRouterAccessRequest(task_id=task_id), metadata=credentials)
            bearer = {"authorization": f"Bearer {access.jwt}"}
            router = router_grpc.TaskCommandRouterStub(channel)
            await router.TaskExecStart(router_pb2.TaskExecStartRequest(
                task_id=task_id, exec_id=exec_id, command_args=["sh", "-c", 'test "$A$B" = namedown'],
                secret_ids=[secret_id], env={"B": "own"}), metadata=bearer)
            return await router.TaskExecWait(router_pb2.TaskExecWaitRequest(
                task_id=task_id, exec_id=exec_id), metadata=bearer)
        finally:
            channel.close()

    assert asyncio.run(use()).code == 0


# what is on disk, in logs and in arguments


def is_file_written(path, since):
    with contextlib.suppress(FileNotFoundError):
        return path.is_file() and path.stat().st_mtime >= since
    return False


def places_with(values, home, since):
    """Where any of some values can be found that nobody should see: in files of the data directory
    that were written since a time, and in the arguments of processes. Templates are left out: they
    are as large as a machine's memory, and were saved before it knew of any sandbox."""
    written = [
        path for path in Path(home).rglob("*")
        if is_file_written(path, since - 1) and home / "templates" not in path.parents
    ]
    arguments = [
        entry / "cmdline" for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and int(entry.name) != os.getpid()
    ]
    patterns = [word for value in values for word in ("-e", value)]
    found = subprocess.run(
        ["grep", "--text", "--files-with-matches", "--fixed-strings", "--no-messages", *patterns,
         "--", *written, *arguments],
        capture_output=True, text=True, check=False).stdout.split()
    # grep's own arguments have them, and it is gone by now.
    return [path for path in found if Path(path).exists()]


def test_values_are_nowhere_to_be_found(create, modal, secret):
    start = time.time()
    values = {word: f"{word}-{uuid.uuid4().hex}" for word in ("named", "inline", "env", "exec")}
    name = secret({"NAMED": values["named"]})
    sandbox = create(
        "sleep", "1000", secrets=[
            modal.Secret.from_name(name), modal.Secret.from_dict({"INLINE": values["inline"]})],
        env={"ENV": values["env"]})
    seen = printed(sandbox, "NAMED", "INLINE", "ENV")
    assert seen == [values["named"], values["inline"], values["env"]]
    process = sandbox.exec("sleep", "1000", env={"EXEC": values["exec"]})
    # What a process prints is kept, and it has printed three of them: a value of its own that it
    # does not print shows whether anything else keeps it.
    quiet = f"quiet-{uuid.uuid4().hex}"
    handle = modal.Secret.from_name(secret({"QUIET": quiet}))
    check = sandbox.exec(
        "sh", "-c", 'test "${#QUIET}" -gt 30', secrets=[handle], env={"EXEC2": values["exec"]})
    assert check.wait() == 0
    assert process.poll() is None
    assert places_with([quiet, values["exec"]], HOME, start) == []
    assert places_with([values["named"]], HOME, start), "the search finds nothing at all"
    sandbox.terminate(wait=True)
    assert places_with([quiet, *values.values()], HOME, start) == []


def test_secrets_outlive_the_server_and_its_key_is_kept():
    start = time.time()
    program = "import modal; print(modal.Secret.objects.create('kept', {'K': 'first-value'}))"
    with prepared_home() as home:
        with Server(home, "--port", "0").wait_until_serving() as server:
            server.client(program)
        key = home / "secrets" / "sealing-key"
        assert key.stat().st_mode & 0o777 == 0o600 and key.stat().st_size == 32
        assert places_with(["first-value"], home, start) == []
        read = """
import modal
app = modal.App.lookup("a", create_if_missing=True)
sandbox = modal.Sandbox.create(app=app, secrets=[modal.Secret.from_name("kept")])
process = sandbox.exec("sh", "-c", "echo $K")
process.wait()
print(process.stdout.read())
sandbox.terminate()
"""
        with Server(home, "--port", "0").wait_until_serving() as server:
            assert server.client(read) == "first-value"
        key.unlink()
        with Server(home, "--port", "0").wait_until_serving() as server:
            result = server.client(read, check=False)
            assert result.returncode != 0 and "sealing key" in result.stderr


def test_variables_that_an_older_server_wrote_down_are_removed():
    value, start = f"old-{uuid.uuid4().hex}", time.time()
    specification = json.dumps({
        "appID": "ap-old", "imageID": "im-old", "arguments": [], "milliCPU": 0, "milliCPULimit": 0,
        "memoryMiB": 0, "timeoutSeconds": 300, "network": "outbound", "tags": {},
        "environment": [{"name": "OLD", "value": value}]})
    with prepared_home() as home:
        with contextlib.closing(sqlite3.connect(home / "sandlot.sqlite")) as database, database:
            for statement in (
                "DROP TABLE secrets", "DROP TABLE environments",
                "ALTER TABLE apps DROP COLUMN stoppedAt",
                "DELETE FROM grdb_migrations WHERE identifier IN ('environments', 'secrets')",
            ):
                database.execute(statement)
            database.execute(
                "INSERT INTO sandboxes (id, taskID, appID, state, specification, tags, createdAt, result)"
                " VALUES ('sb-old', 'ta-old', 'ap-old', 'finished', ?, '{}', 1, ?)",
                (specification, '{"status": "success", "exitCode": 0, "message": ""}'))
        assert places_with([value], home, start)
        with Server(home, "--port", "0").wait_until_serving() as server:
            program = "import modal; print(modal.Sandbox.from_id('sb-old').poll())"
            assert server.client(program) == "0"
        assert places_with([value], home, start) == []
