"""How the jobs of a run went, and how long the longest way through them is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Result = Literal["success", "failure", "cancelled", "skipped"]


@dataclass(frozen=True, kw_only=True)
class JobRun:
    """One job of a run. ``id`` is its id in the workflow that started, ``name`` what GitHub calls its check.

    ``began`` is when it was queued, in seconds since 1970, 0 where it never was. ``waited`` are the seconds until it had a
    runner, ``seconds`` those on it. ``failed`` are the steps that failed, ``said`` the
    last lines of the first of them.
    """

    id: str
    name: str
    needs: tuple[str, ...]
    result: Result
    began: float = 0.0
    waited: float = 0.0
    seconds: float = 0.0
    failed: tuple[str, ...] = ()
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run of the workflow ``name`` in ``file``; ``seconds`` from its start to its end. ``began`` is as a job's."""

    number: int
    file: str
    name: str
    event: str
    jobs: tuple[JobRun, ...]
    seconds: float
    began: float
    log: str

    @property
    def ok(self) -> bool:
        return not self.failures

    @property
    def failures(self) -> tuple[JobRun, ...]:
        return tuple(job for job in self.jobs if job.result in ("failure", "cancelled"))

    @property
    def path(self) -> tuple[JobRun, ...]:
        """The jobs of the longest way through the run, with a runner for each."""
        return longest(self.jobs)


def longest(jobs: Iterable[JobRun]) -> tuple[JobRun, ...]:
    """The chain of jobs, each needed by the next, that takes longest. A job with several names counts by its longest."""
    by_id: dict[str, JobRun] = {}
    for job in jobs:
        if job.id not in by_id or job.seconds > by_id[job.id].seconds:
            by_id[job.id] = job
    ways: dict[str, tuple[JobRun, ...]] = {}
    for id_ in by_id:
        _way(id_, by_id, ways)
    return max(ways.values(), key=seconds, default=())


def _way(id_: str, by_id: dict[str, JobRun], ways: dict[str, tuple[JobRun, ...]]) -> tuple[JobRun, ...]:
    if id_ not in ways:
        before = [_way(need, by_id, ways) for need in by_id[id_].needs if need in by_id]
        ways[id_] = (*max(before, key=seconds, default=()), by_id[id_])
    return ways[id_]


def seconds(jobs: Sequence[JobRun]) -> float:
    """What they take one after another."""
    return sum(job.seconds for job in jobs)
