"""The report for programs is what the docs say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reports import REPOSITORY, change, finding, report, stack

from operations.preview import schema
from operations.preview.effect import Effect
from operations.preview.model import Drift
from operations.preview.values import Difference


def test_json_has_the_members_that_the_docs_promise() -> None:
    moved = change("update", old={"a": 1}, new={}, keys=("a",))
    made = schema.to_dict(report(stack("prod", moved, change("same"), drift=Drift(changes=(change("delete", keys=()),)))))
    json.dumps(made)
    assert (made["version"], made["ok"], made["title"]) == (1, True, "1 to update, prod drifted")
    [one] = made["stacks"]
    assert one["counts"] == {"replace": 0, "delete": 0, "update": 1, "create": 0, "import": 0, "same": 1}
    assert one["changes"][0]["differences"] == [{"path": "a", "old": 1}]
    assert one["drift"]["changes"][0]["operation"] == "delete"
    assert (one["undo"], one["error"], one["exists"]) == ("settings", "", True)


def test_every_member_of_the_json_is_in_the_docs() -> None:
    docs = (Path(__file__).parents[4] / "docs" / "preview-report.md").read_text()
    effect = Effect(service="web", kind="deploy", differences=(Difference("p", 1, 2),))
    one = stack("prod", change("delete", "web", REPOSITORY), findings=(finding(),), drift=Drift())
    made = report(type(one)(plan=one.plan, effects=(effect,), losses=one.losses, findings=one.findings, drift=one.drift))
    named = {name.strip(".") for name in re.findall(r"`(\.?\w+)(?:\[\])?`", docs)}
    assert set(members(schema.to_dict(made))) - named == set()


def members(value: Any) -> Iterator[str]:
    """The names of all members, at any depth."""
    for item in value if isinstance(value, list) else ():
        yield from members(item)
    for name, item in value.items() if isinstance(value, dict) else ():
        yield name
        yield from members(item)
