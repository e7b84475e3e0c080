"""Rules that a preview must pass: pure functions on ``infra.plan.Plan``."""

from policy.check import check
from policy.model import Context, Finding, Rule
from policy.table import RULES

__all__ = ["RULES", "Context", "Finding", "Rule", "check"]
