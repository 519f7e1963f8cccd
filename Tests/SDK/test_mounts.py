"""Local files on their way to the server: contents, uploads, mounts, limits."""

import base64
import hashlib
import os
import urllib.error
import urllib.request
import uuid

import pytest
from conftest import exported
from grpclib.exceptions import GRPCError
from modal_proto import api_pb2
from servers import Server
from wire import ask

LARGE = 5 << 20


class Wire:
    """The server's calls, with some metadata."""

    def __init__(self, server, **metadata):
        self.server, self.metadata = server, metadata

    def call(self, name, request):
        return ask(self.server, name, request, **self.metadata)


@pytest.fixture(scope="module")
def wire(server):
    return Wire(server)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def unique(size=64):
    return os.urandom(size)


def blob_request(data, **changes):
    fields = {
        "content_md5": base64.b64encode(hashlib.md5(data).digest()).decode(),
        "content_sha256_base64": base64.b64encode(hashlib.sha256(data).digest()).decode(),
        "content_length": len(data),
    }
    return api_pb2.BlobCreateRequest(**(fields | changes))


def put(url, data, method="PUT", headers=None):
    """Sends a body; returns status, headers, and text of the answer."""
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def missing(wire, *contents):
    return list(wire.call("MountBatchedCheckExistence", api_pb2.MountBatchedCheckExistenceRequest(
        sha256_hex_hashes=[digest(data) for data in contents])).missing_sha256_hex_hashes)


def put_file(wire, data, sent=None):
    return wire.call("MountPutFile", api_pb2.MountPutFileRequest(
        sha256_hex=digest(data), data=data if sent is None else sent))


def mount(wire, files, **changes):
    return wire.call("MountGetOrCreate", api_pb2.MountGetOrCreateRequest(**(
        {"object_creation_type": api_pb2.OBJECT_CREATION_TYPE_EPHEMERAL, "files": files} | changes)))


def file(path, data, mode=0o644):
    return api_pb2.MountFile(filename=path, sha256_hex=digest(data), mode=mode)


def refused(call, status, *texts):
    with pytest.raises(GRPCError) as caught:
        call()
    assert caught.value.status.name == status
    for text in texts:
        assert text in caught.value.message


def test_only_contents_that_are_missing_are_asked_for(wire):
    here, lost = unique(), unique()
    assert put_file(wire, here).exists
    assert missing(wire, here, lost) == [digest(lost)]


def test_a_question_without_data_takes_nothing(wire):
    data = unique()
    request = api_pb2.MountPutFileRequest(sha256_hex=digest(data))
    assert not wire.call("MountPutFile", request).exists
    put_file(wire, data)
    assert wire.call("MountPutFile", request).exists


def test_a_content_that_is_not_what_was_said_is_refused(wire):
    data = unique()
    refused(lambda: put_file(wire, data, sent=b"other"), "INVALID_ARGUMENT", "SHA-256", digest(data))
    assert missing(wire, data) == [digest(data)]


@pytest.mark.parametrize("name", ["", "abc", "../../etc/passwd", "G" * 64, "A" * 64])
def test_what_is_no_hash_is_refused(wire, name):
    refused(lambda: wire.call(
        "MountBatchedCheckExistence",
        api_pb2.MountBatchedCheckExistenceRequest(sha256_hex_hashes=[name])),
        "INVALID_ARGUMENT", "SHA-256")


def test_a_mount_has_the_address_of_its_content(wire):
    data = unique()
    put_file(wire, data)
    first = mount(wire, [file("/a", data)])
    second = mount(wire, [file("/a", data)])
    assert first.mount_id.startswith("mo-") and first.mount_id != second.mount_id
    checksum = first.handle_metadata.content_checksum_sha256_hex
    assert checksum == second.handle_metadata.content_checksum_sha256_hex
    other = mount(wire, [file("/a", data, 0o755)])
    assert other.handle_metadata.content_checksum_sha256_hex != checksum


def test_a_mount_of_contents_that_are_missing_is_refused(wire):
    refused(lambda: mount(wire, [file("/a/b", unique())]), "FAILED_PRECONDITION", "/a/b", "1 of 1")


@pytest.mark.parametrize("path", ["a", "/../a", "/a/../../b", "/", "/a\0b"])
def test_a_path_outside_the_root_is_refused(wire, path):
    data = unique()
    put_file(wire, data)
    refused(lambda: mount(wire, [file(path, data)]), "INVALID_ARGUMENT", "file path")


def test_a_file_that_would_have_to_be_a_directory_is_refused(wire):
    data = unique()
    put_file(wire, data)
    refused(lambda: mount(wire, [file("/a", data), file("/a/b", data)]), "INVALID_ARGUMENT", "'/a'")


def test_mounts_have_names(wire):
    data, name = unique(), f"named-{uuid.uuid4().hex[:8]}"
    put_file(wire, data)
    lookup = {"object_creation_type": api_pb2.OBJECT_CREATION_TYPE_UNSPECIFIED,
              "deployment_name": name, "namespace": api_pb2.DEPLOYMENT_NAMESPACE_GLOBAL}
    refused(lambda: mount(wire, [], **lookup), "NOT_FOUND", name)
    create = lookup | {"object_creation_type": api_pb2.OBJECT_CREATION_TYPE_CREATE_FAIL_IF_EXISTS}
    made = mount(wire, [file("/a", data)], **create)
    assert mount(wire, [], **lookup).mount_id == made.mount_id
    refused(lambda: mount(wire, [file("/a", data)], **create), "ALREADY_EXISTS", name)


