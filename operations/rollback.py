"""Going back: an earlier release of the ledger, written back into the stack's config and released again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import ReleaseError
from infra.ledger import Ledger
from infra.plain import plain
from infra.release import Release
from operations import images, release, report, state
from operations.artifacts.verify import require
from operations.pulumi_cli import Pulumi
from operations.sealing import sealed
from operations.state import StackState


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where to go back to. ``slot`` is empty for a cold return, and for a rolling service."""

    target: Release
    live: Release
    slot: str

    @property
    def warm(self) -> bool:
        return bool(self.slot)

    def __str__(self) -> str:
        how = f"warm: it still runs in {self.slot}, only the traffic moves" if self.warm else "cold: it is deployed again first"
        return f"from {self.live.id} back to {self.target.id} ({how})"


def plan(known: StackState, wanted: str = "") -> Plan:
    """The return to ``wanted`` (an id, a beginning of one, or a version), or to what was live before.

    Raises ``ReleaseError`` with the reason, and with what is possible instead.
    """
    ledger = known.ledger
    live = ledger.live_release
    if live is None:
        raise ReleaseError("rollback: nothing is live yet, so there is nothing to go back from; release something first")
    target = _named(known, wanted) if wanted else _previous(known)
    if target.id == live.id:
        raise ReleaseError(f"rollback: {target.id} is live already; {possible(known)}")
    return Plan(target=target, live=live, slot=known.warm_slot(target.id))


def previous_id(ledger: Ledger) -> str:
    """The release that was live before the one that is, or "" where the ledger knows none."""
    return next((e.release for e in ledger.history if e.release != ledger.live and e.release in ledger.releases), "")


def possible(known: StackState) -> str:
    """The releases that one can go back to, in words."""
    others = [key for key in known.ledger.releases if key != known.ledger.live]
    if not others:
        return "the ledger knows no other release"
    return "possible are: " + ", ".join(f"{key} ({'warm' if known.warm_slot(key) else 'cold'})" for key in others)


def _previous(known: StackState) -> Release:
    key = previous_id(known.ledger)
    if not key:
        raise ReleaseError(f"rollback: {known.ledger.live} is the first release of this stack; {possible(known)}")
    return known.ledger.releases[key]


def _named(known: StackState, wanted: str) -> Release:
    ledger = known.ledger
    if wanted in ledger.releases:
        return ledger.releases[wanted]
    all_known = list(ledger.releases.values())
    fits = [one for one in all_known if one.version == wanted] or [one for one in all_known if one.id.startswith(wanted)]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise ReleaseError(f"rollback --to {wanted}: the ledger has no release with this id or version; {possible(known)}")
    raise ReleaseError(f"rollback --to {wanted}: fits {', '.join(one.id for one in fits)}; name one of these in full")


def check_image(going: Plan, known: StackState) -> None:
    """A cold return needs the image in its registry. Raises ``ReleaseError`` where it is not."""
    if going.warm:
        return
    try:
        images.resolve(going.target.image)
    except ReleaseError as error:
        raise ReleaseError(f"rollback to {going.target.id}: it must be deployed again, but {error}; {possible(known)}") from error


def keys_of(pulumi: Pulumi, stack: str, target: Release, note: str) -> dict[str, Any]:
    """The release's content as config keys, None for those that go, pinned to its id."""
    return {
        "image": target.image,
        "version": target.version,
        "config": plain(target.config) or None,
        "revision": target.revision or None,
        "secrets": _secrets(pulumi, stack, target.secret) if target.secret else None,
        "note": note or None,
        "release": target.id,
    }


def _secrets(pulumi: Pulumi, stack: str, name: str) -> Mapping[str, str]:
    """The release's secrets as the stack's config holds them."""
    return sealed(pulumi, stack, "secrets", report.as_json(state.secret_values(pulumi, stack, name)))


def rollback(pulumi: Pulumi, stack: str, going: Plan, before: StackState, note: str) -> report.Result:
    """Runs the update that goes back. Raises ``ReleaseError`` where the image's provenance is required and does not verify."""
    require(pulumi.project, stack, images.split(going.target.image), going.target.revision)
    return release.apply(pulumi, stack, keys_of(pulumi, stack, going.target, note), before, "rollback")
