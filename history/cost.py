"""What runners cost, as GitHub bills them: each job by itself, in whole minutes. Pure.

Source: https://docs.github.com/en/billing/concepts/product-billing/github-actions
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from history.model import Job

Rates = Mapping[str, float]
"""The price of a minute by a runner's label, in a currency of the user's own; that of a label which is not in it is unknown."""


def runner(job: Job) -> str:
    """The label that a job's runner is known by: the one that tells most, "self-hosted" only where there is no other."""
    special = [label for label in job.labels if label != "self-hosted"]
    return (special or list(job.labels) or ["unknown"])[0]


def seconds(job: Job) -> float | None:
    """From start to end; None where it has not ended, never ran, or ended before it began by its clocks."""
    if job.started is None or job.ended is None or job.conclusion == "skipped":
        return None
    taken = (job.ended - job.started).total_seconds()
    return taken if taken >= 0 else None


def billed_minutes(job: Job) -> int:
    """Whole minutes, rounded up; 0 for a job that never ran."""
    return math.ceil((seconds(job) or 0) / 60)


def total(jobs: Iterable[Job], rates: Rates) -> float | None:
    """What the jobs cost; None where the rate of a runner that was used is not known."""
    found = 0.0
    for job in jobs:
        minutes, rate = billed_minutes(job), rates.get(runner(job))
        if minutes and rate is None:
            return None
        found += minutes * (rate or 0)
    return found
