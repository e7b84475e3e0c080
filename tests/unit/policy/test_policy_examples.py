"""Each rule on its own two examples, and what holds for all of them."""

from __future__ import annotations

import pytest
from asking import said

from policy import RULES, Rule, check
from policy.examples import change, deployment, plan, workflow


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_passes_over_its_good_example(rule: Rule) -> None:
    assert check(rule.good) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_alone_objects_to_its_bad_example(rule: Rule) -> None:
    assert said(rule.bad) == {(rule.name, rule.severity)}


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_denials_come_first() -> None:
    tried = plan(*deployment(container={"resources": {}}).changes, *workflow("a/b@v1").changes)
    assert [finding.severity for finding in check(tried)] == ["deny", "warn"]


def test_what_a_stack_only_reads_or_deletes_is_not_judged() -> None:
    (made,) = deployment(container={"image": "nginx"}).changes
    assert said(plan(change(made.type, "web", made.new, "read"))) == set()
    assert said(plan(change(made.type, "web", None, "delete", old=made.new))) == set()
    assert said(plan(change(made.type, "web", made.new, "same", old=made.new))) != set()
