"""The provider: gives each call of the engine to the resource that it is for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from pulumi.provider.experimental import provider as p
from pulumi.provider.experimental.property_value import PropertyValue

from infra.errors import LockgateError
from infra.provider.values import from_wire, to_wire

if TYPE_CHECKING:
    from infra.kubernetes import Cluster
    from infra.provider.context import Context

Say = Callable[[str, str], None]


class Step(Protocol):
    """One kind of resource: how it differs, and how it is made so."""

    def differs(self, old: Mapping[str, Any], new: Mapping[str, Any], ctx: Context | None) -> list[str]: ...

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Context) -> dict[str, Any]: ...


class LockgateProvider(p.Provider):
    """Serves the resources of ``steps``, by the last part of their type tokens.

    The Kubernetes client is imported when a cluster is first needed: an update that changes nothing does without it.
    """

    def __init__(self, steps: Callable[[str], Step], say: Say) -> None:
        self._steps = steps
        self._say = say
        self._context_name: str | None = None
        self._cluster: Cluster | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()

    async def check_config(self, request: p.CheckRequest) -> p.CheckResponse:
        return p.CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request: p.DiffRequest) -> p.DiffResponse:
        return p.DiffResponse(changes=request.old_state != request.new_inputs)

    async def configure(self, request: p.ConfigureRequest) -> p.ConfigureResponse:
        self._context_name = from_wire(request.args).get("context")
        return p.ConfigureResponse(accept_secrets=True)

    async def check(self, request: p.CheckRequest) -> p.CheckResponse:
        return p.CheckResponse(inputs=request.new_inputs)

    async def diff(self, request: p.DiffRequest) -> p.DiffResponse:
        old, new = from_wire(request.old_state), from_wire(request.new_inputs)
        step = self._steps(_kind(request.type))
        needs_cluster = _kind(request.type) == "Preflight"
        changed = await asyncio.to_thread(
            lambda: step.differs(old, new, self._context(request.urn) if needs_cluster else None)
        )
        kinds = {key: p.PropertyDiff(p.PropertyDiffKind.UPDATE, input_diff=True) for key in changed}
        return p.DiffResponse(changes=bool(changed), diffs=changed, detailed_diff=kinds)

    async def create(self, request: p.CreateRequest) -> p.CreateResponse:
        state = await self._apply(request.urn, request.type, None, request.properties)
        return p.CreateResponse(resource_id=request.name, properties=state)

    async def update(self, request: p.UpdateRequest) -> p.UpdateResponse:
        return p.UpdateResponse(properties=await self._apply(request.urn, request.type, request.olds, request.news))

    async def read(self, request: p.ReadRequest) -> p.ReadResponse:
        step = self._steps(_kind(request.type))
        state = request.properties
        if hasattr(step, "read"):
            seen = await asyncio.to_thread(lambda: step.read(from_wire(state), self._context(request.urn)))
            state = to_wire(seen, state)
        return p.ReadResponse(resource_id=request.resource_id, properties=state, inputs=request.inputs)

    async def delete(self, request: p.DeleteRequest) -> None:
        """Nothing to do: what these resources did lives in objects that others own."""

    async def cancel(self) -> None:
        self._stop.set()

    async def _apply(
        self, urn: str, kind: str, olds: dict[str, PropertyValue] | None, news: dict[str, PropertyValue]
    ) -> dict[str, PropertyValue]:
        step = self._steps(_kind(kind))
        old = from_wire(olds) if olds is not None else None
        state = await asyncio.to_thread(lambda: step.apply(old, from_wire(news), self._context(urn)))
        return to_wire(state, news)

    def _context(self, urn: str) -> Context:
        from infra.kubernetes import Cluster
        from infra.provider.context import Context

        with self._lock:
            self._cluster = self._cluster or Cluster(self._context_name)
        return Context(cluster=self._cluster, say=lambda text: self._say(urn, text), stop=self._stop)


def _kind(token: str) -> str:
    return token.rsplit(":", 1)[-1]


def find_step(kind: str) -> Step:
    """The step for a resource's kind, imported when it is first needed."""
    if kind == "Preflight":
        from infra.provider.preflight import Preflight

        return Preflight()
    if kind == "SlotReady":
        from infra.provider.ready import SlotReady

        return SlotReady()
    if kind == "SmokeTest":
        from infra.provider.smoke import SmokeTest

        return SmokeTest()
    if kind == "Cutover":
        from infra.provider.cutover import Cutover

        return Cutover()
    if kind == "Rollout":
        from infra.provider.rollout import Rollout

        return Rollout()
    raise LockgateError(f"lockgate:index:{kind} is not a resource of this provider; upgrade it together with the program")
