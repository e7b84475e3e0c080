"""Runs in a few letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from operations.checks.history import Result, Run
from operations.checks.history_file import MARKS
from operations.checks.junit import Case, Key

KEY = ("unit-python", "test_links")
BEGIN = datetime(2026, 1, 5, 10, tzinfo=UTC)


def run(number: int, results: dict[Key, str] | str, **other: Any) -> Run:
    """The run ``number``, an hour after the one before, of its own commit on main. ``results`` are letters, or that of KEY."""
    found = {KEY: results} if isinstance(results, str) else results
    made = {key: Result(outcome=MARKS[mark], seconds=1.0) for key, mark in found.items() if mark != "-"}
    whole = {"attempt": 1, "commit": f"c{number}", "branch": "main", "time": BEGIN + timedelta(hours=number), **other}
    return Run(id=str(number), results=made, **whole)


def runs(letters: str) -> tuple[Run, ...]:
    """What KEY came to in one run after the other: ``p``, ``f``, ``s``, or ``-`` where it was not there."""
    return tuple(run(number, letter) for number, letter in enumerate(letters, 1))


def cases(of: Run) -> list[Case]:
    return [
        Case(report=report, name=name, seconds=one.seconds, outcome=one.outcome, said="why" if one.outcome == "failed" else "")
        for (report, name), one in of.results.items()
    ]


def ids(of: Iterable[Run]) -> list[tuple[str, int]]:
    return [(one.id, one.attempt) for one in of]
