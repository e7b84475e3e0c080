"""Before anything is touched: is what is live what the state says?

After a crash or a hand edit, the slot that the state calls idle may be the one that has the traffic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from infra.errors import ReleaseError
from infra.provider.context import Context


class Preflight:
    """``lockgate:index:Preflight``: looks at every preview and update, and never has a change of its own.

    Inputs: ``namespace``, ``service``; ``recorded``, the slot that the state says has the traffic ("" for none), which after
    a refresh is the cluster's, and in an update that begins with one is what that has seen; ``active`` and ``live``, the slot
    and the release that the ledger says are live; ``slot`` and ``release``, what this update makes live.
    """

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        self._check({**new, "recorded": (old or new)["recorded"]}, ctx)
        return dict(new)

    def read(self, state: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        """The slot that has the traffic: the program still reads the one from before the refresh."""
        return {**state, "recorded": ctx.cluster.selected_slot(state["namespace"], state["service"]) or ""}

    def _check(self, new: Mapping[str, Any], ctx: Context) -> None:
        namespace, service, recorded = new["namespace"], new["service"], new["recorded"]
        try:
            found = ctx.cluster.selected_slot(namespace, service)
        except httpx2.TransportError as error:
            raise ReleaseError(
                f"preflight: the API server at {ctx.cluster.server} does not answer ({type(error).__name__}), so that what is "
                "live cannot be checked; nothing was changed. Run `lockgate lab up`, or check kubeContext"
            ) from error
        agreed = found == recorded or (found is None and not recorded)
        if agreed and (not found or new["active"] in (found, new["slot"])):
            return
        deployed = ctx.cluster.deployed_release(namespace, f"{service}-{found}") if found else ""
        if found == new["slot"] and deployed == new["release"]:
            return
        raise ReleaseError(_explain(new, found, deployed))


def _explain(new: Mapping[str, Any], found: str | None, deployed: str) -> str:
    where = f"Service {new['namespace']}/{new['service']}"
    stated = f"{new['live']} in {new['active']}" if new["live"] else "nothing live"
    if found is None:
        return (
            f"preflight: {where} is gone, while the state says {stated}; nothing was changed. "
            "Run `pulumi up --refresh` to make it anew"
        )
    if not found:
        return (
            f"preflight: {where} selects no slot, while the state says {stated}; nothing was changed. "
            "Run `pulumi up --refresh` to restore the state's"
        )
    held = deployed or "no release of ours"
    return (
        f"preflight: {where} sends the traffic to {held} in {found}, while the state says {stated}. This comes from an update "
        f"that was killed after its cutover, or from an edit by hand; nothing was changed. To keep {held} live, release it "
        f"again: `lockgate release` with its image, or `lockgate rollback --to {held}` where the ledger has it. "
        f"To restore {stated}: `pulumi up --refresh` with that release's config"
    )
