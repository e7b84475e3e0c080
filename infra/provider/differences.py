"""Which inputs of a resource make it run again. Kept apart, so that an update without a change imports nothing else.

A change is named by its property's path, as the engine writes it: ``slot``, ``files["a.yml"]``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
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


def _all(*parts: Callable[[Values, Values], list[str]]) -> Callable[[Values, Values], list[str]]:
    return lambda old, new: [path for part in parts for path in part(old, new)]


def is_due(state: Values, today: date | None = None) -> bool:
    """Whether a token ends so soon that it is to be renewed."""
    expires = state.get("expires")
    left = date.fromisoformat(expires) - (today or datetime.now(UTC).date()) if expires else timedelta(0)
    return left <= timedelta(days=state.get("renewDays") or 0)


def _expiry(old: Values, new: Values) -> list[str]:
    return ["expires"] if is_due({**old, "renewDays": new.get("renewDays")}) else []


DIFFERENCES: Mapping[str, Callable[[Values, Values], list[str]]] = {
    "Preflight": _of(),
    "SlotReady": _of("release", "deployment", "namespace", "instance"),
    "SmokeTest": _of("release", "slot", "namespace", "service"),
    "Cutover": lambda old, new: [*_live(old, new), *_of("slot")(old, new)],
    "Rollout": _live,
    "WorkflowFiles": _workflow_files,
    "SonarAccount": _of("url", "login", "password", "database"),
    "SonarProject": _of("key", "name", "visibility", "mainBranch"),
    "SonarGate": _all(_of("name"), _members("conditions")),
    "SonarGateUse": _of("project", "gate"),
    "SonarPermissions": _all(_of("project"), _members("groups"), _members("users")),
    "SonarUser": _of("login", "name"),
    "SonarToken": _all(_of("project", "login", "name", "days"), _expiry),
    "SonarWebhook": _of("project", "name", "url", "secret"),
}


def holds(values: Values, path: str) -> bool:
    """Whether ``values`` have the property at ``path``."""
    key, _, member = path.partition("[")
    inner = values.get(key)
    return inner is not None if not member else isinstance(inner, Mapping) and json.loads(member[:-1]) in inner