def test_a_large_file_is_put_to_an_address(wire):
    data = unique(LARGE)
    answer = wire.call("BlobCreate", blob_request(data))
    [url], [blob] = answer.upload_urls.items, answer.blob_ids
    request = api_pb2.MountPutFileRequest(sha256_hex=digest(data), data_blob_id=blob)
    refused(lambda: wire.call("MountPutFile", request), "FAILED_PRECONDITION", blob)
    status, headers, _ = put(url, data)
    assert (status, headers["ETag"].strip('"')) == (200, hashlib.md5(data).hexdigest())
    assert wire.call("MountPutFile", request).exists and not missing(wire, data)


def test_a_very_large_file_comes_without_its_md5(wire):
    data = unique(LARGE)
    placeholder = base64.b64encode(bytes.fromhex("baad" * 8)).decode()
    answer = wire.call("BlobCreate", blob_request(data, content_md5=placeholder))
    status, headers, _ = put(answer.upload_urls.items[0], data)
    assert (status, headers["ETag"].strip('"')) == (200, hashlib.md5(data).hexdigest())


def test_an_upload_that_is_not_what_was_announced_is_refused(wire):
    data = unique(LARGE)
    url = wire.call("BlobCreate", blob_request(data)).upload_urls.items[0]
    for body, text in [(data[:-1] + b"x", "SHA-256"), (data[:-1], "announced"),
                       (data + b"x", "announced"), (b"", "announced")]:
        status, _, answer = put(url, body)
        assert status == 400 and text in answer
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    url = wire.call("BlobCreate", blob_request(data, content_md5=wrong)).upload_urls.items[0]
    status, _, answer = put(url, data)
    assert status == 400 and "MD5" in answer
    assert missing(wire, data) == [digest(data)]


def test_an_address_is_for_what_it_was_made_for(wire):
    data = unique(LARGE)
    url = wire.call("BlobCreate", blob_request(data)).upload_urls.items[0]
    expired = url.replace("expires=", "expires=1")
    for target in [url.replace(digest(data), digest(b"")), url.replace("length=", "length=1"),
                   expired, url[:-2], url.split("?")[0], url.replace("/uploads/", "/")]:
        status, _, answer = put(target, data)
        assert status == 403 and "no address" in answer
    assert put(url, data, method="POST")[0] == 405
    assert put(url, None, method="GET")[0] == 405


def test_one_connection_carries_several_uploads(wire):
    import http.client
    from urllib.parse import urlsplit

    contents = [unique(LARGE), unique(100), unique(LARGE)]
    urls = [wire.call("BlobCreate", blob_request(data)).upload_urls.items[0] for data in contents]
    connection = http.client.HTTPConnection(urlsplit(urls[0]).netloc, timeout=60)
    statuses = []
    for url, data in zip(urls, [contents[0], b"wrong" * 20, contents[2]]):
        parts = urlsplit(url)
        connection.request("PUT", f"{parts.path}?{parts.query}", body=data)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert statuses == [200, 400, 200]


def test_a_client_that_leaves_in_the_middle_leaves_nothing(wire):
    import socket
    from urllib.parse import urlsplit

    data = unique(LARGE)
    url = urlsplit(wire.call("BlobCreate", blob_request(data)).upload_urls.items[0])
    with socket.create_connection((url.hostname, url.port)) as connection:
        head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGE}\r\n\r\n"
        connection.sendall(head.encode() + data[: LARGE // 2])
    assert missing(wire, data) == [digest(data)]
    assert put(url.geturl(), data)[0] == 200


def test_what_is_no_http_is_answered_and_the_server_goes_on(wire):
    import socket
    from urllib.parse import urlsplit

    data = unique(100)
    url = urlsplit(wire.call("BlobCreate", blob_request(data)).upload_urls.items[0])
    for noise in [b"\x16\x03\x01\x02\x00\x01", b"PUT / HTTP/9.9\r\n\r\n", b"A" * 200_000]:
        with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
            try:
                connection.sendall(noise + b"\r\n\r\n")
                assert b" 200 " not in connection.recv(1000)
            except ConnectionError:
                pass
    assert put(url.geturl(), data)[0] == 200


def test_a_host_that_the_sdk_does_not_know_gets_the_file_in_parts(prepared):
    data = unique(LARGE)
    with Server(prepared, "--host", "0.0.0.0", "--port", "0") as server:
        server.wait_until_serving()
        wire = Wire(exported(prepared), **{"x-modal-host": "sandlot.example"})
        answer = wire.call("BlobCreate", blob_request(data))
        [part] = answer.multiparts.items
        assert part.part_length == LARGE and "//sandlot.example:" in part.upload_urls[0]
        url, completion = (
            text.replace("sandlot.example", "127.0.0.1")
            for text in [part.upload_urls[0], part.completion_url])
        assert put(completion, b"<x/>", method="POST")[0] == 409
        assert put(url, data)[0] == 200
        etag = hashlib.md5(hashlib.md5(data).digest()).hexdigest() + "-1"
        status, _, text = put(completion, b"<x/>", method="POST")
        assert status == 200 and etag in text


def test_a_file_that_is_too_large_is_refused(wire):
    request = blob_request(b"", content_length=1 << 50)
    refused(lambda: wire.call("BlobCreate", request), "RESOURCE_EXHAUSTED", str(1 << 50), "file_limit")
