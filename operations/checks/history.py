"""Earlier runs of the tests: what each test came to in each of them, the oldest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.errors import UsageError
from operations.checks.junit import Case, Key, Outcome

KEPT = 50
"""Runs in a history."""

NEEDED = ("GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_SHA", "GITHUB_REF_NAME")
WORST: Sequence[Outcome] = ("failed", "passed", "skipped")


@dataclass(frozen=True, kw_only=True)
class Result:
    """``seconds`` are exact to a thousandth."""

    outcome: Outcome
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Run:
    """One attempt of a run: ``id`` and ``attempt`` tell it from all others. By hand ``id``, ``commit`` and ``branch`` are ""."""

    id: str
    attempt: int
    commit: str
    branch: str
    time: datetime
    results: Mapping[Key, Result]

    def is_same(self, other: Run) -> bool:
        return (self.id, self.attempt) == (other.id, other.attempt)


def this_run(cases: Iterable[Case], environ: Mapping[str, str], now: datetime) -> Run:
    """The run of ``cases``, as far as a workflow's variables tell of it. Raises ``UsageError`` where its attempt is no number."""
    id_, attempt, commit, branch = (environ.get(name, "") for name in NEEDED)
    if not re.fullmatch(r"[1-9][0-9]*", attempt or "1"):
        raise UsageError(f"GITHUB_RUN_ATTEMPT = {attempt[:40]}: must be a whole number from 1 on; set it as GitHub does")
    time = now.replace(microsecond=0)
    return Run(id=id_, attempt=int(attempt or 1), commit=commit, branch=branch, time=time, results=_results(cases))


def demand(environ: Mapping[str, str]) -> None:
    """Raises ``UsageError`` where the environment does not tell which run is to be remembered."""
    lacking = [name for name in NEEDED if not environ.get(name)]
    if lacking:
        raise UsageError(f"{', '.join(lacking)} = nothing: --remember must know the run; set what a workflow has, or omit it")


def remember(runs: Sequence[Run], run: Run) -> tuple[Run, ...]:
    """``run`` as the newest, or in the place of the same attempt of the same run; of all the last ``KEPT``."""
    if any(one.is_same(run) for one in runs):
        return tuple(run if one.is_same(run) else one for one in runs)[-KEPT:]
    return (*runs, run)[-KEPT:]


def _results(cases: Iterable[Case]) -> dict[Key, Result]:
    """Tests of one name in one report are one: it failed where one of them did, and took the time of all."""
    found: dict[Key, Result] = {}
    for case in cases:
        before = found.get(case.key)
        outcome = min(case.outcome, before.outcome if before else case.outcome, key=WORST.index)
        found[case.key] = Result(outcome=outcome, seconds=round(case.seconds + (before.seconds if before else 0), 3))
    return found
