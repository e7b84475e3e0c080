"""Runs the rules on a preview."""

from __future__ import annotations

from collections.abc import Sequence

from infra.plan import Plan
from policy.model import Case, Context, Finding, Hit, Rule
from policy.table import RULES

DEFAULT = Context()


def check(plan: Plan, words: Sequence[str] = (), context: Context = DEFAULT) -> tuple[Finding, ...]:
    """What the rules find, denials first, then in the order of the rules.

    ``words`` are the URNs or names of stateful resources that may be deleted. Never raises on a plan, whatever it holds;
    of one that failed, the part that is there is checked.
    """
    case = Case(plan=plan, context=context, words=tuple(words))
    found = [_finding(rule, hit) for rule in RULES for hit in rule.check(case)]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _finding(rule: Rule, hit: Hit) -> Finding:
    return Finding(
        rule=rule.name,
        severity="warn" if hit.milder else rule.severity,
        resource=hit.change.urn,
        message=hit.message,
        remedy=hit.remedy,
    )
