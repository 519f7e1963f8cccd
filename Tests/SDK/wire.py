"""The server's calls without the SDK's client around them."""

import asyncio

from grpclib.client import Channel
from modal_proto import api_grpc, api_pb2, task_command_router_grpc


def address(server):
    host, port = server["MODAL_SERVER_URL"].removeprefix("http://").split(":")
    return host, int(port)


def call(server, use):
    """What `use` returns, which gets a channel to the server."""
    async def run():
        channel = Channel(*address(server))
        try:
            return await use(channel)
        finally:
            channel.close()

    return asyncio.run(run())


def credentials(server):
    return {"x-modal-token-id": server["MODAL_TOKEN_ID"],
            "x-modal-token-secret": server["MODAL_TOKEN_SECRET"]}


def ask(server, name, request, **metadata):
    """One call of the control plane by its name."""
    async def use(channel):
        stub = api_grpc.ModalClientStub(channel)
        return await getattr(stub, name)(request, metadata=credentials(server) | metadata)
    return call(server, use)


def access(server, sandbox_id):
    """The task of a sandbox, and the token of its router."""
    task = ask(server, "SandboxGetTaskIdV2", api_pb2.SandboxGetTaskIdRequest(sandbox_id=sandbox_id))
    router = ask(server, "SandboxGetCommandRouterAccess",
                 api_pb2.SandboxGetCommandRouterAccessRequest(sandbox_id=sandbox_id))
    return task.task_id, router.jwt


class Router:
    """The data plane of one sandbox."""

    def __init__(self, server, sandbox_id):
        self._server = server
        self.task_id, jwt = access(server, sandbox_id)
        self._metadata = {"authorization": f"Bearer {jwt}"}

    def ask(self, name, request):
        """One call by its name; the task is filled in."""
        request.task_id = self.task_id

        async def use(channel):
            stub = task_command_router_grpc.TaskCommandRouterStub(channel)
            return await getattr(stub, name)(request, metadata=self._metadata)
        return call(self._server, use)

    def read(self, name, request):
        """The messages of a call that streams, to its end."""
        request.task_id = self.task_id

        async def use(channel):
            stub = task_command_router_grpc.TaskCommandRouterStub(channel)
            async with getattr(stub, name).open(metadata=self._metadata) as stream:
                await stream.send_message(request, end=True)
                return [message async for message in stream]
        return call(self._server, use)


def result(server, sandbox_id):
    """How a sandbox has ended."""
    request = api_pb2.SandboxWaitRequest(sandbox_id=sandbox_id, timeout=10)
    return ask(server, "SandboxWaitV2", request).result
