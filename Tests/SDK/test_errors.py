"""The error model: each kind of error as the SDK's own class, with a text that names the value at
fault and what to do. (Files: test_filesystem.py. Ends of sandboxes: test_lifecycle.py.)"""

import uuid
from collections import namedtuple
from pathlib import Path

import pytest
from grpclib.const import Status

# What is provoked: the status, a name, how, and words that the message must have.
Case = namedtuple("Case", "status name action words")

# The SDK's other statuses: none is an answer that a request gets for what it asks.
NEVER_SENT = {
    Status.OUT_OF_RANGE: "INVALID_ARGUMENT says it",
    Status.ABORTED: "FAILED_PRECONDITION says it",
    Status.DATA_LOSS: "nothing is lost knowingly",
    Status.UNKNOWN: "the SDK would repeat the call",
    Status.INTERNAL: "a defect, or a broken host",
    Status.UNAVAILABLE: "no server; the SDK repeats the call",
    Status.CANCELLED: "whoever cancels knows it",
    Status.DEADLINE_EXCEEDED: "the SDK makes TimeoutError of it: test_readiness.py",
}


class Setting:
    """What an action is done with."""

    def __init__(self, modal, app, sb, create, image):
        self.modal, self.app, self.sb, self.create, self.image = modal, app, sb, create, image

    def build(self, *commands):
        self.image.dockerfile_commands(*commands).build(self.app)

    def sandbox_with_name(self):
        name = f"taken-{uuid.uuid4().hex[:6]}"
        self.create(name=name)
        return name

    def stranger(self):
        """A client with tokens that are not the server's."""
        return self.modal.Client.from_credentials("ak-stranger", "as-stranger")

    def exec_on_anothers_task(self):
        """An exec with one sandbox's token on another's task."""
        from modal._utils.async_utils import synchronizer

        own = self.create()
        synchronizer._translate_in(own)._impl._task_id = self.sb._get_task_id()
        own.exec("true")

    def fill_the_memory(self):
        """Two sandboxes that do not fit together."""
        total = int(Path("/proc/meminfo").read_text().split()[1]) // 1024
        for _ in range(2):
            self.create(memory=int((total - total // 32 - 512) * 0.6))

    def create_in_a_stopped_app(self):
        from cli import modal_cli

        app = self.modal.App.lookup(f"stopped-{uuid.uuid4().hex[:6]}", create_if_missing=True)
        modal_cli("app", "stop", app.app_id, "--yes")
        self.modal.Sandbox.create(app=app)

    def volume(self):
        return self.modal.Volume.from_name("v", create_if_missing=True)


CASES = [
    Case(Status.INVALID_ARGUMENT, "idle-timeout", lambda s: s.create(idle_timeout=90000), ["90000 s", "1…86400"]),
    Case(Status.INVALID_ARGUMENT, "name", lambda s: s.create(name=64 * "n"), [64 * "n", "63 letters"]),
    Case(Status.INVALID_ARGUMENT, "variable", lambda s: s.create(env={"A": "x\0y"}), ["variable A", "NUL"]),
    Case(Status.INVALID_ARGUMENT, "runtime", lambda s: s.create(runtime="gvisor"),
         ['runtime="gvisor"', "Leave runtime= out"]),
    Case(Status.INVALID_ARGUMENT, "gpu", lambda s: s.create(gpu="T4"), ["GPUs", "Leave gpu= "]),
    Case(Status.INVALID_ARGUMENT, "program", lambda s: s.sb.exec("/opt/nobody"), ["/opt/nobody"]),
    Case(Status.INVALID_ARGUMENT, "nul", lambda s: s.sb.exec("echo", "a\0b"), ["NUL"]),
    Case(Status.INVALID_ARGUMENT, "app-name", lambda s: s.modal.App.lookup(
        64 * "a", create_if_missing=True), [64 * "a", "63 letters"]),
    Case(Status.INVALID_ARGUMENT, "dockerfile", lambda s: s.build("FRBO x"), ["FRBO", "line"]),
    Case(Status.NOT_FOUND, "sandbox-name", lambda s: s.modal.Sandbox.from_name("sdk-tests", "nobody"),
         ["'nobody'", "'sdk-tests'", "include_terminated"]),
    Case(Status.NOT_FOUND, "sandbox-name-in-no-app", lambda s: s.modal.Sandbox.from_name("no-app", "x"),
         ["no-app"]),
    Case(Status.NOT_FOUND, "sandbox-id", lambda s: s.modal.Sandbox.from_id("sb-" + 26 * "7"), [26 * "7"]),
    Case(Status.NOT_FOUND, "app", lambda s: s.modal.App.lookup("no-app"), ["no-app", "create_if_missing"]),
    Case(Status.NOT_FOUND, "environment", lambda s: s.modal.App.lookup(
        "x", environment_name="no-env", create_if_missing=True), ["no-env", "modal environment create"]),
    Case(Status.NOT_FOUND, "image", lambda s: s.create(image=s.modal.Image.from_id("im-" + 26 * "7")),
         [26 * "7", "modal.Image"]),
    Case(Status.NOT_FOUND, "secret", lambda s: s.create(secrets=[s.modal.Secret.from_name("no-secret")]),
         ["no-secret", "modal secret create"]),
    Case(Status.ALREADY_EXISTS, "name", lambda s: s.create(name=s.sandbox_with_name()),
         ["taken-", "from_name"]),
    Case(Status.ALREADY_EXISTS, "environment", lambda s: s.modal.Environment.objects.create("main"), ["main"]),
    Case(Status.PERMISSION_DENIED, "task", lambda s: s.exec_on_anothers_task(), ["ta-", "sandbox"]),
    Case(Status.UNAUTHENTICATED, "token", lambda s: s.modal.Sandbox.from_id(
        s.sb.object_id, client=s.stranger()), ["token", "sandlot env"]),
    Case(Status.FAILED_PRECONDITION, "probe", lambda s: s.sb.wait_until_ready(timeout=5), ["readiness_probe"]),
    Case(Status.FAILED_PRECONDITION, "registry", lambda s: s.modal.Image.from_registry(
        "alpine:3").build(s.app), ["alpine:3", "debian_slim"]),
    Case(Status.FAILED_PRECONDITION, "stopped-app", lambda s: s.create_in_a_stopped_app(), ["stopped", "again"]),
    Case(Status.RESOURCE_EXHAUSTED, "memory", lambda s: s.fill_the_memory(),
         ["MiB of memory", "Terminate a sandbox", "memory_budget"]),
    Case(Status.UNIMPLEMENTED, "volumes", lambda s: s.create(volumes={"/v": s.volume()}), ["olume", "sb.filesystem"]),
    Case(Status.UNIMPLEMENTED, "onbuild", lambda s: s.build("ONBUILD RUN true"), ["ONBUILD"]),
    Case(Status.UNIMPLEMENTED, "ports", lambda s: s.create(h2_ports=[80]), ["h2_ports", "exec"]),
    Case(Status.UNIMPLEMENTED, "tunnels", lambda s: s.sb.tunnels(), ["exec"]),
    Case(Status.UNIMPLEMENTED, "allowlist", lambda s: s.create(outbound_domain_allowlist=["a.example"]),
         ["allowlist", "block_network"]),
    Case(Status.UNIMPLEMENTED, "proxy", lambda s: s.create(proxy=s.modal.Proxy.from_name("p")),
         ["roxies", "proxy= out"]),
    Case(Status.UNIMPLEMENTED, "exit-snapshot", lambda s: s.create(
        experimental_options={"enable_exit_snapshot": True}), ["enable_exit_snapshot", "Copy"]),
    Case(Status.UNIMPLEMENTED, "snapshot", lambda s: s.sb.snapshot_directory("/tmp"), ["napshot", "filesystem"]),
    Case(Status.UNIMPLEMENTED, "functions", lambda s: s.modal.Function.from_name("a", "f").hydrate(), ["sandbox"]),
    Case(Status.UNIMPLEMENTED, "queues", lambda s: s.modal.Queue.from_name("q").hydrate(), ["queues", "store of your own"]),
    Case(Status.UNIMPLEMENTED, "dicts", lambda s: s.modal.Dict.from_name("d").hydrate(), ["dicts", "store of your own"]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status.name}-{case.name}")
def test_it_is_the_documented_class_with_a_useful_text(case, modal, app, sb, create, image):
    from modal._grpc_client import _STATUS_TO_EXCEPTION as classes

    with pytest.raises(modal.exception.Error) as caught:
        case.action(Setting(modal, app, sb, create, image))
    message = str(caught.value)
    assert type(caught.value) is classes[case.status], repr(caught.value)
    for word in case.words:
        assert word in message, message


def test_every_class_is_provoked_or_never_sent(modal):
    from modal._grpc_client import _STATUS_TO_EXCEPTION as classes

    assert {case.status for case in CASES} | NEVER_SENT.keys() == classes.keys()
    assert not {case.status for case in CASES} & NEVER_SENT.keys()
