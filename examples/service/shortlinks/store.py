"""Where links are kept: what a store can do, and the one in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from shortlinks.links import Link


class CodeTakenError(Exception):
    """There is a link under this code already."""


class NotReadyError(Exception):
    """The store cannot be used now; says why, without any address or secret."""


class Store(Protocol):
    """Links by their codes. Each call may raise NotReadyError."""

    name: str

    async def open(self) -> None:
        """Begins to connect; does not wait for it."""

    async def close(self) -> None:
        """Gives all connections back."""

    async def check(self) -> None:
        """Raises NotReadyError unless requests can be served now."""

    async def add(self, code: str, url: str) -> Link:
        """Raises CodeTakenError."""

    async def get(self, code: str) -> Link | None:
        """The link under ``code``."""

    async def newest(self, count: int) -> list[Link]:
        """At most ``count`` links, the newest first."""

    async def remove(self, code: str) -> bool:
        """Whether there was one."""

    async def add_visits(self, visits: Mapping[str, int]) -> None:
        """Counts visits by code; those of links that are gone are dropped."""


class MemoryStore:
    """For a try without a database: of this process only, and gone with it. Forgets the oldest above ``most``."""

    name = "memory"

    def __init__(self, most: int = 10_000) -> None:
        self._links: dict[str, Link] = {}
        self._most = most

    async def open(self) -> None:
        """There is nothing to connect to."""

    async def close(self) -> None:
        """There is nothing to give back."""

    async def check(self) -> None:
        """Memory is always ready."""

    async def add(self, code: str, url: str) -> Link:
        """Raises CodeTakenError."""
        if code in self._links:
            raise CodeTakenError(code)
        while len(self._links) >= self._most:
            del self._links[next(iter(self._links))]
        self._links[code] = Link(code=code, url=url, created_at=datetime.now(UTC))
        return self._links[code]

    async def get(self, code: str) -> Link | None:
        """The link under ``code``."""
        return self._links.get(code)

    async def newest(self, count: int) -> list[Link]:
        """At most ``count`` links, the newest first."""
        return list(reversed(self._links.values()))[:count]

    async def remove(self, code: str) -> bool:
        """Whether there was one."""
        return self._links.pop(code, None) is not None

    async def add_visits(self, visits: Mapping[str, int]) -> None:
        """Counts visits by code."""
        for code, count in visits.items():
            if link := self._links.get(code):
                self._links[code] = replace(link, visits=link.visits + count)
