"""The plugin's process: ``pulumi-resource-lockgate ENGINE_ADDRESS``, as the engine starts it.

What the engine needs to hear of an error is its message; Python's traceback would bury it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import grpc

from infra.errors import LockgateError
from infra.provider import VERSION
from infra.provider import protocol as wire
from infra.provider.differences import holds
from infra.provider.kinds import KINDS, Kind
from infra.provider.plugin import Plugin, kind_of

ORPHAN_CHECK_SECONDS = 0.5
GRACE_SECONDS = 30
THREADS = 32


class Servicer(wire.provider_pb2_grpc.ResourceProviderServicer):
    """Between the protocol and ``Plugin``. Source: pulumi/pulumi, proto/pulumi/provider.proto."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return wire.plugin_pb2.PluginInfo(version=VERSION)

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return wire.provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        old, new = wire.from_struct(request.olds), wire.from_struct(request.news)
        return _difference([key for key in sorted({*old, *new}) if old.get(key) != new.get(key)], old, new)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        self._plugin.configure(wire.from_struct(request.args))
        return wire.provider_pb2.ConfigureResponse(acceptSecrets=True)

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        _in_words(context, lambda: self._plugin.check(request.urn, lambda: wire.from_struct(request.news)))
        return wire.provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        old, new = wire.from_struct(request.olds), wire.from_struct(request.news)
        changed = _in_words(context, lambda: self._plugin.diff(request.urn, old, new))
        return _difference(changed, old, new, _kind(request.urn).replaces)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        state = self._applied(request.urn, None, request.properties, context)
        return wire.provider_pb2.CreateResponse(id=_id(request.urn, state), properties=state)

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        old = wire.from_struct(request.olds)
        return wire.provider_pb2.UpdateResponse(properties=self._applied(request.urn, old, request.news, context))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Without a state it is an import: what is found are the inputs too."""
        old = wire.from_struct(request.properties)
        plugin, urn = self._plugin, request.urn
        state = _in_words(context, lambda: plugin.read(urn, old) if old else plugin.imported(urn, request.id))
        if state is None:
            return wire.provider_pb2.ReadResponse()
        properties = wire.to_struct(state, wire.secret_keys(request.properties) | _kind(request.urn).secrets)
        return wire.provider_pb2.ReadResponse(id=request.id, properties=properties, inputs=request.inputs if old else properties)

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        _in_words(context, lambda: self._plugin.delete(request.urn, wire.from_struct(request.properties)))
        return wire.empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        self._plugin.stop.set()
        return wire.empty_pb2.Empty()

    def _applied(self, urn: str, old: dict[str, Any] | None, properties: Any, context: Any) -> Any:
        new = wire.from_struct(properties)
        state = _in_words(context, lambda: self._plugin.apply(urn, old, new))
        return wire.to_struct(state, wire.secret_keys(properties) | _kind(urn).secrets)


def _kind(urn: str) -> Kind:
    return KINDS.get(kind_of(urn), Kind(""))


def _id(urn: str, state: Any) -> str:
    """The value of the property that identifies the kind, else the resource's name."""
    identity = _kind(urn).identity
    return state.fields[identity].string_value if identity else urn.rsplit("::", 1)[-1]


def _difference(changed: list[str], old: Mapping[str, Any], new: Mapping[str, Any], anew: Collection[str] = ()) -> Any:
    """``anew`` are the properties whose change replaces the resource."""
    kind = wire.provider_pb2.DiffResponse.DIFF_SOME if changed else wire.provider_pb2.DiffResponse.DIFF_NONE
    detailed = {path: _property(path, old, new, anew=path in anew) for path in changed}
    keys = dict.fromkeys(path.partition("[")[0] for path in changed)
    replaces = [path for path in changed if path in anew]
    return wire.provider_pb2.DiffResponse(
        changes=kind, diffs=keys, replaces=replaces, detailedDiff=detailed, hasDetailedDiff=True
    )


def _property(path: str, old: Mapping[str, Any], new: Mapping[str, Any], *, anew: bool) -> Any:
    before, after = holds(old, path), holds(new, path)
    kinds = wire.provider_pb2.PropertyDiff
    name = {(True, True): "UPDATE", (False, True): "ADD"}.get((before, after), "DELETE")
    kind = kinds.Kind.Value(f"{name}_REPLACE" if anew else name)
    return kinds(kind=kind, inputDiff=after)


def _in_words(context: grpc.ServicerContext, work: Callable[[], Any]) -> Any:
    try:
        return work()
    except LockgateError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:
        traceback.print_exc()
        context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")


def speaker(engine: str) -> tuple[Callable[[str, str], None], Callable[[str, str], None]]:
    """Shows a line beside a resource while the update runs, the same line only once; or a warning that stays."""
    said: dict[str, str] = {}

    @cache
    def stub() -> Any:
        return wire.engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine))

    def say(urn: str, text: str) -> None:
        if said.get(urn) != text:
            said[urn] = text
            stub().Log(wire.engine_pb2.LogRequest(severity=wire.engine_pb2.INFO, message=text, urn=urn, ephemeral=True))

    def warn(urn: str, text: str) -> None:
        stub().Log(wire.engine_pb2.LogRequest(severity=wire.engine_pb2.WARNING, message=text, urn=urn))

    return say, warn


def _end_with(parent: int) -> None:
    """Ends the process when the engine is gone: nobody would hear how a bake ends, and the next update does it again."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(1)


def main() -> None:
    """Serves until the engine ends it with a signal; work under way is stopped first, and leaves things whole."""
    if len(sys.argv) < 2:
        sys.exit("pulumi-resource-lockgate is a plugin: the Pulumi engine starts it with its own address")
    gc.freeze()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    say, warn = speaker(sys.argv[1])
    plugin = Plugin(say, warn=warn)
    server = grpc.server(ThreadPoolExecutor(THREADS))
    wire.provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(plugin), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    ended = threading.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: ended.set())
    ended.wait()
    plugin.stop.set()
    server.stop(grace=GRACE_SECONDS).wait()
    os._exit(0)
