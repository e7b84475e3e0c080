"""The report: what the previews of all stacks say, judged, and without a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from infra.plan import Change, Operation, Plan
from operations.preview.cost import Cost
from operations.preview.effect import Effect
from policy import Finding

CHANGING: tuple[Operation, ...] = ("replace", "delete", "update", "create", "import")
"""The operations that change something, the most dangerous first."""

Undo = Literal["lost", "none", "cold", "warm", "settings", ""]
"""``lost``: data goes; ``none``: no earlier release; ``settings``: by going back to the earlier ones."""


@dataclass(frozen=True, kw_only=True)
class Drift:
    """What differs live from the state: ``old`` of a change is the state's, ``new`` what is live, None where it is gone.

    ``error`` is why it could not be looked for, "" where it could.
    """

    changes: tuple[Change, ...] = ()
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A stateful resource that the plan deletes or replaces, and ``what`` no update brings back."""

    change: Change
    what: str


@dataclass(frozen=True, kw_only=True)
class StackReport:
    """One stack. ``withheld`` is why there is no preview although nothing is wrong, "" where there is one.

    ``enforced`` says whether a denial by the policy counts. ``drift`` is None where it was not asked for. ``outputs`` are the
    names of the outputs that change.
    """

    plan: Plan
    effects: tuple[Effect, ...] = ()
    losses: tuple[Loss, ...] = ()
    findings: tuple[Finding, ...] = ()
    enforced: bool = True
    drift: Drift | None = None
    cost: Cost = field(default_factory=Cost)
    outputs: tuple[str, ...] = ()
    withheld: str = ""

    @property
    def name(self) -> str:
        return self.plan.stack

    @property
    def counts(self) -> Mapping[Operation, int]:
        """How many resources each operation touches."""
        return Counter(change.operation for change in self.plan.changes)

    @property
    def denied(self) -> Sequence[Finding]:
        return [finding for finding in self.findings if finding.severity == "deny"]

    @property
    def undo(self) -> Undo:
        """Whether what the plan does can be taken back: the worst of all that it does counts; "" for a plan without a change."""
        if self.losses:
            return "lost"
        ways = {effect.way_back for effect in self.effects}
        worst: tuple[Undo, ...] = ("none", "cold", "warm")
        return next((way for way in worst if way in ways), "settings" if self.of(*CHANGING) else "")

    @property
    def failed(self) -> bool:
        return bool(self.plan.error)

    @property
    def ok(self) -> bool:
        """Whether there is nothing that must be mended before an update."""
        return not self.failed and not (self.denied and self.enforced)

    def of(self, *operations: Operation) -> list[Change]:
        """The changes by these operations, in their order; among those by the same, what is lost for ever comes first."""
        lost = {loss.change.urn for loss in self.losses}
        found = sorted(self.plan.changes, key=lambda change: change.urn not in lost)
        return [change for operation in operations for change in found if change.operation == operation]

    @property
    def summary(self) -> str:
        """The counts in words, as in "1 to delete, 2 to update"."""
        parts = [f"{self.counts[operation]} to {operation}" for operation in CHANGING if self.counts[operation]]
        return ", ".join(parts) or "no change"

    @property
    def drifted(self) -> bool:
        """Whether something differs live from the state, or could not be looked at."""
        return self.drift is not None and bool(self.drift.changes or self.drift.error)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say but that nothing changes."""
        told = self.failed or self.withheld or self.findings or self.drifted or self.outputs or self.plan.notes
        return not told and not self.of(*CHANGING)

    @property
    def danger(self) -> int:
        """The higher, the earlier it is read."""
        drifted = self.drift is not None and bool(self.drift.changes)
        marks = (self.failed, self.denied, self.losses, self.of("replace", "delete"), self.effects, self.of(*CHANGING), drifted)
        return next((len(marks) - place for place, mark in enumerate(marks) if mark), 0)


@dataclass(frozen=True, kw_only=True)
class Report:
    """``fork`` says that it was made without secrets, for a pull request from a fork."""

    stacks: tuple[StackReport, ...]
    fork: bool = False

    @property
    def ok(self) -> bool:
        return all(stack.ok for stack in self.stacks)

    @property
    def by_danger(self) -> list[StackReport]:
        """The most dangerous stack first; those alike in the order in which they were asked for."""
        return sorted(self.stacks, key=lambda stack: -stack.danger)
