"""The words of the policy: what a rule is, what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from infra.plan import Change, Plan

Severity = Literal["deny", "warn"]


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the rules know of a stack beside its plan.

    ``registry`` is the settings' registryUrl, ``owner`` the owner of its GitHub repository; "" where there is none.
    """

    registry: str = ""
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule says of one resource, which ``resource`` names by its URN. Holds no secret."""

    rule: str
    severity: Severity
    resource: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.resource.rpartition('::')[2]}: {self.message}; {self.remedy}"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What a rule objects to in a change. ``milder`` is for what a denying rule only warns of, such as what it cannot tell."""

    change: Change
    message: str
    remedy: str
    milder: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a rule looks at. ``words`` are the URNs or names of what the user lets be deleted."""

    plan: Plan
    context: Context = field(default_factory=Context)
    words: tuple[str, ...] = ()

    def wanted(self, *types: str) -> Iterator[tuple[Change, Mapping[str, Any]]]:
        """The resources, with their inputs, that are ours after the update; all of them, or those of ``types``."""
        for change in self.plan.changes:
            if change.operation not in ("delete", "read") and change.new is not None and (not types or change.type in types):
                yield change, change.new


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``good`` gives no finding of any rule, ``bad`` only findings of this one; both are in the docs."""

    name: str
    severity: Severity
    why: str
    check: Callable[[Case], Iterator[Hit]]
    good: Plan
    bad: Plan
