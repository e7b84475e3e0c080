"""The critical path of a run: the jobs that its end waited for, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from history.model import Job


def critical_path(jobs: Iterable[Job]) -> Sequence[Job]:
    """From the job that ended last back to one that waited for none, in the order in which they ran.

    GitHub tells of no job what it needs. A job is queued when the last of those that it needs has ended, so that one is taken for
    its predecessor which ended last before it was queued.
    """
    ran = [job for job in jobs if job.started and job.ended and job.ended >= job.started and job.conclusion != "skipped"]
    path: list[Job] = []
    following = max(ran, key=_end, default=None)
    while following is not None:
        path.append(following)
        before = [job for job in ran if job not in path and _end(job) <= following.created.timestamp()]
        following = max(before, key=_end, default=None)
    return path[::-1]


def _end(job: Job) -> float:
    return job.ended.timestamp() if job.ended else 0.0
