"""The ledger in the state of the resource that makes a release live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from infra.ledger import Ledger
from infra.release import Release


def read_ledger(old: Mapping[str, Any] | None) -> Ledger:
    """The ledger of the state before; an empty one for a resource that is new."""
    state = old or {}
    return Ledger.from_dict(state.get("ledger"), state.get("pods"))


def recorded(ledger: Ledger, release: Release, slot: str, new: Mapping[str, Any], evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The state after ``release`` went live: the inputs, the ledger, and the pods of its releases."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    after = ledger.make_live(release, slot, int(new["ledgerLimit"]), at=at, note=new.get("note") or "", evidence=evidence)
    return {**new, "ledger": after.to_dict(), "pods": after.pods()}
