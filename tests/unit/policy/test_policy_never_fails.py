"""No preview, however broken, makes a rule fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.plan import SECRET, UNKNOWN, Plan
from policy import RULES, Rule, check
from policy.examples import plan

JUNK = st.sampled_from([None, UNKNOWN, SECRET, "", "{", "[]", 0, 1.5, True, [], {}, [None], [[]], [{}], {"a": None}, {"": []}])


def parts(value: Any) -> list[tuple[Any, ...]]:
    """The path of everything in ``value``, itself included."""
    below = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *path) for key, item in below for path in parts(item))]


def spoiled(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """A copy of ``value`` with ``junk`` at ``path``."""
    if not path:
        return junk
    items = value.items() if isinstance(value, Mapping) else enumerate(value)
    made = {key: spoiled(item, path[1:], junk) if key == path[0] else item for key, item in items}
    return made if isinstance(value, Mapping) else list(made.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@settings(deadline=None)
@given(data=st.data())
def test_no_part_that_is_missing_unknown_or_of_another_shape_makes_a_rule_fail(rule: Rule, data: st.DataObject) -> None:
    (made,) = data.draw(st.sampled_from([rule.good, rule.bad])).changes
    side = data.draw(st.sampled_from([side for side in ("old", "new") if getattr(made, side) is not None]))
    inputs = getattr(made, side)
    broken = spoiled(inputs, data.draw(st.sampled_from(parts(inputs)[1:] or [()])), data.draw(JUNK))
    check(plan(replace(made, **{side: broken if isinstance(broken, dict) else {}})))


def test_a_preview_that_failed_is_judged_by_what_there_is() -> None:
    assert check(Plan(stack="prod", error="the program failed")) == ()
    assert check(Plan(stack="prod", exists=False)) == ()
    bad = RULES[0].bad
    assert check(replace(bad, error="the program failed")) == check(bad)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_resource_without_inputs_is_passed_over(rule: Rule) -> None:
    check(plan(*(replace(made, old=None, new=None) for made in rule.bad.changes)))
