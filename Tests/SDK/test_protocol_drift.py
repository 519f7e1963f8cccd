"""Holds our copy of the protocol against the descriptors inside the installed SDK.

Everything in Protocols/modal must have the SDK's numbers, types and labels, and every RPC of the SDK
must be either declared there or listed in Sources/ModalProtocol/UnsupportedMethods+*.swift.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, empty_pb2, timestamp_pb2, wrappers_pb2
from modal_proto import api_pb2, task_command_router_pb2

ROOT = Path(__file__).resolve().parents[2]
PROTOCOLS = ROOT / "Protocols"
UNSUPPORTED = ROOT / "Sources" / "ModalProtocol"
CONTROL_PLANE = "modal.client.ModalClient"
ROUTER = "modal.task_command_router.TaskCommandRouter"

Field = descriptor_pb2.FieldDescriptorProto


class Schema:
    """The messages, enumerations and RPCs of some files, by full name, as comparable values."""

    def __init__(self, files):
        self.fields = {}
        self.values = {}
        self.methods = {}
        for file in files:
            for message in file.message_type:
                self._add_message(f"{file.package}.{message.name}", message)
            for enum in file.enum_type:
                self._add_enum(f"{file.package}.{enum.name}", enum)
            for service in file.service:
                for rpc in service.method:
                    self.methods[f"{file.package}.{service.name}", rpc.name] = (
                        rpc.input_type,
                        rpc.output_type,
                        rpc.client_streaming,
                        rpc.server_streaming,
                    )

    def _add_message(self, name, message):
        self.fields[name] = {
            field.name: {
                "number": field.number,
                "type": Field.Type.Name(field.type),
                "type name": field.type_name,
                "label": Field.Label.Name(field.label),
                "optional": field.proto3_optional,
                "oneof": self._oneof(message, field),
            }
            for field in message.field
        }
        self.fields[name]["is a map entry"] = message.options.map_entry
        for nested in message.nested_type:
            self._add_message(f"{name}.{nested.name}", nested)
        for enum in message.enum_type:
            self._add_enum(f"{name}.{enum.name}", enum)

    def _add_enum(self, name, enum):
        self.values[name] = {value.name: value.number for value in enum.value}

    @staticmethod
    def _oneof(message, field):
        if field.proto3_optional or not field.HasField("oneof_index"):
            return None
        return message.oneof_decl[field.oneof_index].name


def descriptor_of(module):
    file = descriptor_pb2.FileDescriptorProto()
    module.DESCRIPTOR.CopyToProto(file)
    return file


@pytest.fixture(scope="module")
def theirs():
    return Schema(descriptor_of(module) for module in (api_pb2, task_command_router_pb2))


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    protoc = shutil.which("protoc")
    assert protoc, "protoc is missing: apt-get install protobuf-compiler"
    folder = tmp_path_factory.mktemp("descriptors")
    # google/protobuf/*.proto are not in Debian's protoc package; Python has their descriptors.
    known = descriptor_pb2.FileDescriptorSet(
        file=[descriptor_of(module) for module in (empty_pb2, timestamp_pb2, wrappers_pb2)]
    )
    (folder / "known").write_bytes(known.SerializeToString())
    files = sorted(str(path.relative_to(PROTOCOLS)) for path in (PROTOCOLS / "modal").rglob("*.proto"))
    subprocess.run(
        [
            protoc,
            f"--proto_path={PROTOCOLS}",
            f"--descriptor_set_in={folder / 'known'}",
            f"--descriptor_set_out={folder / 'ours'}",
            *files,
        ],
        check=True,
    )
    return Schema(descriptor_pb2.FileDescriptorSet.FromString((folder / "ours").read_bytes()).file)


@pytest.fixture(scope="module")
def unsupported():
    """The names in the Swift tables, with their service: the text blocks are the names."""
    names = []
    for path in sorted(UNSUPPORTED.glob("UnsupportedMethods+*.swift")):
        service = ROUTER if path.name == "UnsupportedMethods+Router.swift" else CONTROL_PLANE
        for block in re.findall(r'"""\n(.*?)"""', path.read_text(), re.DOTALL):
            names += [(service, name) for name in block.split()]
    return names


def differences(ours, theirs):
    """What of `ours` is not the same in `theirs`, as readable lines."""
    found = []
    for name, members in sorted(ours.items()):
        for member, meaning in members.items():
            if theirs.get(name, {}).get(member) != meaning:
                other = theirs.get(name, {}).get(member, "nothing")
                found.append(f"{name}.{member}: {meaning} here, {other} in the SDK")
    return found


def test_fields_are_the_sdks(ours, theirs):
    assert len(ours.fields) > 80
    assert differences(ours.fields, theirs.fields) == []


def test_enum_values_are_the_sdks(ours, theirs):
    assert len(ours.values) > 15
    assert differences(ours.values, theirs.values) == []


@pytest.mark.parametrize("name", [
    "Sandbox", "SandboxCreateRequest", "SandboxCreateV2Request", "Image", "Resources",
])
def test_no_field_is_missing_where_requests_are_refused_by_name(ours, theirs, name):
    full = f"modal.client.{name}"
    assert set(ours.fields[full]) == set(theirs.fields[full])


def test_exec_start_is_complete(ours, theirs):
    full = "modal.task_command_router.TaskExecStartRequest"
    assert set(ours.fields[full]) == set(theirs.fields[full])


def test_declared_rpcs_have_the_sdks_types(ours, theirs):
    for method, signature in ours.methods.items():
        assert theirs.methods.get(method) == signature, method


def test_every_rpc_is_declared_or_listed_as_unsupported_once(ours, theirs, unsupported):
    assert len(unsupported) == len(set(unsupported))
    assert set(unsupported) & set(ours.methods) == set()
    assert set(unsupported) | set(ours.methods) == set(theirs.methods)
