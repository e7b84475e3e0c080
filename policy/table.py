"""All the rules, in the order in which people read them."""

from __future__ import annotations

from policy import cloud, deletions, environments, images, labels, pods, repositories, rulesets, secrets, workflows
from policy.model import Rule

MODULES = (deletions, secrets, images, pods, labels, workflows, environments, rulesets, repositories, cloud)
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)
