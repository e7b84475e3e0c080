"""Counting visits without losing any."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from shortlinks.store import MemoryStore, NotReadyError
from shortlinks.visits import Visits


class FailsOnce(MemoryStore):
    """A store that is away the first time that visits are written."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    async def add_visits(self, visits: Mapping[str, int]) -> None:
        self.calls += 1
        if self.calls == 1:
            raise NotReadyError("away")
        await super().add_visits(visits)


def test_visits_are_kept_while_the_store_is_away_and_written_together():
    async def after() -> int:
        store = FailsOnce()
        await store.add("docs", "https://example.com")
        visits = Visits(store)
        visits.count("docs")
        await visits.write()
        visits.count("docs")
        await visits.write()
        return (await store.newest(1))[0].visits

    assert asyncio.run(after()) == 2


def test_what_was_counted_last_is_written_when_it_is_stopped():
    async def after() -> int:
        store = MemoryStore()
        await store.add("docs", "https://example.com")
        visits = Visits(store)
        writing = asyncio.create_task(visits.keep_writing())
        visits.count("docs")
        visits.stop()
        await writing
        return (await store.newest(1))[0].visits

    assert asyncio.run(after()) == 1


def test_nothing_is_written_where_nobody_came():
    store = FailsOnce()
    asyncio.run(Visits(store).write())
    assert store.calls == 0
