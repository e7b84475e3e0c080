"""Values as rows of a store, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from history.cost import billed_minutes, runner
from history.model import Commit, Deployment, Findings, Gate, Job, Outcomes, Run, Step
from history.stages import stage_of

Value = Run | Job | Outcomes | Findings | Deployment | Commit | Gate
Kept = TypeVar("Kept", Run, Job, Outcomes, Findings, Deployment, Commit, Gate)

TABLES: Mapping[type, str] = {
    Run: "runs",
    Job: "jobs",
    Outcomes: "tests",
    Findings: "findings",
    Deployment: "deployments",
    Commit: "commits",
    Gate: "gates",
}
_TIMES = frozenset({"created", "started", "ended", "at", "committed"})
_JSON = frozenset({"labels", "steps", "counts", "failed", "measures"})


def row(value: Value) -> dict[str, Any]:
    """The columns of its table, by name."""
    found = {one.name: _column(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Job):
        found |= {"stage": stage_of(value.name), "runner": runner(value), "minutes": billed_minutes(value)}
    return found


def value_of(kind: type[Kept], columns: Mapping[str, Any]) -> Kept:
    """What ``row`` was made from."""
    return kind(**{one.name: _field(one.name, columns[one.name]) for one in fields(kind)})


def stamp(at: datetime) -> float:
    return at.timestamp()


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _column(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple):
        return json.dumps([_step(item) if isinstance(item, Step) else item for item in value], separators=(",", ":"))
    if isinstance(value, Mapping):
        return json.dumps(dict(value), separators=(",", ":"))
    return int(value) if isinstance(value, bool) else value


def _step(step: Step) -> list[Any]:
    return [_column(getattr(step, one.name)) for one in fields(Step)]


def _field(name: str, column: Any) -> Any:
    if name in _TIMES:
        return None if column is None else moment(column)
    if name not in _JSON or not isinstance(column, str):
        return column
    found = json.loads(column)
    if name == "steps":
        names = [one.name for one in fields(Step)]
        return tuple(Step(**{name: _field(name, part) for name, part in zip(names, item, strict=True)}) for item in found)
    return tuple(found) if isinstance(found, list) else found
