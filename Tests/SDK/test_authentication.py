"""Tokens: of the control plane, and of each sandbox's router."""

import base64
import hashlib
import hmac
import json
import time
import uuid

import pytest
from google.protobuf.empty_pb2 import Empty
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from modal_proto import api_grpc, api_pb2, task_command_router_grpc, task_command_router_pb2
from wire import access, call, credentials


def status_of(server, use):
    with pytest.raises(GRPCError) as caught:
        call(server, use)
    return caught.value.status, caught.value.message


def hello(metadata):
    async def use(channel):
        stub = api_grpc.ModalClientStub(channel)
        return await stub.ClientHello(Empty(), metadata=metadata)
    return use


def poll(task_id, jwt):
    async def use(channel):
        stub = task_command_router_grpc.TaskCommandRouterStub(channel)
        request = task_command_router_pb2.TaskExecPollRequest(task_id=task_id, exec_id=str(uuid.uuid4()))
        metadata = {"authorization": f"Bearer {jwt}"} if jwt else {}
        return await stub.TaskExecPoll(request, metadata=metadata)
    return use


def encode(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_the_right_token_is_let_in(server):
    call(server, hello(credentials(server)))


def test_no_token(server):
    status, message = status_of(server, hello({}))
    assert status == Status.UNAUTHENTICATED
    assert "sandlot env" in message


@pytest.mark.parametrize("key", ["x-modal-token-id", "x-modal-token-secret"])
def test_a_wrong_token(server, key):
    status, message = status_of(server, hello({**credentials(server), key: "wrong"}))
    assert status == Status.UNAUTHENTICATED
    assert "sandlot env" in message


def test_the_sdk_shows_a_wrong_token_as_what_it_is(server, modal):
    client = modal.Client.from_credentials("ak-wrong", "as-wrong")
    with pytest.raises(modal.exception.AuthError, match="sandlot env"):
        modal.App.lookup("x", client=client, create_if_missing=True)


def test_the_router_takes_the_sandboxs_own_jwt(server, sb):
    task_id, jwt = access(server, sb.object_id)
    status, _ = status_of(server, poll(task_id, jwt))
    assert status == Status.NOT_FOUND  # let in; the exec does not exist


def test_the_router_wants_a_jwt(server, sb):
    task_id, _ = access(server, sb.object_id)
    assert status_of(server, poll(task_id, None))[0] == Status.UNAUTHENTICATED


def test_the_jwt_of_another_sandbox_is_refused(server, sb, create):
    task_id, _ = access(server, sb.object_id)
    _, other = access(server, create().object_id)
    assert status_of(server, poll(task_id, other))[0] == Status.PERMISSION_DENIED


def test_a_forged_jwt_is_refused(server, sb):
    task_id, jwt = access(server, sb.object_id)
    header, payload, _ = jwt.split(".")
    forged = hmac.new(b"guess", f"{header}.{payload}".encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(forged).rstrip(b"=").decode()
    assert status_of(server, poll(task_id, f"{header}.{payload}.{signature}"))[0] == Status.UNAUTHENTICATED


def test_an_unsigned_jwt_is_refused(server, sb):
    task_id, jwt = access(server, sb.object_id)
    payload = jwt.split(".")[1]
    unsigned = f"{encode({'alg': 'none', 'typ': 'JWT'})}.{payload}."
    assert status_of(server, poll(task_id, unsigned))[0] == Status.UNAUTHENTICATED


def test_a_jwt_whose_expiry_was_moved_is_refused(server, sb):
    task_id, jwt = access(server, sb.object_id)
    header, payload, signature = jwt.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims["exp"] > time.time()
    claims["exp"] += 3600
    assert status_of(server, poll(task_id, f"{header}.{encode(claims)}.{signature}"))[0] == Status.UNAUTHENTICATED


def test_the_control_planes_jwt_is_no_router_token(server, sb):
    async def use(channel):
        stub = api_grpc.ModalClientStub(channel)
        return await stub.AuthTokenGet(api_pb2.AuthTokenGetRequest(), metadata=credentials(server))

    task_id, _ = access(server, sb.object_id)
    assert status_of(server, poll(task_id, call(server, use).token))[0] == Status.UNAUTHENTICATED


def test_an_unknown_exec(server, sb):
    task_id, jwt = access(server, sb.object_id)
    status, message = status_of(server, poll(task_id, jwt))
    assert status == Status.NOT_FOUND and "exec" in message.lower()


def test_an_unsupported_rpc_says_what_to_do_instead(server):
    async def use(channel):
        stub = api_grpc.ModalClientStub(channel)
        return await stub.QueueGetOrCreate(api_pb2.QueueGetOrCreateRequest(), metadata=credentials(server))

    status, message = status_of(server, use)
    assert status == Status.UNIMPLEMENTED and len(message) > 40
