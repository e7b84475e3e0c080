"""Moving the traffic to the other slot, watching it there, and moving it back when it misbehaves."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

import httpx2
from lightkube import ApiError

from infra.errors import ReleaseError
from infra.labels import SLOT
from infra.ledger import Ledger, other_slot
from infra.plain import plain
from infra.provider.bake import bake
from infra.provider.context import Context, PhaseError
from infra.provider.pods import judge
from infra.provider.prober import Prober
from infra.provider.record import read_ledger, recorded
from infra.provider.traffic import Traffic
from infra.release import Release


class EditedError(PhaseError):
    """Someone else changed the Service: it is left as they want it."""


def _enough_ready(ctx: Context, traffic: Traffic, slot: str, release: str, live: str) -> None:
    """Waits until the slot serves the release and no other one: a rejected release's pods may still be in it."""

    def check() -> str | None:
        now = judge(ctx.cluster.pods(traffic.namespace, traffic.selector(slot)), release)
        if now.ready >= traffic.replicas and not now.others:
            return None
        others = f", {now.others} pods of another release remain" if now.others else ""
        return f"{now.ready} of {traffic.replicas} pods of {release} in {slot} are ready{others}"

    ctx.until(check, traffic.seconds, lambda waiting: PhaseError("cutover", f"{waiting} after {traffic.seconds:.0f} s", live))


def _swap(ctx: Context, traffic: Traffic, slot: str, expected: str, live: str) -> None:
    """Sends the traffic to ``slot``, by compare and swap; goes on where it is there already."""

    def attempt() -> str | None:
        service = ctx.cluster.service(traffic.namespace, traffic.service)
        if service is None or service.metadata is None:
            raise EditedError("cutover", f"Service {traffic.service} is gone", live)
        found = ((service.spec.selector if service.spec else None) or {}).get(SLOT, "")
        if found not in (slot, expected):
            what = f"Service {traffic.service} selects {found or 'no slot'}, not {expected or 'none'}: someone changed it"
            raise EditedError("cutover", what, live)
        try:
            version = service.metadata.resourceVersion
            ctx.cluster.select(traffic.namespace, traffic.service, traffic.selector(slot), version=version)
        except ApiError as error:
            if error.status.code == httpx2.codes.CONFLICT:
                return "the Service changed under the swap"
            raise
        return None

    ctx.until(attempt, traffic.seconds, lambda waiting: PhaseError("cutover", waiting, live))


def _arrived(ctx: Context, traffic: Traffic, slot: str, live: str) -> None:
    """Waits until the EndpointSlices show the slot, and only it, with enough ready endpoints."""

    def check() -> str | None:
        names = _pods(ctx, traffic, slot)
        now = ctx.cluster.endpoints(traffic.namespace, traffic.service)
        stale = now.ready - names
        if not stale and len(now.ready) >= traffic.replicas:
            return None
        return f"{len(now.ready & names)} of {traffic.replicas} endpoints are ready, {len(stale)} of the other slot remain"

    ctx.until(check, traffic.seconds, lambda waiting: PhaseError("cutover", f"{waiting} after {traffic.seconds:.0f} s", live))


def _pods(ctx: Context, traffic: Traffic, slot: str) -> frozenset[str]:
    pods = ctx.cluster.pods(traffic.namespace, traffic.selector(slot))
    return frozenset(pod.metadata.name for pod in pods if pod.metadata and pod.metadata.name)


class Cutover:
    """``lockgate:index:Cutover``: moves the traffic, and keeps the ledger of what was live.

    Inputs: those of ``Traffic``; ``slot``; ``release`` as in the ledger; ``note``, ``ledgerLimit``; ``secrets``, the values of
    the Secrets that the ledger's releases need, by name. Outputs: the inputs, ``ledger``, and
    ``pods``, those of the ledger's releases.
    """

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        ledger = read_ledger(old)
        release, slot = Release.from_dict(new["release"]), new["slot"]
        traffic = Traffic(**plain({key: new[key] for key in Traffic.__dataclass_fields__}))
        evidence = _cut_over(ctx, traffic, slot, (old or {}).get("slot", ""), ledger, release.id)
        return recorded(ledger, release, slot, new, evidence)

    def read(self, state: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        """The slot as the cluster has it; a Service that is gone leaves the ledger as it is."""
        return {**state, "slot": ctx.cluster.selected_slot(state["namespace"], state["service"]) or ""}


def _cut_over(ctx: Context, traffic: Traffic, slot: str, recorded: str, ledger: Ledger, release: str) -> dict[str, Any]:
    live = f"{ledger.live} in {ledger.active}" if ledger.live else ""
    _enough_ready(ctx, traffic, slot, release, live)
    started = time.monotonic()
    if not ledger.live:
        _swap(ctx, traffic, slot, recorded, live)
        _arrived(ctx, traffic, slot, live)
        ctx.cluster.select(traffic.namespace, traffic.preview, traffic.selector(slot))
        return {"requests": 0, "failed": 0, "seconds": round(time.monotonic() - started, 2), "bakeSeconds": 0}
    with Prober(ctx.cluster, traffic.namespace, traffic.service, traffic.port, traffic.path) as prober:
        ctx.say(f"moving the traffic to {slot}")
        try:
            _swap(ctx, traffic, slot, recorded, live)
            _arrived(ctx, traffic, slot, live)
            seconds = time.monotonic() - started
            ctx.cluster.select(traffic.namespace, traffic.preview, traffic.selector(other_slot(slot)))
            bake(ctx, traffic, slot, prober)
        except EditedError:
            raise
        except Exception as error:
            _go_back(ctx, traffic, slot, ledger, error)
    return {
        "requests": prober.requests,
        "failed": prober.failed,
        "seconds": round(seconds, 2),
        "bakeSeconds": traffic.bakeSeconds,
    }


def _go_back(ctx: Context, traffic: Traffic, slot: str, ledger: Ledger, error: Exception) -> NoReturn:
    phase, cause = (error.phase, error.cause) if isinstance(error, PhaseError) else ("bake", str(error))
    back = f"{ledger.live} in {ledger.active}"
    if slot == ledger.active:
        raise PhaseError(phase, cause, back) from error
    if not traffic.moveBack:
        raise ReleaseError(
            f"{phase}: {cause}\nrollbackEnabled is false: the traffic stays in {slot}, while the ledger goes on with {back}. "
            "Run the same update again to bake it once more, or `pulumi up --refresh` with the old release's config to go back"
        ) from error
    ctx.say(f"moving the traffic back to {ledger.active}: {cause}")

    def attempt() -> None:
        ctx.cluster.select(traffic.namespace, traffic.service, traffic.selector(ledger.active))
        ctx.cluster.select(traffic.namespace, traffic.preview, traffic.selector(slot))

    def late(waiting: str) -> Exception:
        return ReleaseError(
            f"{phase}: {cause}\nThe traffic could not be moved back from {slot} to {back}: {waiting}. Run `pulumi up --refresh` "
            "with the old release's config, or `lockgate rollback`, as soon as the API server answers"
        )

    replace(ctx, stop=threading.Event(), deadline=math.inf).until(attempt, traffic.seconds, late)
    raise PhaseError(phase, f"{cause}\nthe traffic was moved back", back) from error
