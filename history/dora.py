"""DORA's figures of a stack, from its ledger: what docs/dora.md defines. Pure.

The ledger's order is by position; a clock is only asked how long something took, and never where it would take less than nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from history.model import Commit, Deployment, Job

DAYS = 30
"""The window that figures look back, unless another is asked for."""

DAY = timedelta(days=1)
FAILED = frozenset({"failure", "timed_out", "startup_failure"})

Changes = Callable[[Deployment], Iterable[Commit]]
"""The commits that a release brought: those since the revision of the release before it."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """From ``start`` up to, and without, ``end``."""

    start: datetime
    end: datetime

    @classmethod
    def before(cls, end: datetime, days: int = DAYS) -> Window:
        return cls(start=end - days * DAY, end=end)

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A release that had the traffic for ``seconds``, until it was rolled back ``at``; None where the clocks contradict each
    other, or when it went live is not known."""

    release: str
    at: datetime
    seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is not known is None, never 0: a median of nothing, a share of no release.

    ``releases`` went live in the window, ``failed`` of them were rolled back by its end, ``rollbacks`` were made in it.
    ``per_day`` counts from the first known entry where that is later than the window's start. ``left_out`` are times that ended
    before they began.
    """

    stack: str
    window: Window
    releases: int
    rollbacks: int
    failed: int
    per_day: float | None
    lead_seconds: float | None
    failure_ratio: float | None
    restore_seconds: float | None
    left_out: int

    @property
    def known(self) -> bool:
        """Whether the ledger reaches into the window at all."""
        return self.per_day is not None


@dataclass(frozen=True, kw_only=True)
class Success:
    """How the deployments that were tried ended, by the last attempt of each; one that was cancelled does not count."""

    succeeded: int
    failed: int

    @property
    def ratio(self) -> float | None:
        tried = self.succeeded + self.failed
        return self.succeeded / tried if tried else None


def figures(stack: str, ledger: Sequence[Deployment], changes: Changes, window: Window) -> Figures:
    """The figures of ``window``. ``ledger`` are all known entries of the stack up to its end, in any order."""
    entries = sorted((one for one in ledger if one.at < window.end), key=lambda one: one.position)
    released = [one for one in entries if one.kind != "rollback" and one.at in window]
    restored = list(restorations(entries))
    bad = {one.release for one in restored}
    leads = [seconds for one in released if one.kind == "release" for seconds in _leads(one, changes)]
    ended = [one for one in restored if one.at in window]
    times = [one.seconds for one in ended if one.seconds is not None and one.seconds >= 0]
    failed = sum(one.release in bad for one in released)
    return Figures(
        stack=stack,
        window=window,
        releases=len(released),
        rollbacks=sum(one.kind == "rollback" and one.at in window for one in entries),
        failed=failed,
        per_day=_per_day(entries, len(released), window),
        lead_seconds=_median([seconds for seconds in leads if seconds >= 0]),
        failure_ratio=failed / len(released) if released else None,
        restore_seconds=_median(times),
        left_out=sum(seconds < 0 for seconds in leads) + sum((one.seconds or 0) < 0 for one in ended),
    )


def restorations(entries: Sequence[Deployment]) -> Iterator[Restored]:
    """The rollbacks that went back: to a release that is older than the one they left, which thereby failed.

    Going forward again, to a release that was rolled back before, is no failure of the older one. ``entries`` are in their order.
    """
    age = {one.release: place for place, one in reversed(list(enumerate(entries)))}
    for before, one in pairwise(entries):
        if one.kind == "rollback" and age.get(one.previous, -1) > age[one.release]:
            seconds = (one.at - before.at).total_seconds() if before.release == one.previous else None
            yield Restored(release=one.previous, at=one.at, seconds=seconds)


def weekly(stack: str, ledger: Sequence[Deployment], changes: Changes, end: datetime, weeks: int) -> list[Figures]:
    """The figures of each of the last ``weeks`` before ``end``, the oldest first."""
    starts = [end - 7 * DAY * back for back in range(weeks, 0, -1)]
    return [figures(stack, ledger, changes, Window(start=start, end=start + 7 * DAY)) for start in starts]


def success(jobs: Iterable[Job]) -> Success:
    """How the deployments went: each of ``jobs`` deploys, and the attempts of one are one deployment."""
    last: dict[tuple[int, str], Job] = {}
    for job in jobs:
        known = last.get((job.run, job.name))
        if job.ended and (known is None or known.attempt < job.attempt):
            last[job.run, job.name] = job
    ends = [job.conclusion for job in last.values()]
    return Success(succeeded=ends.count("success"), failed=sum(end in FAILED for end in ends))


def _leads(release: Deployment, changes: Changes) -> list[float]:
    return [(release.at - commit.committed).total_seconds() for commit in changes(release)]


def _per_day(entries: Sequence[Deployment], releases: int, window: Window) -> float | None:
    """None where the first known entry comes after the window, or there is none."""
    if not entries:
        return None
    start = max(window.start, min(one.at for one in entries))
    return releases / max((window.end - start) / DAY, 1.0)


def _median(found: Sequence[float]) -> float | None:
    return median(found) if found else None
