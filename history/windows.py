"""The stretches of time whose runs are listed: each is short enough for GitHub to list all of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MOST = 1000
"""GitHub lists no more than a thousand runs of a search
(https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository)."""

SHORTEST = timedelta(seconds=2)
"""``created`` knows whole seconds."""

RERUNS = timedelta(days=30)
"""So long a run can be run again."""

OVERLAP = timedelta(minutes=5)
"""A run may be listed a little after it was created, by a clock that is not this one."""


@dataclass(frozen=True)
class Window:
    """From ``start`` to ``end``, both in it, in whole seconds."""

    start: datetime
    end: datetime

    @property
    def created(self) -> str:
        """As GitHub's ``created`` wants it."""
        return f"{_text(self.start)}..{_text(self.end)}"

    @property
    def is_long(self) -> bool:
        """Whether it can be cut."""
        return self.end - self.start >= SHORTEST

    def halves(self) -> tuple[Window, Window]:
        middle = (self.start + (self.end - self.start) / 2).replace(microsecond=0)
        return Window(self.start, middle), Window(middle + timedelta(seconds=1), self.end)


def new(until: datetime, now: datetime) -> Window:
    """What came since a listing that was complete ``until`` then."""
    return Window((until - OVERLAP).replace(microsecond=0), now.replace(microsecond=0))


def days(start: datetime, now: datetime) -> Iterator[Window]:
    """Each whole day, the newest first, of the last 30 but not before ``start``: runs of these may have been run again."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    oldest = max(start, now - RERUNS)
    while day + timedelta(days=1) > oldest:
        yield Window(day, day + timedelta(days=1, seconds=-1))
        day -= timedelta(days=1)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
