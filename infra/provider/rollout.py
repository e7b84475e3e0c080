"""A rolling release: watch the Deployment roll, test it, and undo it when it fails."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from lightkube.resources.apps_v1 import Deployment

from infra.errors import ReleaseError
from infra.ledger import Ledger
from infra.plain import plain
from infra.provider.context import Context, PhaseError
from infra.provider.prober import Prober
from infra.provider.ready import Wanted, wait_ready
from infra.provider.record import read_ledger, recorded
from infra.provider.smoke import Smoke, run_smoke
from infra.release import Release


class Rollout:
    """``lockgate:index:Rollout``: sees a rolling release through, and keeps the ledger of what was live.

    Inputs: ``release`` as in the ledger; ``manifest``, its Deployment, and ``previous``, that of the live release (or None);
    ``ready`` and ``smoke`` (or None), the gates; ``note``, ``ledgerLimit``, ``secrets``. Outputs: the inputs, ``ledger``, and
    ``pods``, those of the ledger's releases.
    """

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        ledger = read_ledger(old)
        release = Release.from_dict(new["release"])
        try:
            evidence = _roll(ctx, new, release, ledger)
        except Exception as error:
            _undo(ctx, new, ledger, error)
            raise
        return recorded(ledger, release, "", new, evidence)


def _roll(ctx: Context, new: Mapping[str, Any], release: Release, ledger: Ledger) -> dict[str, Any]:
    wanted = Wanted(**plain(new["ready"]))
    if ctx.cluster.deployed_release(wanted.namespace, wanted.deployment) != release.id:
        _apply(ctx, new["manifest"])
    if not ledger.live:
        seconds = wait_ready(ctx, wanted)
        _smoke(ctx, new)
        return {"requests": 0, "failed": 0, "seconds": round(seconds, 2), "bakeSeconds": 0}
    probe = plain(new["probe"])
    with Prober(ctx.cluster, wanted.namespace, probe["service"], probe["port"], probe["path"]) as prober:
        seconds = wait_ready(ctx, wanted)
        _smoke(ctx, new)
    return {"requests": prober.requests, "failed": prober.failed, "seconds": round(seconds, 2), "bakeSeconds": 0}


def _smoke(ctx: Context, new: Mapping[str, Any]) -> None:
    if new.get("smoke"):
        run_smoke(ctx, Smoke(**plain(new["smoke"])))


def _apply(ctx: Context, manifest: Mapping[str, Any]) -> None:
    deployment = Deployment.from_dict(plain(manifest))
    ctx.cluster.client.apply(cast(Deployment, deployment), force=True)


def _undo(ctx: Context, new: Mapping[str, Any], ledger: Ledger, error: Exception) -> None:
    """Puts the live release's Deployment back. The field manager is the one that the program uses, so that both agree."""
    if not new.get("previous"):
        return
    ctx = replace(ctx, stop=threading.Event())
    phase = error.phase if isinstance(error, PhaseError) else "rollout"
    cause = error.cause if isinstance(error, PhaseError) else str(error)
    if not new["undo"]:
        raise ReleaseError(f"{phase}: {cause}\nrollbackEnabled is false: the rollout was not undone") from error
    ctx.say(f"undoing: back to {ledger.live}")
    try:
        _apply(ctx, new["previous"])
        wait_ready(ctx, replace(Wanted(**plain(new["ready"])), release=ledger.live))
    except Exception as failure:
        raise ReleaseError(f"{phase}: {cause}\nThe rollout could not be undone to {ledger.live}: {failure}") from failure
    raise PhaseError(phase, f"{cause}\nthe rollout was undone", ledger.live) from error
