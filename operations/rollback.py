"""Going back: an earlier release of the ledger, written back into the stack's config and released again."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.errors import ReleaseError
from infra.ledger import Ledger
from infra.plain import plain
from infra.release import Release
from operations import images, release, report, stackfile, state
from operations.project import NAME
from operations.pulumi_cli import Pulumi


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


def plan(ledger: Ledger, wanted: str = "") -> Plan:
    """The return to ``wanted`` (an id, a beginning of one, or a version), or to what was live before.

    Raises ``ReleaseError`` with the reason, and with what is possible instead.
    """
    live = ledger.live_release
    if live is None:
        raise ReleaseError("rollback: nothing is live yet, so there is nothing to go back from; release something first")
    target = _named(ledger, wanted) if wanted else _previous(ledger)
    if target.id == live.id:
        raise ReleaseError(f"rollback: {target.id} is live already; {possible(ledger)}")
    return Plan(target=target, live=live, slot=warm_slot(ledger, target.id))


def previous_id(ledger: Ledger) -> str:
    """The release that was live before the one that is, or "" where the ledger knows none."""
    return next((e.release for e in ledger.history if e.release != ledger.live and e.release in ledger.releases), "")


def warm_slot(ledger: Ledger, key: str) -> str:
    """The idle slot that holds the release, or ""."""
    return next((slot for slot, held in ledger.slots.items() if held == key and slot != ledger.active), "")


def possible(ledger: Ledger) -> str:
    """The releases that one can go back to, in words."""
    others = [key for key in ledger.releases if key != ledger.live]
    if not others:
        return "the ledger knows no other release"
    return "possible are: " + ", ".join(f"{key} ({'warm' if warm_slot(ledger, key) else 'cold'})" for key in others)


def _previous(ledger: Ledger) -> Release:
    key = previous_id(ledger)
    if not key:
        raise ReleaseError(f"rollback: {ledger.live} is the first release of this stack; {possible(ledger)}")
    return ledger.releases[key]


def _named(ledger: Ledger, wanted: str) -> Release:
    if wanted in ledger.releases:
        return ledger.releases[wanted]
    known = ledger.releases.values()
    fits = [one for one in known if one.version == wanted] or [one for one in known if one.id.startswith(wanted)]
    if len(fits) == 1:
        return fits[0]
    if not fits:
        raise ReleaseError(f"rollback --to {wanted}: the ledger has no release with this id or version; {possible(ledger)}")
    raise ReleaseError(f"rollback --to {wanted}: fits {', '.join(one.id for one in fits)}; name one of these in full")


def check_image(going: Plan, ledger: Ledger) -> None:
    """A cold return needs the image in its registry. Raises ``ReleaseError`` where it is not."""
    if going.warm:
        return
    try:
        images.resolve(going.target.image)
    except ReleaseError as error:
        raise ReleaseError(
            f"rollback to {going.target.id}: it must be deployed again, but {error}; {possible(ledger)}"
        ) from error


def keys_of(pulumi: Pulumi, stack: str, target: Release, note: str) -> dict[str, Any]:
    """The release's content as config keys, None for those that go, pinned to its id."""
    return {
        "image": target.image,
        "version": target.version,
        "config": plain(target.config) or None,
        "revision": target.revision or None,
        "secrets": _sealed(pulumi, stack, target.secret) if target.secret else None,
        "note": note or None,
        "release": target.id,
    }


def _sealed(pulumi: Pulumi, stack: str, name: str) -> Mapping[str, str]:
    """The release's secrets as the stack's config holds them: encrypted by Pulumi, in a file of their own."""
    values = state.secret_values(pulumi, stack, name)
    stack_file = pulumi.project.stack_file(stack)
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        scratch = Path(folder) / stack_file.name
        for key in ("secretsprovider", "encryptedkey", stackfile.SALT):
            value = stackfile.top(stack_file, key)
            if value is not None:
                stackfile.set_top(scratch, key, value)
        pulumi.run(
            "config", "set", "-s", stack, "--config-file", str(scratch), "--secret", "secrets", text=report.as_json(values)
        )
        sealed: Mapping[str, str] = yaml.safe_load(scratch.read_text())["config"][f"{NAME}:secrets"]
    return sealed


def rollback(pulumi: Pulumi, stack: str, going: Plan, before: state.StackState, note: str) -> report.Result:
    """Runs the update that goes back."""
    return release.apply(pulumi, stack, keys_of(pulumi, stack, going.target, note), before, "rollback")
