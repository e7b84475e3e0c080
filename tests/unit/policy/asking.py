"""How the tests ask the rules."""

from __future__ import annotations

from infra.plan import Plan
from policy import Context, check


def said(tried: Plan, *words: str, **known: str) -> set[tuple[str, str]]:
    """Rule and severity of each finding."""
    return {(finding.rule, finding.severity) for finding in check(tried, words, Context(**known))}
