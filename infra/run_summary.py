"""What a run of a pipeline leaves for the exporter: how its tests went, or what its scans found, as a small JSON document.

A job keeps it as an artifact called ``lockgate-summary-KIND-ATTEMPT``. Whoever may run a workflow may write one, so nothing in
it is taken on trust: it is read strictly, and names and numbers have bounds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from infra.errors import StateError

ARTIFACT = "lockgate-summary-"
FILE = "summary.json"
LARGEST = 64 * 1024
"""Bytes of a document."""

SEVERITIES = ("low", "medium", "high", "critical")
VERSION = 1
_SCANNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,49}")
_MOST_SCANNERS = 20
_MOST = 10**7


@dataclass(frozen=True, kw_only=True)
class FiguresOfTests:
    """How many tests came to what; ``flaky`` are those of them that earlier runs show to be so."""

    passed: int
    failed: int
    skipped: int
    flaky: int


@dataclass(frozen=True, kw_only=True)
class FiguresOfScans:
    """The findings of each scanner that has looked, by each severity; those that were accepted with a reason are not counted."""

    scanners: Mapping[str, Mapping[str, int]]


Summary = FiguresOfTests | FiguresOfScans
KINDS: Mapping[str, type[Summary]] = {"tests": FiguresOfTests, "findings": FiguresOfScans}


def artifact(kind: str, attempt: object) -> str:
    """The name of the artifact that an attempt of a run leaves; ``kind`` is of ``KINDS``."""
    return f"{ARTIFACT}{kind}-{attempt}"


def document(summary: Summary) -> str:
    """The text that ``read`` reads."""
    kind = next(name for name, made in KINDS.items() if isinstance(summary, made))
    return json.dumps({"version": VERSION, "kind": kind, **asdict(summary)}, indent=2) + "\n"


def read(text: str) -> Summary:
    """Reads what ``document`` wrote. Raises ``StateError`` that names the place of what is wrong."""
    try:
        told = json.loads(text)
    except ValueError as error:
        raise StateError(f"is no JSON ({error})") from None
    _demand(isinstance(told, dict), "", told, "an object")
    _demand(told.get("version") == VERSION, "version", told.get("version"), str(VERSION))
    if told.get("kind") == "tests":
        return FiguresOfTests(**{name: _count(told, name) for name in ("passed", "failed", "skipped", "flaky")})
    _demand(told.get("kind") == "findings", "kind", told.get("kind"), f"one of {', '.join(KINDS)}")
    return FiguresOfScans(scanners=_scanners(told.get("scanners")))


def _scanners(told: Any) -> dict[str, dict[str, int]]:
    fits = isinstance(told, dict) and len(told) <= _MOST_SCANNERS
    _demand(fits, "scanners", told, f"an object of at most {_MOST_SCANNERS} scanners")
    for name, counts in told.items():
        _demand(bool(_SCANNER.fullmatch(name)), "scanners", name, "a name of at most 50 letters, digits, blanks and . _ / -")
        _demand(isinstance(counts, dict), f"scanners.{name}", counts, "an object")
    return {name: {severity: _count(counts, severity) for severity in SEVERITIES} for name, counts in told.items()}


def _count(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST
    _demand(fits, name, value, f"a whole number from 0 to {_MOST}")
    return int(value or 0)


def _demand(fits: bool, place: str, value: Any, rule: str) -> None:
    if not fits:
        raise StateError(f"{place or 'the document'} = {str(value)[:40]!r}: must be {rule}")
