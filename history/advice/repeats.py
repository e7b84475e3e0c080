"""Workflows that keep running on a commit that they have passed already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from history.advice.model import FEWEST, Advice, Evidence, Past, Saving
from history.cost import billed_minutes
from history.model import Run

MUCH = 0.2
"""Of all runner minutes; a daily scan, whose data is new each day, stays far below."""


def advice(past: Past) -> Iterator[Advice]:
    whole = sum(billed_minutes(job) for job in past.jobs)
    for workflow, runs in past.of_workflow():
        again = list(_repeated(runs))
        spent = [(job, float(billed_minutes(job))) for run in again for job in past.jobs_of[run.id, run.attempt]]
        minutes = sum(amount for _, amount in spent)
        if len(again) < FEWEST or minutes < MUCH * whole:
            continue
        month = past.a_month(minutes)
        yield Advice(
            kind="repeated runs",
            subject=workflow,
            title=f"{workflow}: {minutes / whole:.0%} of all runner minutes go to commits that it has passed already",
            evidence=(
                Evidence(text=f"{len(again)} of its {len(runs)} runs were on a commit that the same event had passed"),
                Evidence(text=f"the last was number {again[-1].number}", url=again[-1].url),
            ),
            remedy="run it less often, or end it early where nothing has changed since",
            saving=Saving(runner_minutes=month, cost=past.cost(spent)),
        )


def _repeated(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs, oldest first, whose commit has passed before."""
    passed: set[tuple[str, str]] = set()
    for run in runs:
        if run.attempt == 1 and (run.event, run.commit) in passed:
            yield run
        if run.conclusion == "success":
            passed.add((run.event, run.commit))
