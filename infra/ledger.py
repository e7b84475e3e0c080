"""The ledger: the releases that a stack has seen, newest first, and what is in which slot.

It is written by the resource that moves the traffic, only after the traffic has moved, and travels with the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from infra.errors import StateError
from infra.plain import plain
from infra.release import Release

BLUE = "blue"
GREEN = "green"
SLOTS = (BLUE, GREEN)
DEFAULT_LIMIT = 10
KEEPERS = ("lockgate:index:Cutover", "lockgate:index:Rollout")
"""The types of the resources that keep a ledger: a blue-green service's, and a rolling one's."""


def other_slot(slot: str) -> str:
    """The other one of the two slots."""
    return GREEN if slot == BLUE else BLUE


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change of what is live.

    ``kind`` is ``bootstrap``, ``release`` or ``rollback`` (to a release that was live before). ``slot`` is empty for a
    rolling service. ``at`` is the time in UTC, ISO 8601. ``previous`` is the release that was live before, or empty.
    ``evidence`` holds ``from``, ``to``, ``requests``, ``failed``, ``seconds`` and ``bakeSeconds`` of the cutover.
    """

    release: str
    slot: str
    kind: str
    at: str
    previous: str = ""
    note: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """The empty ledger is that of a stack that never had a release."""

    live: str = ""
    active: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, Release] = field(default_factory=dict)
    history: tuple[Entry, ...] = ()

    def release_in(self, slot: str) -> Release | None:
        """The release that the slot holds, or None."""
        return self.releases[self.slots[slot]] if slot in self.slots else None

    @property
    def live_release(self) -> Release | None:
        """The release that has the traffic, or None."""
        return self.releases[self.live] if self.live else None

    def record(self, release: Release, entry: Entry, limit: int = DEFAULT_LIMIT) -> Ledger:
        """The ledger after ``release`` became live: at most ``limit`` releases, those in the slots always among them."""
        slots = {**self.slots, entry.slot: release.id} if entry.slot else {}
        history = (entry, *self.history)
        known = {**self.releases, release.id: release}
        newest_first = dict.fromkeys([release.id, *slots.values(), *(past.release for past in history)])
        kept = [key for key in newest_first if key in known][: max(limit, len(SLOTS))]
        return Ledger(
            live=release.id,
            active=entry.slot,
            slots=slots,
            releases={key: known[key] for key in kept},
            history=tuple(past for past in history if past.release in kept),
        )

    def make_live(
        self, release: Release, slot: str, limit: int, *, at: str = "", note: str = "", evidence: Mapping[str, Any] | None = None
    ) -> Ledger:
        """The ledger after ``release`` went live in ``slot``; the same one where it was live already."""
        if release.id == self.live:
            return self
        entry = Entry(
            release=release.id,
            slot=slot,
            kind=self.kind_of(release),
            at=at,
            previous=self.live,
            note=note,
            evidence={"from": self.live, "to": release.id, **(evidence or {})},
        )
        return self.record(release, entry, limit)

    def kind_of(self, release: Release) -> str:
        """What making ``release`` live would be."""
        if not self.live:
            return "bootstrap"
        return "rollback" if release.id in self.releases else "release"

    def to_dict(self) -> dict[str, Any]:
        """As it stands in the stack's outputs: without the releases' pods, which are long."""
        releases = {key: asdict(release) for key, release in self.releases.items()}
        for release in releases.values():
            del release["pod"]
        return {
            "live": self.live,
            "active": self.active,
            "slots": dict(self.slots),
            "releases": releases,
            "history": [asdict(entry) for entry in self.history],
        }

    def pods(self) -> dict[str, Mapping[str, Any]]:
        """The pods of the releases, by id: what ``from_dict`` needs beside ``to_dict`` to deploy one again."""
        return {key: release.pod for key, release in self.releases.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any] | None, pods: Mapping[str, Any] | None = None) -> Ledger:
        """Reads what ``to_dict`` and ``pods`` wrote; None and {} are a stack without a release.

        Raises ``StateError`` when it contradicts itself.
        """
        values = plain(data or {})
        if not values:
            return cls()
        try:
            ledger = cls(
                live=values["live"],
                active=values.get("active") or "",
                slots=values.get("slots") or {},
                releases={key: Release.from_dict(item, (pods or {}).get(key)) for key, item in values["releases"].items()},
                history=tuple(Entry(**item) for item in values.get("history") or []),
            )
            missing = {ledger.live, *ledger.slots.values()} - {"", *ledger.releases}
        except (KeyError, TypeError, AttributeError) as error:
            raise StateError(f"ledger: cannot be read ({error!r}); restore the stack's state from a backup") from error
        if missing:
            lacking = ", ".join(sorted(map(str, missing)))
            raise StateError(f"ledger.releases lacks {lacking}, which is in use; restore the stack's state from a backup")
        return ledger
