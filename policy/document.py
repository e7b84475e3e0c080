"""Renders the rules for docs/policy.md: `python -m policy.document` writes them there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.plan import Plan
from policy.check import check
from policy.model import Rule
from policy.table import RULES
from policy.values import document, items

PAGE = Path(__file__).parents[1] / "docs" / "policy.md"
BEGIN, END = "<!-- rules: written by `python -m policy.document` -->\n", "<!-- end of the rules -->\n"


def render() -> str:
    """Every rule with its reason, what tells its two examples apart, and what it says of the bad one."""
    return "\n".join(_rule(rule) for rule in RULES)


def with_rules(page: str) -> str:
    """The page with today's rules between its two marks."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n{render()}\n{END}{rest.partition(END)[2]}"


def _rule(rule: Rule) -> str:
    good, bad = (list(_lines(plan)) for plan in (rule.good, rule.bad))
    shown = [f"- {line}" for line in bad if line not in good] + [f"+ {line}" for line in good if line not in bad]
    said = "\n>\n".join(f"> {finding}" for finding in check(rule.bad))
    return f"### {rule.name} ({rule.severity})\n{rule.why}\n\n```diff\n" + "\n".join(shown) + f"\n```\n{said}\n"


def _lines(plan: Plan) -> Iterator[str]:
    """One line for each value in an example."""
    for change in plan.changes:
        head = f"{change.type.rpartition(':')[2]} {change.name}"
        yield f"{head}: {change.operation}"
        if change.operation not in ("same", "delete"):
            yield from (f"{head} before: {path} = {value}" for path, value in _values(change.old))
            yield from (f"{head}: {path} = {value}" for path, value in _values(change.new))


def _values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    value = document(value) or value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _values(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(items(value)):
            yield from _values(item, f"{path}[{index}]")
    elif isinstance(value, bool):
        yield path, str(value).lower()
    elif value is not None:
        yield from ((path, line) for line in str(value).splitlines())


if __name__ == "__main__":
    PAGE.write_text(with_rules(PAGE.read_text()))
