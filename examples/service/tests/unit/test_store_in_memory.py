"""The store of a try without a database."""

from __future__ import annotations

import asyncio

from shortlinks.store import MemoryStore

URL = "https://example.com"


def test_it_forgets_the_oldest_before_it_grows_without_end():
    async def codes() -> list[str]:
        store = MemoryStore(most=2)
        for code in ("one", "two", "three"):
            await store.add(code, URL)
        return [link.code for link in await store.newest(10)]

    assert asyncio.run(codes()) == ["three", "two"]


def test_visits_of_a_link_that_is_gone_are_dropped():
    async def listed() -> list[tuple[str, int]]:
        store = MemoryStore()
        await store.add("docs", URL)
        await store.add_visits({"docs": 2, "gone": 5})
        return [(link.code, link.visits) for link in await store.newest(10)]

    assert asyncio.run(listed()) == [("docs", 2)]
