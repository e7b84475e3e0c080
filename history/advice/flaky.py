"""Jobs that failed, and passed in another attempt at the same commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from history.advice.model import Advice, Evidence, Past, Saving
from history.cost import billed_minutes
from history.dora import FAILED
from history.model import Job

OFTEN = 3
"""Once is a runner's accident, twice may be chance."""

SHARE = 0.02
"""Of the runs of the job: three reruns in a thousand are no flaky test."""


def advice(past: Past) -> Iterator[Advice]:
    for (workflow, name), pairs in sorted(_passed_again(past).items()):
        ran = sum(job.name == name and past.by_run[job.run, job.attempt].workflow == workflow for job in _known(past))
        if len(pairs) >= OFTEN and len(pairs) >= SHARE * ran:
            yield _advise(past, f"{workflow} / {name}", pairs, ran)


def _known(past: Past) -> Iterator[Job]:
    return (job for job in past.jobs if (job.run, job.attempt) in past.by_run)


def _passed_again(past: Past) -> dict[tuple[str, str], list[tuple[Job, Job]]]:
    """Pairs of the failed attempt and the next one, which passed."""
    found: dict[tuple[str, str], list[tuple[Job, Job]]] = defaultdict(list)
    attempts = {(job.run, job.name, job.attempt): job for job in _known(past)}
    for (run, name, attempt), job in attempts.items():
        again = attempts.get((run, name, attempt + 1))
        if job.conclusion in FAILED and again is not None and again.conclusion == "success":
            found[past.workflow_of(job), name].append((job, again))
    return found


def _advise(past: Past, subject: str, pairs: Sequence[tuple[Job, Job]], ran: int) -> Advice:
    last, _ = max(pairs, key=lambda pair: pair[0].created)
    again = [(job, float(billed_minutes(job))) for _, job in pairs]
    waited = sum((job.ended - failed.ended).total_seconds() for failed, job in pairs if job.ended and failed.ended)
    return Advice(
        kind="flaky tests",
        subject=subject,
        title=f"{subject} failed {len(pairs)} times and passed unchanged when it was run again",
        evidence=(
            Evidence(text=f"{len(pairs)} of {ran} runs; the same commit each time"),
            Evidence(text=f"the last on {last.created:%Y-%m-%d}", url=last.url),
        ),
        remedy="the test report names the flaky tests (docs/test-history.md): mend or quarantine the first of its list",
        saving=Saving(
            wait_minutes=past.a_month(max(waited, 0) / 60),
            runner_minutes=past.a_month(sum(minutes for _, minutes in again)),
            cost=past.cost(again),
        ),
    )
