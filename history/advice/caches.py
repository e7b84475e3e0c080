"""Set-up steps that are slow as often as a cache misses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from history.advice.model import FEWEST, Advice, Evidence, Past, Saving
from history.model import Job

SET_UP = re.compile(r"\b(set up|setup|restore|cache|install|keep what was downloaded)\b", re.IGNORECASE)
"""Names of steps that take from a cache. GitHub tells of a step how long it took, not whether its cache hit."""

NOT_THE_RUNNERS = re.compile(r"^(set up job|complete job|post )", re.IGNORECASE)
MISSED = 2.0
MISSED_SECONDS = 30.0
"""A miss takes twice as long as a hit, and half a minute more. A hit is the fastest fifth's slowest."""

OFTEN = 0.3
"""Where three in ten miss, it is not a change of the lock files that made them."""


@dataclass(frozen=True, kw_only=True)
class _Job:
    """The set-up step of one job: how often it ran, and the runs that ``missed``, each with its seconds over a ``hit``."""

    taken: int
    hit: float
    missed: Sequence[tuple[Job, float]]


def is_set_up(step: str) -> bool:
    """Whether a step of this name takes from a cache."""
    return bool(SET_UP.search(step)) and not NOT_THE_RUNNERS.search(step)


def advice(past: Past) -> Iterator[Advice]:
    """One for each such step of a workflow, of all jobs that have it: what makes its cache miss is most often one thing."""
    for (workflow, step), jobs in sorted(_set_ups(past).items()):
        judged = [_judge(found) for found in jobs.values() if len(found) >= FEWEST]
        often = [one for one in judged if len(one.missed) >= OFTEN * one.taken]
        if often:
            yield _advise(past, f"{workflow} / {step}", often)


def _set_ups(past: Past) -> dict[tuple[str, str], dict[str, list[tuple[Job, float]]]]:
    steps: dict[tuple[str, str], dict[str, list[tuple[Job, float]]]] = defaultdict(lambda: defaultdict(list))
    for job in past.jobs:
        for step in job.steps:
            ran = (job.run, job.attempt) in past.by_run and step.conclusion == "success" and is_set_up(step.name)
            if ran and step.started and step.ended:
                taken = (step.ended - step.started).total_seconds()
                steps[past.workflow_of(job), step.name][job.name].append((job, taken))
    return steps


def _judge(found: Sequence[tuple[Job, float]]) -> _Job:
    hit = sorted(seconds for _, seconds in found)[len(found) // 5]
    bound = max(MISSED * hit, hit + MISSED_SECONDS)
    return _Job(taken=len(found), hit=hit, missed=[(job, seconds - hit) for job, seconds in found if seconds > bound])


def _advise(past: Past, subject: str, jobs: Sequence[_Job]) -> Advice:
    missed = [pair for one in jobs for pair in one.missed]
    taken = sum(one.taken for one in jobs)
    last, over = max(missed, key=lambda pair: pair[0].created)
    hit = median(one.hit for one in jobs)
    names = ", ".join(sorted({job.name for job, _ in missed}))
    month = past.a_month(sum(seconds for _, seconds in missed) / 60)
    return Advice(
        kind="cache misses",
        subject=subject,
        title=f"{subject}: the cache seems to miss {len(missed) / taken:.0%} of the time",
        evidence=(
            Evidence(text=f"about {hit:.0f} s when it hits, and much more in {len(missed)} of {taken}; in {names}"),
            Evidence(text=f"the last miss took {over:.0f} s more", url=last.url),
        ),
        remedy="see whether its key changes with every run, or the repository's caches are beyond GitHub's 10 GB and pushed out",
        saving=Saving(
            wait_minutes=month, runner_minutes=month, cost=past.cost((job, seconds / 60) for job, seconds in missed)
        ),
    )
