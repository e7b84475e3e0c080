"""The engine's protocol, as the SDK's generated code speaks it, without the rest of the SDK.

Importing ``pulumi`` takes longer than all else that the plugin does in an update without a change
(docs/adr/0004-lean-plugin.md). So its packages are entered without running their ``__init__``.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any


def _enter(package: str) -> None:
    """Makes the package's modules importable, unless it was imported already."""
    if package in sys.modules:
        return
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{package} is not installed: run `make up`, or `pip install pulumi`")
    module = ModuleType(package)
    module.__path__ = list(spec.submodule_search_locations)
    sys.modules[package] = module


for _package in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
    _enter(_package)

from google.protobuf import empty_pb2, struct_pb2  # noqa: E402
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc  # noqa: E402

__all__ = [
    "empty_pb2",
    "engine_pb2",
    "engine_pb2_grpc",
    "from_struct",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "secret_keys",
    "to_struct",
]

# Source of the signatures: pulumi/pulumi, sdk/go/common/resource/properties.go and sdk/go/common/resource/plugin/rpc.go.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a marker of the protocol
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Plain values: whole numbers as ints, secrets opened, and what a preview does not know yet as None."""
    return {key: _plain(value) for key, value in struct.fields.items()}


def secret_keys(struct: struct_pb2.Struct) -> set[str]:
    """The properties that hold a secret, at any depth."""
    return {key for key, value in struct.fields.items() if _has_secret(value)}


def to_struct(values: dict[str, Any], secrets: set[str]) -> struct_pb2.Struct:
    """Wire values; the properties in ``secrets`` are secrets as a whole."""
    struct = struct_pb2.Struct()
    struct.update({key: {SIGNATURE: SECRET, "value": value} if key in secrets else value for key, value in values.items()})
    return struct


def _plain(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
            return _plain(fields["value"])
        return {key: _plain(item) for key, item in fields.items()}
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind == "number_value":
        return int(value.number_value) if value.number_value.is_integer() else value.number_value
    if kind == "string_value":
        return None if value.string_value == UNKNOWN else value.string_value
    return value.bool_value if kind == "bool_value" else None


def _has_secret(value: struct_pb2.Value) -> bool:
    fields = value.struct_value.fields
    if SIGNATURE in fields:
        return bool(fields[SIGNATURE].string_value == SECRET)
    return any(_has_secret(item) for item in fields.values()) or any(_has_secret(item) for item in value.list_value.values)
