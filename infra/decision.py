"""What an update does with the wanted release. Pure: the same release and ledger always give the same decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from infra.ledger import BLUE, Ledger, other_slot
from infra.release import Release

Action = Literal["bootstrap", "keep", "return", "deploy"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """``slot`` is the slot that has the traffic afterwards; ``slots`` what each slot then holds."""

    action: Action
    slot: str
    slots: Mapping[str, Release]
    reason: str


def decide(wanted: Release, ledger: Ledger) -> Decision:
    """The table of the release flow (docs/release-flow.md), for a blue-green service."""
    held = {slot: ledger.releases[key] for slot, key in ledger.slots.items()}
    if not ledger.live:
        return Decision(
            action="bootstrap",
            slot=BLUE,
            slots={BLUE: wanted},
            reason=f"first release: {wanted.id} is deployed into {BLUE}, then the service opens",
        )
    idle = other_slot(ledger.active)
    if wanted.id == ledger.live:
        return Decision(
            action="keep", slot=ledger.active, slots=held, reason=f"{wanted.id} is live in {ledger.active}: nothing to do"
        )
    if ledger.slots.get(idle) == wanted.id:
        return Decision(
            action="return",
            slot=idle,
            slots=held,
            reason=f"warm return: {wanted.id} still runs in {idle}; no deployment, the traffic moves there from {ledger.active}",
        )
    way_back = f"the way back to {ledger.live} in {ledger.active} stays warm"
    return Decision(
        action="deploy",
        slot=idle,
        slots={**held, idle: wanted},
        reason=f"deployment: {wanted.id} goes into {idle} (idle), passes its gates, then gets the traffic; {way_back}",
    )
