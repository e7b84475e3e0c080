"""Which inputs of a resource make it run again. Kept apart, so that an update without a change imports nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]


def _of(*keys: str) -> Callable[[Values, Values], list[str]]:
    return lambda old, new: [key for key in keys if old.get(key) != new.get(key)]


def _live(old: Values, new: Values) -> list[str]:
    return ["release"] if new["release"]["id"] != (old.get("ledger") or {}).get("live") else []


DIFFERENCES: Mapping[str, Callable[[Values, Values], list[str]]] = {
    "Preflight": _of(),
    "SlotReady": _of("release", "deployment", "namespace"),
    "SmokeTest": _of("release", "slot", "namespace", "service"),
    "Cutover": lambda old, new: [*_live(old, new), *_of("slot")(old, new)],
    "Rollout": _live,
}
