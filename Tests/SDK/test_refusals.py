"""Bad input and what is not built: refused by name, with what to do instead, and nothing is lost."""

import asyncio
import uuid

import pytest
from google.protobuf.empty_pb2 import Empty
from grpclib.client import Channel, UnaryUnaryMethod
from grpclib.const import Status
from grpclib.exceptions import GRPCError


def refused(create, match, *arguments, error=Exception, **options):
    with pytest.raises(error, match=match):
        create(*arguments, **options)


def test_unknown_image(create, modal):
    image = modal.Image.from_id("im-00000000000000000000000000")
    refused(create, "im-0000", image=image, error=modal.exception.NotFoundError)


def test_unknown_sandbox(modal, server):
    with pytest.raises(modal.exception.NotFoundError, match="does not exist"):
        modal.Sandbox.from_id("sb-00000000000000000000000000")


def test_unknown_app(modal, server):
    with pytest.raises(modal.exception.NotFoundError, match="no-such-app"):
        modal.App.lookup("no-such-app")


def test_unknown_name(modal, app):
    with pytest.raises(modal.exception.NotFoundError):
        modal.Sandbox.from_name("sdk-tests", "nobody")


def test_unknown_environment(modal, server):
    with pytest.raises(modal.exception.NotFoundError, match="staging"):
        modal.App.lookup("x", environment_name="staging", create_if_missing=True)


def test_a_bad_app_name(modal, server):
    with pytest.raises(modal.exception.InvalidError):
        modal.App.lookup("a b/c", create_if_missing=True)


def test_gpu(create):
    refused(create, "gpu", gpu="T4")


def test_gvisor(create, modal):
    refused(create, "gvisor", runtime="gvisor", error=modal.exception.InvalidError)


def test_vm_runtime_off(create, modal):
    options = {"vm_runtime": False}
    refused(create, "vm_runtime", experimental_options=options, error=modal.exception.InvalidError)


def test_an_unknown_experimental_option_is_told_of(create, modal):
    with pytest.warns(modal.exception.ServerWarning, match="no_such_thing"):
        create("true", experimental_options={"no_such_thing": True, "enable_docker": True})


def test_volumes(create, modal):
    refused(create, "olume", volumes={"/data": modal.Volume.from_name("v", create_if_missing=True)})


def test_tunnels(create, modal):
    refused(create, "encrypted_ports", encrypted_ports=[8080],
            error=modal.exception.UnimplementedError)


def test_cidr_allowlist(create, modal):
    refused(create, "allowlist", outbound_cidr_allowlist=["10.0.0.0/8"],
            error=modal.exception.UnimplementedError)


def test_a_relative_workdir(create):
    refused(create, "workdir|absolute", workdir="relative")


def test_arguments_that_are_too_long(create, modal):
    refused(create, "argument|ARG|length", "echo", "x" * 100_000)


def test_named_secret(create, modal):
    refused(create, "[Ss]ecret", secrets=[modal.Secret.from_name("nobody")])


def test_network_file_system(create, modal):
    nfs = modal.NetworkFileSystem.from_name("n", create_if_missing=True)
    refused(create, ".", network_file_systems={"/n": nfs})


def test_proxy(create, modal):
    refused(create, ".", proxy=modal.Proxy.from_name("p"))


def test_a_tunnel_of_a_running_sandbox(sb, modal):
    with pytest.raises(modal.exception.UnimplementedError):
        sb.tunnels()


def test_a_snapshot_of_a_directory_says_that_it_is_not_there_yet(sb, modal):
    with pytest.raises(modal.exception.UnimplementedError, match="snapshot_filesystem"):
        sb.snapshot_directory("/tmp")


def test_functions_say_that_they_are_not_there(modal, server):
    function = modal.Function.from_name("some-app", "f")
    with pytest.raises(modal.exception.UnimplementedError, match="sandbox"):
        function.hydrate()


def test_a_duplicate_name_does_not_disturb_the_first(create, modal):
    name = f"n-{uuid.uuid4().hex[:8]}"
    first = create(name=name)
    refused(create, name, name=name, error=modal.exception.AlreadyExistsError)
    assert first.poll() is None


def test_an_rpc_that_nobody_knows_is_unimplemented_at_once(server):
    host, port = server["MODAL_SERVER_URL"].removeprefix("http://").split(":")

    async def call():
        channel = Channel(host, int(port))
        method = UnaryUnaryMethod(channel, "/modal.client.ModalClient/Frobnicate", Empty, Empty)
        try:
            await method(Empty(), timeout=5)
        finally:
            channel.close()

    with pytest.raises(GRPCError) as caught:
        asyncio.run(call())
    assert caught.value.status is Status.UNIMPLEMENTED and caught.value.message
