"""The first gate: the release's pods are ready, and the slot holds no other ones."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lightkube import ApiError
from lightkube.resources.apps_v1 import Deployment

from infra.plain import plain
from infra.provider.context import Context, PhaseError
from infra.provider.pods import Trouble, judge

PATIENCE_SECONDS = 3.0
"""How long a trouble must last before it ends the release."""

LOG_LINES = 5


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is waited for: ``replicas`` ready pods of ``release`` among those of ``deployment``."""

    namespace: str
    deployment: str
    release: str
    replicas: int
    seconds: float
    live: str


def wait_ready(ctx: Context, wanted: Wanted) -> float:
    """Waits until the Deployment runs only the release, ready; gives the seconds it took. Raises ``PhaseError``."""
    started = time.monotonic()
    since: dict[str, float] = {}

    def check() -> str | None:
        deployment = ctx.cluster.deployment(wanted.namespace, wanted.deployment)
        if deployment is None:
            return f"Deployment {wanted.deployment} does not exist yet"
        verdict = judge(ctx.cluster.pods(wanted.namespace, _selector(deployment)), wanted.release)
        if verdict.trouble:
            first_seen = since.setdefault(verdict.trouble.container + verdict.trouble.reason[:12], time.monotonic())
            if verdict.trouble.logged or time.monotonic() - first_seen >= PATIENCE_SECONDS:
                raise PhaseError("ready", _with_log(ctx, wanted.namespace, verdict.trouble), wanted.live)
        else:
            since.clear()
        if verdict.ready >= wanted.replicas and verdict.others == 0 and _settled(deployment):
            return None
        more = verdict.waiting or _replica_failure(deployment)
        return f"{verdict.ready} of {wanted.replicas} pods ready" + (f"; {more}" if more else "")

    def late(waiting: str) -> Exception:
        return PhaseError("ready", f"not ready after {wanted.seconds:.0f} s: {waiting}", wanted.live)

    ctx.until(check, wanted.seconds, late)
    return time.monotonic() - started


def _selector(deployment: Deployment) -> dict[str, str]:
    return (deployment.spec.selector.matchLabels if deployment.spec else None) or {}


def _settled(deployment: Deployment) -> bool:
    """Whether the Deployment's controller has seen the newest spec."""
    seen = deployment.status.observedGeneration if deployment.status else None
    generation = deployment.metadata.generation if deployment.metadata else None
    return (seen or 0) >= (generation or 0)


def _replica_failure(deployment: Deployment) -> str:
    conditions = (deployment.status.conditions if deployment.status else None) or []
    return next((f"{c.reason}: {c.message}" for c in conditions if c.type == "ReplicaFailure" and c.status == "True"), "")


def _with_log(ctx: Context, namespace: str, trouble: Trouble) -> str:
    if not trouble.logged:
        return str(trouble)
    try:
        lines = list(
            ctx.cluster.client.log(
                trouble.pod, namespace=namespace, container=trouble.container, tail_lines=LOG_LINES, newlines=False
            )
        )
    except ApiError as error:
        return f"{trouble} (its log cannot be read: {error.status.message})"
    return "\n".join([str(trouble), "its last log lines:", *(f"  {line}" for line in lines)]) if lines else str(trouble)


class SlotReady:
    """``lockgate:index:SlotReady``: runs once for each release that comes into the slot."""

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Context) -> dict[str, Any]:  # noqa: ARG002
        wanted = Wanted(**plain({key: new[key] for key in Wanted.__dataclass_fields__}))
        return {**new, "readyAfterSeconds": round(wait_ready(ctx, wanted), 1)}
