"""The plugin's process: ``pulumi-resource-lockgate ENGINE_ADDRESS``, as the engine starts it.

What the engine needs to hear of an error is its message; Python's traceback would bury it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc

from infra.errors import LockgateError
from infra.provider import VERSION
from infra.provider.plugin import LockgateProvider, find_step

ORPHAN_CHECK_SECONDS = 0.5


class Servicer(ProviderServicer):
    """Answers an error that a user can mend with its message alone."""


def _in_words(name: str) -> Callable[..., Awaitable[Any]]:
    method = getattr(ProviderServicer, name)

    async def call(self: ProviderServicer, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        try:
            return await method(self, request, context)
        except LockgateError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:
            traceback.print_exc()
            await context.abort(grpc.StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")

    return call


for _name in ("Diff", "Create", "Update", "Read", "Configure"):
    setattr(Servicer, _name, _in_words(_name))


def _speaker(engine: str) -> Callable[[str, str], None]:
    stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine))
    said: dict[str, str] = {}

    def say(urn: str, text: str) -> None:
        if said.get(urn) != text:
            said[urn] = text
            stub.Log(engine_pb2.LogRequest(severity=engine_pb2.INFO, message=text, urn=urn, ephemeral=True))

    return say


def _end_with(parent: int) -> None:
    """Ends the process when the engine is gone: nobody would hear how a bake ends, and the next update does it again."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(1)


async def _serve(engine: str) -> None:
    server = grpc.aio.server()
    servicer = Servicer([], VERSION, LockgateProvider(find_step, _speaker(engine)), engine_address=engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


def main() -> None:
    """Serves until the engine ends it: by ``Cancel`` and then a signal, which is no error of ours."""
    if len(sys.argv) < 2:
        sys.exit("pulumi-resource-lockgate is a plugin: the Pulumi engine starts it with its own address")
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(sys.argv[1]))
