"""The report for programs. docs/preview-report.md describes it; a member is added, never renamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from infra.plan import Change
from operations.preview import words
from operations.preview.effect import Effect
from operations.preview.model import CHANGING, Drift, Report, StackReport
from operations.preview.values import ABSENT, Difference, differences_at

VERSION = 1


def to_dict(report: Report) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "version": VERSION,
        "ok": report.ok,
        "title": words.title(report),
        "fork": report.fork,
        "stacks": [_stack(stack) for stack in report.stacks],
    }


def _stack(stack: StackReport) -> dict[str, Any]:
    return {
        "stack": stack.name,
        "ok": stack.ok,
        "exists": stack.plan.exists,
        "error": stack.plan.error,
        "withheld": stack.withheld,
        "seconds": round(stack.plan.seconds, 1),
        "counts": {operation: stack.counts[operation] for operation in (*CHANGING, "same")},
        "changes": [_change(change) for change in stack.of(*CHANGING)],
        "effects": [_effect(effect) for effect in stack.effects],
        "undo": stack.undo,
        "losses": [{"urn": loss.change.urn, "what": loss.what} for loss in stack.losses],
        "findings": [asdict(finding) for finding in stack.findings],
        "enforced": stack.enforced,
        "drift": _drift(stack.drift),
        "cost": asdict(stack.cost),
        "outputs": list(stack.outputs),
        "notes": list(stack.plan.notes),
    }


def _effect(effect: Effect) -> dict[str, Any]:
    names = ("service", "kind", "release", "slot", "live", "active", "displaced")
    said = {name: getattr(effect, name) for name in names}
    return {**said, "wayBack": effect.way_back, "differences": [_difference(one) for one in effect.differences]}


def _change(change: Change) -> dict[str, Any]:
    return {
        "urn": change.urn,
        "type": change.type,
        "name": change.name,
        "operation": change.operation,
        "protected": change.protected,
        "replacedBy": list(change.replaced_by),
        "differences": [_difference(one) for one in differences_at(change.old, change.new, change.keys)],
    }


def _difference(one: Difference) -> Mapping[str, Any]:
    """``old`` or ``new`` is left out where there is nothing."""
    sides = {"old": one.old, "new": one.new}
    return {"path": one.path, **{side: value for side, value in sides.items() if value is not ABSENT}}


def _drift(drift: Drift | None) -> dict[str, Any] | None:
    return {"error": drift.error, "changes": [_change(change) for change in drift.changes]} if drift else None
