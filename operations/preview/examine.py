"""Judges one preview: what it does to the traffic, what would be lost, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from infra.ledger import Ledger
from infra.plan import Plan
from operations.preview.cost import Rates, cost
from operations.preview.effect import effects
from operations.preview.hide import hide, hide_change, hide_text
from operations.preview.model import Drift, Loss, StackReport
from policy import Finding
from policy.deletions import STATEFUL

DECIDED = ("first release: ", "warm return: ", "deployment: ", "rolling release: ")
"""How the components begin what an effect says already."""


def examine(
    plan: Plan,
    *,
    ledgers: Mapping[str, Ledger],
    rates: Rates,
    findings: Sequence[Finding] = (),
    enforced: bool = True,
    drift: Drift | None = None,
    outputs: tuple[str, ...] = (),
    withheld: str = "",
) -> StackReport:
    """The report of a stack. ``findings`` are the policy's, which saw the plan as it is; ``enforced``: a denial counts.

    What a failed preview had seen before its end says nothing, and is left out.
    """
    notes = tuple(note for note in plan.notes if not note.startswith(DECIDED))
    shown = hide(replace(plan, notes=notes, changes=() if plan.error else plan.changes))
    return StackReport(
        plan=shown,
        effects=effects(shown, ledgers),
        losses=_losses(shown),
        findings=tuple(map(_hidden, findings)),
        enforced=enforced,
        drift=_hidden_drift(drift) if drift else None,
        cost=cost(shown, rates),
        outputs=outputs if not plan.error else (),
        withheld=hide_text(withheld),
    )


def _hidden_drift(drift: Drift) -> Drift:
    return Drift(changes=tuple(map(hide_change, drift.changes)), error=hide_text(drift.error))


def _losses(plan: Plan) -> tuple[Loss, ...]:
    gone = (change for change in plan.changes if change.operation in ("replace", "delete") and change.type in STATEFUL)
    return tuple(Loss(change=change, what=STATEFUL[change.type]) for change in gone)


def _hidden(finding: Finding) -> Finding:
    return replace(finding, message=hide_text(finding.message), remedy=hide_text(finding.remedy))
