"""The watch after a cutover."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

import httpx2

from infra.errors import ReleaseError
from infra.kubernetes import is_passing
from infra.provider.context import Context
from infra.provider.pods import restarts
from infra.provider.prober import Prober
from infra.provider.traffic import Traffic

FAILURES_IN_A_ROW = 3
"""How many answers in a row may fail: one alone may be the network's."""


class BakeError(ReleaseError):
    """The new release misbehaves."""


def bake(ctx: Context, traffic: Traffic, slot: str, prober: Prober) -> None:
    """Watches the slot for ``bakeSeconds``. Raises ``BakeError`` as soon as a pod restarts, or answers fail in a row."""
    deadline = time.monotonic() + traffic.bakeSeconds
    before: dict[str, int] = {}
    unready: Counter[str] = Counter()
    with ctx.cluster.http() as http:
        while (left := deadline - time.monotonic()) > 0:
            failed = f", {prober.failed} requests failed" if prober.failed else ""
            ctx.say(f"baking in {slot}: {left:.0f} s left{failed}")
            if prober.streak >= FAILURES_IN_A_ROW:
                raise BakeError(f"{prober.streak} requests in a row failed: {prober.cause}")
            _check_restarts(ctx, traffic, slot, before)
            _check_pods(http, traffic, before, unready)
            ctx.wait()


def _check_restarts(ctx: Context, traffic: Traffic, slot: str, before: dict[str, int]) -> None:
    try:
        now = restarts(ctx.cluster.pods(traffic.namespace, traffic.selector(slot)))
    except httpx2.HTTPError as error:
        if not is_passing(error):
            raise
        return
    for pod, count in now.items():
        if count > before.setdefault(pod, count):
            raise BakeError(f"pod {pod} was restarted {count - before[pod]} times")


def _check_pods(http: httpx2.Client, traffic: Traffic, pods: Iterable[str], unready: Counter[str]) -> None:
    """Asks each pod itself, on the port of its own (the API server takes the pod's first), sooner than the kubelet would act."""
    for pod in pods:
        path = f"/api/v1/namespaces/{traffic.namespace}/pods/{pod}/proxy{traffic.readinessPath}"
        try:
            response = http.get(path)
        except httpx2.TransportError:
            continue
        unready[pod] = unready[pod] + 1 if response.is_server_error else 0
        if unready[pod] >= FAILURES_IN_A_ROW:
            raise BakeError(f"pod {pod}: GET {traffic.readinessPath} answers {response.status_code}: {response.text[:200]}")
