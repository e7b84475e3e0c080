"""What differs, in words. Names and values stand between backquotes."""

from __future__ import annotations

import json
import re
from difflib import unified_diff
from typing import Any

from infra.plan import SECRET, UNKNOWN, Change
from operations.preview.grammar import counted, quoted
from operations.preview.values import ABSENT, Difference, differences_at, split

STEPS = tuple(f"lockgate:index:{step}" for step in ("SlotReady", "SmokeTest", "Cutover", "Rollout"))
SAID = ("release", "slot", "manifest", "previous")
"""The inputs of a release's steps of which an effect tells."""

HEAD, TAIL = 40, 20
"""Of a long value: how many characters of its beginning and its end are shown."""
DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
DIFFERENCES = 3
"""As many are told of one resource."""


def changes(change: Change, long: bool = False) -> list[str]:
    """Each difference as ``path``: ``old`` → ``new``, those that force a replacement first; ``long`` leaves nothing out.

    What a step of a release says of the release stands in the effect.
    """
    if change.operation not in ("update", "replace"):
        return []
    forcing = differences_at(change.old, change.new, change.replaced_by)
    others = [one for one in differences_at(change.old, change.new, change.keys) if one.path not in {f.path for f in forcing}]
    if change.type in STEPS and not long:
        others = [one for one in others if split(one.path)[0] not in SAID]
        if not forcing + others:
            return ["as told under Release"]
    told = [f"{sentence(one, long)} (forces the replacement)" for one in forcing] + [sentence(one, long) for one in others]
    return capped(told, None if long else DIFFERENCES)


def capped(told: list[str], most: int | None) -> list[str]:
    """The first ``most`` of them, and how many more there are; all of them for None."""
    left = len(told) - most if most is not None else 0
    return [*told[:most], f"and {left} more"] if left > 0 else told


def sentence(one: Difference, long: bool = False) -> str:
    """One difference."""
    if one.old is ABSENT and one.new is ABSENT:
        return f"`{quoted(one.path)}`"
    if isinstance(one.old, str) and isinstance(one.new, str) and "\n" in one.old + one.new:
        return f"`{quoted(one.path)}`: {_lines(one.old, one.new, long)}"
    return f"`{quoted(one.path)}`: {value(one.old, long)} → {value(one.new, long)}"


def _lines(old: str, new: str, long: bool) -> str:
    """Of a text of several lines: which go and which come, the first of each, or all of them."""
    changed = [line for line in unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")][2:]
    gone, come = ([line[1:].strip() for line in changed if line.startswith(sign)] for sign in "-+")
    sides = [f"{counted(len(side), 'line')} ({_first(side, long)})" if side else "nothing" for side in (gone, come)]
    return f"{sides[0]} → {sides[1]}" if gone or come else "other line breaks"


def _first(lines: list[str], long: bool) -> str:
    shown = [value(line, long) for line in (lines if long else lines[:1])]
    return ", ".join([*shown, "…"] if len(shown) < len(lines) else shown)


def value(found: Any, long: bool = False) -> str:
    """A value in a few characters, all of them where ``long``."""
    if found is ABSENT:
        return "nothing"
    if found == SECRET:
        return "a secret"
    if isinstance(found, str) and UNKNOWN in found:
        return "known after the update"
    text = found if isinstance(found, str) and found else json.dumps(found, ensure_ascii=False, sort_keys=True)
    text = text.replace(UNKNOWN, "known after the update")
    text = text if long else DIGEST.sub(r"\1", text)
    if not long and len(text) > HEAD + TAIL + 1:
        text = f"{text[:HEAD]}…{text[-TAIL:]}"
    return f"`{quoted(text)}`"
