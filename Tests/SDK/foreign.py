"""A client of sandboxes as the JavaScript and Go SDKs are one: their RPCs, their headers, their order of
calls. Neither can be installed where the suite runs."""

import asyncio
import uuid

from grpclib.client import Channel
from modal_proto import (
    api_grpc, api_pb2, task_command_router_grpc as router_grpc, task_command_router_pb2 as router_pb2,
)
from wire import credentials

# What `x-modal-client-type` says.
CLIENT_TYPES = {"javascript": "8", "go": "9"}


def split(url):
    host, port = url.split("://")[1].split(":")
    return host, int(port)


class ForeignClient:
    """One connection to the control plane."""

    def __init__(self, server, kind):
        self._channel = Channel(*split(server["MODAL_SERVER_URL"]))
        self._stub = api_grpc.ModalClientStub(self._channel)
        self._metadata = credentials(server) | {
            "x-modal-client-type": CLIENT_TYPES[kind], "x-modal-client-version": "1.0.0",
            "x-modal-libmodal-version": f"modal-{kind}/0.9.0", "x-modal-host": "127.0.0.1"}

    async def __aenter__(self):
        # They fetch a token before anything else and send it along.
        answer = await self.ask("AuthTokenGet", api_pb2.AuthTokenGetRequest())
        self._metadata["x-modal-auth-token"] = answer.token
        return self

    async def __aexit__(self, *_):
        self._channel.close()

    async def ask(self, name, request, timeout=60):
        return await getattr(self._stub, name)(request, metadata=self._metadata, timeout=timeout)

    async def image(self, app_id, *commands):
        """Builds an image layer, which they name by a tag; returns its id."""
        environment = await self.ask(
            "EnvironmentGetOrCreate", api_pb2.EnvironmentGetOrCreateRequest())
        answer = await self.ask("ImageGetOrCreate", api_pb2.ImageGetOrCreateRequest(
            app_id=app_id, image=api_pb2.Image(dockerfile_commands=commands),
            builder_version=environment.metadata.settings.image_builder_version))
        if answer.result.status != api_pb2.GenericResult.GENERIC_STATUS_SUCCESS:
            request = api_pb2.ImageJoinStreamingRequest(image_id=answer.image_id, timeout=55)
            async with self._stub.ImageJoinStreaming.open(metadata=self._metadata) as stream:
                await stream.send_message(request, end=True)
                [*_, last] = [message async for message in stream]
                assert last.result.status == api_pb2.GenericResult.GENERIC_STATUS_SUCCESS, last
        return answer.image_id

    async def create(self, app_id, definition):
        """What `sandboxes.create` does; returns the id."""
        request = api_pb2.SandboxCreateRequest(app_id=app_id, definition=definition)
        # An empty name means none.
        request.definition.name = request.definition.name
        return (await self.ask("SandboxCreate", request)).sandbox_id

    async def wait(self, sandbox_id):
        """The code; any result at all is taken for the end."""
        while True:
            answer = await self.ask(
                "SandboxWait", api_pb2.SandboxWaitRequest(sandbox_id=sandbox_id, timeout=10))
            if answer.HasField("result"):
                return answer.result.exitcode

    async def read(self, sandbox_id, descriptor, timeout=55):
        """The text of a stream to its end, and how many calls it took."""
        text, entry, calls = "", "0-0", 0
        while True:
            calls += 1
            request = api_pb2.SandboxGetLogsRequest(
                sandbox_id=sandbox_id, file_descriptor=descriptor, timeout=timeout,
                last_entry_id=entry)
            async with self._stub.SandboxGetLogs.open(metadata=self._metadata) as stream:
                await stream.send_message(request, end=True)
                async for batch in stream:
                    entry = batch.entry_id
                    text += "".join(item.data for item in batch.items)
                    if batch.eof:
                        return text, calls

    async def write(self, sandbox_id, index, data=b"", eof=False):
        await self.ask("SandboxStdinWrite", api_pb2.SandboxStdinWriteRequest(
            sandbox_id=sandbox_id, index=index, input=data, eof=eof))

    async def router(self, sandbox_id):
        task = await self.ask(
            "SandboxGetTaskId", api_pb2.SandboxGetTaskIdRequest(sandbox_id=sandbox_id))
        assert task.task_id and not task.HasField("task_result")
        access = await self.ask(
            "TaskGetCommandRouterAccess",
            api_pb2.TaskGetCommandRouterAccessRequest(task_id=task.task_id))
        return ForeignRouter(task.task_id, access)


class ForeignRouter:
    """The data plane: plaintext behind an https address, as both SDKs take it on a loopback."""

    def __init__(self, task_id, access):
        self.task_id = task_id
        self.url = access.url
        self._channel = Channel(*split(access.url))
        self._stub = router_grpc.TaskCommandRouterStub(self._channel)
        self._metadata = {"authorization": f"Bearer {access.jwt}"}

    def close(self):
        self._channel.close()

    async def exec(self, *command, **options):
        """What a command wrote to its output, and its code."""
        exec_id = str(uuid.uuid4())
        await self._stub.TaskExecStart(router_pb2.TaskExecStartRequest(
            task_id=self.task_id, exec_id=exec_id, command_args=command,
            stdout_config=router_pb2.TASK_EXEC_STDOUT_CONFIG_PIPE,
            stderr_config=router_pb2.TASK_EXEC_STDERR_CONFIG_PIPE, **options),
            metadata=self._metadata)
        reading = asyncio.create_task(self._read(exec_id))
        end = await self._stub.TaskExecWait(
            router_pb2.TaskExecWaitRequest(task_id=self.task_id, exec_id=exec_id),
            metadata=self._metadata)
        return await reading, end.code

    async def _read(self, exec_id):
        request = router_pb2.TaskExecStdioReadRequest(
            task_id=self.task_id, exec_id=exec_id,
            file_descriptor=router_pb2.TASK_EXEC_STDIO_FILE_DESCRIPTOR_STDOUT)
        async with self._stub.TaskExecStdioRead.open(metadata=self._metadata) as stream:
            await stream.send_message(request, end=True)
            return b"".join([message.data async for message in stream])
