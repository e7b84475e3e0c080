"""Takes secrets out of what the engine and the program said.

The engine hides the secrets of the config where they stand as they are, not where they are encoded or printed line by line,
and it does not know what comes from the environment or from an earlier state.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from infra import looks
from infra.plan import SECRET

SHORTEST = 3
"""Shorter texts stand everywhere; the engine passes over them too."""
SHORTEST_LINE = 8
SHORTEST_STATED = 8
"""Of what a state or the environment holds: much of it is called secret only because it stands beside one."""

NAMED = re.compile(r"TOKEN|SECRET|PASSWORD|PASSPHRASE|PRIVATE_?KEY|ACCESS_?KEY|API_?KEY|CREDENTIAL", re.IGNORECASE)


class Mask:
    """Replaces ``values``, in whatever form they stand in a text, and what is a secret by its looks."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        forms = {form for value in values for form in _forms(value)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._values = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        return looks.hidden(self._values.sub(SECRET, text) if self._values else text)


def _forms(value: str) -> Iterator[str]:
    """The value as it is, encoded, and each of its lines: a program's output comes line by line."""
    if len(value.strip()) < SHORTEST or value.lower() in ("true", "false"):
        return
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield quote(value, safe="")
    yield base64.b64encode(value.encode()).decode()
    yield base64.b64encode(value.encode()).decode().rstrip("=")
    yield base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    if "\n" in value:
        yield from (line.strip() for line in value.splitlines() if len(line.strip()) >= SHORTEST_LINE)


def of_environment(environment: Mapping[str, str]) -> Iterator[str]:
    """The values of the variables that are named like a secret."""
    for name, value in environment.items():
        if NAMED.search(name) and len(value) >= SHORTEST_STATED and not name.endswith("_FILE"):
            yield value


def of_config(stored: Mapping[str, Any], opened: Mapping[str, Any]) -> Iterator[str]:
    """The secrets of a stack's config: ``stored`` is its file's, ``opened`` the same by ``pulumi config --show-secrets``."""
    for key, value in stored.items():
        known = opened.get(key) or {}
        whole = known.get("value")
        yield from _secured(value, known.get("objectValue", whole))
        if isinstance(value, Mapping) and set(value) == {"secure"} and isinstance(whole, str):
            yield from _inside(whole)


def _secured(stored: Any, opened: Any) -> Iterator[str]:
    """The texts of ``opened`` at the places where ``stored`` is encrypted."""
    if isinstance(stored, Mapping) and set(stored) == {"secure"}:
        yield from _texts(opened)
    elif isinstance(stored, Mapping) and isinstance(opened, Mapping):
        for key, value in stored.items():
            yield from _secured(value, opened.get(key))
    elif isinstance(stored, list) and isinstance(opened, list):
        for one, other in zip(stored, opened, strict=False):
            yield from _secured(one, other)


def of_state(value: Any) -> Iterator[str]:
    """The secrets of a deployment by ``pulumi stack export --show-secrets``."""
    if isinstance(value, Mapping):
        if isinstance(value.get("plaintext"), str):
            yield from (text for text in _inside(value["plaintext"]) if len(text) >= SHORTEST_STATED)
        else:
            for item in value.values():
                yield from of_state(item)
    elif isinstance(value, list):
        for item in value:
            yield from of_state(item)


def _inside(text: str) -> Iterator[str]:
    """The texts in a JSON text, or nothing where it is none."""
    try:
        yield from _texts(json.loads(text))
    except ValueError:
        return


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
