"""Two settings that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Breach:
    """``field`` is to blame, ``others`` are the fields that it contradicts, whose values ``rule`` names; ``fix`` is what
    `pulumi config` is to be told."""

    field: str
    others: tuple[str, ...]
    rule: str
    fix: str
