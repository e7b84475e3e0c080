"""Jobs that wait for a runner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median, quantiles

from history.advice.model import FEWEST, Advice, Evidence, Past, Saving
from history.cost import runner
from history.model import Job
from history.stages import stage_of

LONG_SECONDS = 60.0
"""Half of the jobs wait a minute: GitHub's own runners begin within seconds."""

SOME_SECONDS = 300.0
"""Or one in ten waits five."""

USUAL_SECONDS = 15.0
"""What a runner takes to begin anyway, and no change would save."""

PEOPLE = frozenset({"deploy", "rollback"})
"""Stages whose jobs may wait for somebody to approve them; GitHub tells the two waits not apart."""


def advice(past: Past) -> Iterator[Advice]:
    waits: dict[str, list[tuple[Job, float]]] = defaultdict(list)
    for job in past.jobs:
        if job.started is None or (job.run, job.attempt) not in past.by_run or stage_of(job.name) in PEOPLE:
            continue
        waited = (job.started - job.created).total_seconds()
        if waited >= 0 and job.conclusion != "skipped":
            waits[runner(job)].append((job, waited))
    for label, found in sorted(waits.items()):
        if len(found) >= FEWEST:
            yield from _judge(past, label, found)


def _judge(past: Past, label: str, found: Sequence[tuple[Job, float]]) -> Iterator[Advice]:
    times = [seconds for _, seconds in found]
    usual, some = median(times), quantiles(times, n=10)[-1]
    if usual < LONG_SECONDS and some < SOME_SECONDS:
        return
    longest, seconds = max(found, key=lambda pair: pair[1])
    hours: dict[int, float] = defaultdict(float)
    for job, waited in found:
        hours[job.created.hour] += waited
    worst = max(hours, key=lambda hour: hours[hour])
    over = sum(max(waited - USUAL_SECONDS, 0) for _, waited in found)
    yield Advice(
        kind="queue",
        subject=label,
        title=f"jobs wait for runners labelled {label}: half of them {usual:.0f} s, one in ten {some:.0f} s or more",
        evidence=(
            Evidence(text=f"{len(found)} jobs; most of the waiting is from {worst:02}:00 to {(worst + 1) % 24:02}:00 UTC"),
            Evidence(text=f"the longest waited {seconds / 60:.0f} minutes", url=longest.url),
        ),
        remedy="add runners of this label (RunnerScaleSet: its maximum), at least in that hour",
        saving=Saving(wait_minutes=past.a_month(over / 60)),
    )
