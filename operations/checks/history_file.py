"""The file that keeps a history from run to run: a versioned document, which docs/test-history.md describes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, PositiveInt, model_validator

from operations.checks import versioned
from operations.checks.history import Result, Run
from operations.checks.junit import Key, Outcome
from toolchain.place import write_once

ABSENT = "-"
MARKS: dict[str, Outcome] = {"p": "passed", "f": "failed", "s": "skipped"}
LETTERS = {outcome: mark for mark, outcome in MARKS.items()}


class _Run(versioned.Strict):
    id: str
    attempt: PositiveInt
    commit: str
    branch: str
    time: AwareDatetime


class _Test(versioned.Strict):
    """Of each run a letter, and the seconds, which are None where the test was not in it."""

    outcomes: Annotated[str, Field(pattern=r"^[pfs-]*$")]
    seconds: tuple[float | None, ...]


class _Document(versioned.Strict):
    version: Literal[1]
    runs: tuple[_Run, ...]
    tests: dict[str, dict[str, _Test]]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len({(run.id, run.attempt) for run in self.runs}) < len(self.runs):
            raise ValueError("an attempt of a run is in it twice")
        for report, tests in self.tests.items():
            for name, test in tests.items():
                absent = [mark == ABSENT for mark in test.outcomes]
                if len(absent) != len(self.runs) or absent != [one is None for one in test.seconds]:
                    raise ValueError(f"{report}: {name[:100]}: must have an outcome and seconds for each run that it was in")
        return self


def read(file: Path) -> tuple[Run, ...]:
    """The runs, none where there is no file yet. Raises ``UsageError`` where it cannot be read: that is no empty history."""
    found = versioned.read(file, _Document, "a history of tests")
    return _runs(found) if found else ()


def write(file: Path, runs: Sequence[Run]) -> None:
    """Takes the place of the file as a whole."""
    write_once(file, json.dumps(_plain(runs), separators=(",", ":")) + "\n")


def _runs(document: _Document) -> tuple[Run, ...]:
    results: list[dict[Key, Result]] = [{} for _ in document.runs]
    for report, tests in document.tests.items():
        for name, test in tests.items():
            for place, (mark, seconds) in enumerate(zip(test.outcomes, test.seconds, strict=True)):
                if seconds is not None:
                    results[place][report, name] = Result(outcome=MARKS[mark], seconds=seconds)
    return tuple(Run(**dict(run), results=found) for run, found in zip(document.runs, results, strict=True))


def _plain(runs: Sequence[Run]) -> dict[str, Any]:
    tests: dict[str, dict[str, Any]] = {}
    for report, name in sorted({key for run in runs for key in run.results}):
        found = [run.results.get((report, name)) for run in runs]
        outcomes = "".join(LETTERS[one.outcome] if one else ABSENT for one in found)
        tests.setdefault(report, {})[name] = {"outcomes": outcomes, "seconds": [one.seconds if one else None for one in found]}
    heads = [_Run(id=run.id, attempt=run.attempt, commit=run.commit, branch=run.branch, time=run.time) for run in runs]
    return {"version": versioned.VERSION, "runs": [one.model_dump(mode="json") for one in heads], "tests": tests}
