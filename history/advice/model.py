"""What is looked at, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from history.cost import Rates, runner
from history.model import Job, Run

MONTH_DAYS = 30
FEWEST = 20
"""So many of a kind must have been seen before a share or a median of them is believed."""

Kind = Literal["slow step", "cache misses", "flaky tests", "queue", "repeated runs"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A sentence with figures; ``url`` is where one can look, or ""."""

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Saving:
    """A month's: ``wait_minutes`` of people for a result, ``runner_minutes`` as billed, and the ``cost`` of these or None."""

    wait_minutes: float = 0.0
    runner_minutes: float = 0.0
    cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class Advice:
    """``subject`` is what it is about, as in "Continuous Integration / Build"; ``remedy`` what would help."""

    kind: Kind
    subject: str
    title: str
    evidence: tuple[Evidence, ...]
    remedy: str
    saving: Saving


@dataclass(frozen=True)
class Past:
    """Finished runs from ``start`` to ``end``, and their jobs. ``rates`` are prices of a runner's minute by label."""

    runs: Sequence[Run]
    jobs: Sequence[Job]
    start: datetime
    end: datetime
    rates: Rates = field(default_factory=dict)

    @cached_property
    def by_run(self) -> Mapping[tuple[int, int], Run]:
        return {(run.id, run.attempt): run for run in self.runs}

    @cached_property
    def jobs_of(self) -> Mapping[tuple[int, int], Sequence[Job]]:
        found: dict[tuple[int, int], list[Job]] = {key: [] for key in self.by_run}
        for job in self.jobs:
            if (job.run, job.attempt) in found:
                found[job.run, job.attempt].append(job)
        return found

    def of_workflow(self) -> Iterator[tuple[str, Sequence[Run]]]:
        """Each workflow's name with its runs, the oldest first."""
        for name in sorted({run.workflow for run in self.runs}):
            yield name, sorted((run for run in self.runs if run.workflow == name), key=lambda run: run.started)

    def workflow_of(self, job: Job) -> str:
        return self.by_run[job.run, job.attempt].workflow

    def a_month(self, amount: float) -> float:
        """What ``amount`` of the whole time is in a month."""
        days = max((self.end - self.start) / timedelta(days=1), 1.0)
        return amount * MONTH_DAYS / days

    def cost(self, minutes: Iterable[tuple[Job, float]]) -> float | None:
        """What so many minutes of each job cost in a month, at the rates of their runners; None where one is not known."""
        total = 0.0
        for job, spent in minutes:
            rate = self.rates.get(runner(job))
            if rate is None:
                return None
            total += rate * spent
        return self.a_month(total)
