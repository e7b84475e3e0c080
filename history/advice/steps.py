"""Steps on the critical path that take most of a run, or take longer than they did; those of set-up are judged by their cache."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from history.advice.caches import is_set_up
from history.advice.model import FEWEST, Advice, Evidence, Past, Saving
from history.advice.path import critical_path
from history.model import Job, Run, Step

GROWN = 1.5
GROWN_SECONDS = 60.0
"""A step is slower than it was when the newest third of its runs takes half as long again as the oldest third, and a minute more:
less is within what hosted runners differ by among themselves."""

MOST = 0.5
MOST_SECONDS = 300.0
"""A step that takes half of a whole run, and five minutes, is where time is to be won."""


@dataclass(frozen=True, kw_only=True)
class Timed:
    run: Run
    job: Job
    step: Step
    seconds: float
    share: float


def advice(past: Past) -> Iterator[Advice]:
    for workflow, runs in past.of_workflow():
        for (job, step), found in sorted(_by_step(past, runs).items()):
            if len(found) >= FEWEST:
                yield from _judge(past, f"{workflow} / {job} / {step}", found)


def _by_step(past: Past, runs: Iterable[Run]) -> dict[tuple[str, str], list[Timed]]:
    steps: dict[tuple[str, str], list[Timed]] = defaultdict(list)
    for run in runs:
        if run.conclusion != "success":
            continue
        path = critical_path(past.jobs_of[run.id, run.attempt])
        whole = sum(_length(job.started, job.ended) for job in path)
        for job in path:
            for step in job.steps:
                taken = _length(step.started, step.ended)
                if taken > 0 and not is_set_up(step.name):
                    steps[job.name, step.name].append(
                        Timed(run=run, job=job, step=step, seconds=taken, share=taken / max(whole, taken))
                    )
    return steps


def _judge(past: Past, subject: str, found: Sequence[Timed]) -> Iterator[Advice]:
    third = len(found) // 3
    was, now = (median(one.seconds for one in part) for part in (found[:third], found[-third:]))
    usual, share = median(one.seconds for one in found), median(one.share for one in found)
    if now >= GROWN * was and now - was >= GROWN_SECONDS:
        title = f"{subject} takes {now / 60:.1f} minutes, and took {was / 60:.1f}"
        yield _advise(past, subject, title, found, now - was, "look at what was added to it since, and take it back or apart")
    elif share >= MOST and usual >= MOST_SECONDS:
        title = f"{subject} takes {usual / 60:.1f} minutes, {share:.0%} of the run"
        yield _advise(past, subject, title, found, usual / 2, "split it into parts that run at once, or cache what it makes")


def _advise(past: Past, subject: str, title: str, found: Sequence[Timed], saved: float, remedy: str) -> Advice:
    usual = median(one.seconds for one in found)
    slowest = max(found[-len(found) // 3 :], key=lambda one: one.seconds)
    evidence = (
        Evidence(text=f"on the critical path of {len(found)} successful runs; its median is {usual:.0f} s"),
        Evidence(text=f"the slowest of late took {slowest.seconds:.0f} s", url=slowest.run.url),
    )
    minutes = len(found) * saved / 60
    month = past.a_month(minutes)
    cost = past.cost((one.job, saved / 60) for one in found)
    saving = Saving(wait_minutes=month, runner_minutes=month, cost=cost)
    return Advice(kind="slow step", subject=subject, title=title, evidence=evidence, remedy=remedy, saving=saving)


def _length(start: datetime | None, end: datetime | None) -> float:
    return (end - start).total_seconds() if start and end else 0.0
