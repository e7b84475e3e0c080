"""The rule on secrets that stand in the clear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.looks import seen
from infra.plan import SECRET, Change
from policy.examples import one
from policy.model import Case, Hit, Rule
from policy.pods import pods
from policy.values import at, items, strings
from policy.workflows import FILE, FILES

CONFIG = "kubernetes:core/v1:ConfigMap"
VARIABLES = (
    "github:index/actionsVariable:ActionsVariable",
    "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable",
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
)
FILE_TYPES = (FILES, FILE)
OPEN = {CONFIG: ("data",), FILES: ("files",), FILE: ("content",), **dict.fromkeys(VARIABLES, ("value",))}
"""The inputs, by type, that everyone reads who sees the resource."""

ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://(?:[^\s/:@$<{\[]*:[^\s/:@$<{\[(]{4,}|" + re.escape(SECRET) + r")@(?!localhost\b|127\.|sha256:)"
)
"""A password in a URL, hidden or not. Not looked for in files: the throw-away database of a test has one too."""


def _in_clear(case: Case) -> Iterator[Hit]:
    for change, path, text in _readable(case):
        for kind in seen(text):
            yield _shown(change, path, f"what looks like {kind}", milder=False)
        if change.type in FILE_TYPES:
            continue
        if ADDRESS.search(text):
            yield _shown(change, path, "what looks like a password in an address", milder=False)
        elif SECRET in text:
            yield _shown(change, path, "what is marked or named as a secret", milder=True)


def _shown(change: Change, path: str, what: str, *, milder: bool) -> Hit:
    return Hit(
        change=change,
        message=f"{path}: holds {what}, in the clear",
        remedy="keep it in a Secret, a GitHub secret or lockgate:secrets, and renew it where it was ever written down",
        milder=milder,
    )


def _readable(case: Case) -> Iterator[tuple[Change, str, str]]:
    """Every text that stands in the clear, with its path."""
    for change, new in case.wanted(*OPEN):
        for key in OPEN[change.type]:
            yield from ((change, path, text) for path, text in strings(new.get(key), key))
    for pod in pods(case):
        for path, container in pod.containers():
            for variable in items(container.get("env")):
                value = at(variable, "value")
                if isinstance(value, str):
                    yield pod.change, f"{path}.env[{at(variable, 'name')}]", value


def _config(value: str) -> Mapping[str, Any]:
    return {"metadata": {"name": "web"}, "data": {"TOKEN": value}}


RULES = (
    Rule(
        name="secret-in-clear",
        severity="deny",
        why="A ConfigMap, a variable, a pod's env or a file is read by many more than a Secret, and kept in histories.",
        check=_in_clear,
        good=one(CONFIG, "web", _config("/run/secrets/token")),
        bad=one(CONFIG, "web", _config("ghp_" + "x" * 36)),
    ),
)
