"""Collects a repository's runs into a store, as far as it gets: what it has is kept, and the next time it goes on from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from history import summaries, windows
from history.github import Source, run_of
from history.model import Findings, Job, Outcomes, Run
from history.rows import moment, stamp
from history.store import Store
from history.windows import Window
from infra import metrics
from infra.errors import StateError
from infra.github.page import PAGE

AGAIN = timedelta(minutes=10)
"""How often the runs of the last 30 days are looked through for those that were run again."""

PASSES = 3
"""A list that shifts while it is read, since runs are deleted, is read again."""


class Collector:
    """``since`` is how far back a first collection goes. Killed at any moment, it has lost nothing and counts nothing twice.

    ``say`` is told of what a run left that cannot be read: that is counted, and keeps nothing else from being collected.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        since: datetime,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._store, self._source, self._since, self._now, self._say = store, source, since, now, say
        self._repository = source.repository

    def collect(self) -> None:
        """Everything that is new. Raises ``GitHubError`` where GitHub refuses; what was collected by then is kept."""
        self._store.mark(f"default branch of {self._repository}", self._source.default_branch())
        self._finish_open()
        self._list_new()
        self._list_again()

    def _list_new(self) -> None:
        """Day by day from where the last listing ended, so that a first collection that ends early goes on there."""
        now, name = self._now(), f"runs of {self._repository} until"
        until = self._moment(name) or self._since + windows.OVERLAP
        while until < now:
            reached = min(until + timedelta(days=1), now)
            if not self._list(windows.new(until, reached)):
                return
            self._store.mark(name, str(stamp(reached)))
            until = reached

    def _list_again(self) -> None:
        now, name = self._now(), f"runs of {self._repository} looked through"
        last = self._moment(name)
        if last and now - last < AGAIN:
            return
        if all([self._list(day, known=True) for day in windows.days(self._since, now)]):
            self._store.mark(name, str(stamp(now)))

    def _list(self, window: Window, *, known: bool = False) -> bool:
        """All runs that were created in ``window``; ``known`` are asked for with what was seen the last time.

        Whether none can have slipped through: where the list goes on shifting, the next collection reads it again.
        """
        for _ in range(PASSES):
            listing = self._read(window, known=known)
            if listing is None:
                return all([self._list(half, known=known) for half in window.halves()])
            if listing.is_whole:
                return True
        return False

    def _read(self, window: Window, *, known: bool) -> _Listing | None:
        """Takes all runs of the window's pages; None where it has more than GitHub lists, and is to be cut."""
        listing = _Listing()
        for page in self._pages(window, known=known):
            if page is not None and page["total_count"] > windows.MOST and window.is_long:
                return None
            listing.add(page)
            for told in page["workflow_runs"] if page else ():
                self._take(told)
        return listing

    def _pages(self, window: Window, *, known: bool) -> Iterator[Mapping[str, Any] | None]:
        """Each page, None in the place of one that is as it was when all of its runs had been kept."""
        asked: Mapping[str, Any] | None = {"created": window.created, "per_page": PAGE}
        while asked is not None:
            name = f"etag of {self._repository} {json.dumps(asked)}"
            etag, following = json.loads(self._store.marked(name) or '["", null]') if known else ("", None)
            page = self._source.page("/actions/runs", asked, etag)
            yield page.body
            if page.body is not None:
                following = page.following
                if known and all(run["status"] == "completed" for run in page.body["workflow_runs"]):
                    self._store.mark(name, json.dumps([page.etag, following]))
            asked = following

    def _take(self, told: Mapping[str, Any]) -> None:
        """Every attempt of a run that is not known as finished yet."""
        newest = run_of(self._repository, told)
        known = self._finished(newest.id)
        for attempt in range(1, newest.attempt + 1):
            if attempt in known:
                continue
            one = newest if attempt == newest.attempt else self._attempt(newest.id, attempt)
            if one is not None:
                self._keep(one)

    def _attempt(self, id_: int, attempt: int) -> Run | None:
        told = self._source.run(id_, attempt)
        return run_of(self._repository, told) if told else None

    def _keep(self, run: Run) -> None:
        """A finished attempt with its jobs, or one that still goes on; one that is gone meanwhile is left."""
        if run.ended is None:
            self._store.put(run)
            return
        jobs = self._source.jobs(run.id, run.attempt)
        if jobs is None:
            return
        own = [job for job in jobs if not _was_before(job, run)]
        found = list(summaries.of(self._source, run)) if summaries.may_have(own) else []
        with self._store.together():
            self._store.put(replace(run, ended=_last(own) or run.ended), *own)
            for one in found:
                self._put_or_tell(one)

    def _put_or_tell(self, found: Outcomes | Findings | StateError) -> None:
        if isinstance(found, StateError):
            self._store.add(metrics.COLLECTOR_ERRORS.name, {"source": "github", "reason": "unreadable"})
            self._say(str(found))
        else:
            self._store.put(found)

    def _finish_open(self) -> None:
        """The attempts that still went on the last time: what is gone now never ended."""
        where = "repository = ? AND ended IS NULL"
        for run in list(self._store.of(Run, where, self._repository)):
            told = self._source.run(run.id)
            if told is None:
                self._store.forget(run)
            else:
                self._take(told)

    def _finished(self, id_: int) -> set[int]:
        where = "repository = ? AND id = ? AND ended IS NOT NULL"
        return {run.attempt for run in self._store.of(Run, where, self._repository, id_)}

    def _moment(self, name: str) -> datetime | None:
        text = self._store.marked(name)
        return moment(float(text)) if text else None


def _was_before(job: Job, run: Run) -> bool:
    """Whether a job is told of again that passed in an earlier attempt, as where only the failed ones are run again."""
    return run.attempt > 1 and job.ended is not None and job.ended < run.started


def _last(jobs: list[Job]) -> datetime | None:
    """When the last job ended: GitHub changes a run's own time later, when its logs go for example."""
    return max((job.ended for job in jobs if job.ended), default=None)


@dataclass
class _Listing:
    """What one reading of a window has seen."""

    total: int = 0
    seen: set[int] = field(default_factory=set)
    old: bool = False

    def add(self, page: Mapping[str, Any] | None) -> None:
        if page is None:
            self.old = True
            return
        self.total = max(self.total, page["total_count"])
        self.seen |= {run["id"] for run in page["workflow_runs"]}

    @property
    def is_whole(self) -> bool:
        """Whether no run can have slipped from one page to the one before, as happens when others are deleted."""
        return self.old or len(self.seen) >= min(self.total, windows.MOST)
