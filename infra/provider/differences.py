"""Which inputs of a resource make it run again. Kept apart, so that an update without a change imports nothing else.

A change is named by its property's path, as the engine writes it: ``slot``, ``files["a.yml"]``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]


def _of(*keys: str) -> Callable[[Values, Values], list[str]]:
    return lambda old, new: [key for key in keys if old.get(key) != new.get(key)]


def _live(old: Values, new: Values) -> list[str]:
    return ["release"] if new["release"]["id"] != (old.get("ledger") or {}).get("live") else []


def _members(key: str) -> Callable[[Values, Values], list[str]]:
    def changed(old: Values, new: Values) -> list[str]:
        before, after = old.get(key) or {}, new.get(key) or {}
        return [f"{key}[{json.dumps(name)}]" for name in sorted({*before, *after}) if before.get(name) != after.get(name)]

    return changed


def _workflow_files(old: Values, new: Values) -> list[str]:
    """With a pull request open, each update looks whether it was merged."""
    found = [*_of("repository", "branch", "checks")(old, new), *_members("files")(old, new)]
    return found or (["pullRequest"] if old.get("pullRequest") else [])


DIFFERENCES: Mapping[str, Callable[[Values, Values], list[str]]] = {
    "Preflight": _of(),
    "SlotReady": _of("release", "deployment", "namespace"),
    "SmokeTest": _of("release", "slot", "namespace", "service"),
    "Cutover": lambda old, new: [*_live(old, new), *_of("slot")(old, new)],
    "Rollout": _live,
    "WorkflowFiles": _workflow_files,
}


def holds(values: Values, path: str) -> bool:
    """Whether ``values`` have the property at ``path``."""
    key, _, member = path.partition("[")
    inner = values.get(key)
    return inner is not None if not member else isinstance(inner, Mapping) and json.loads(member[:-1]) in inner
