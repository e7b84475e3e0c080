"""Addresses by code in Redis. A cache that is away slows the service down, and breaks nothing."""

from __future__ import annotations

import logging
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

SECONDS = 60
"""How long a removed link may still lead somewhere, where Redis was away when it was removed."""
PATIENCE_SECONDS = 0.2
_log = logging.getLogger(__name__)


class Cache(Protocol):
    """Addresses by code, for a while."""

    async def get(self, code: str) -> str | None:
        """The address, where it is known."""

    async def put(self, code: str, url: str) -> None:
        """Keeps it for ``SECONDS``."""

    async def drop(self, code: str) -> None:
        """Forgets it."""

    async def state(self) -> str:
        """One word or two for /readyz."""

    async def close(self) -> None:
        """Gives all connections back."""


class NoCache:
    """Knows nothing."""

    async def get(self, code: str) -> str | None:  # noqa: ARG002
        """Nothing."""
        return None

    async def put(self, code: str, url: str) -> None:
        """Does nothing."""

    async def drop(self, code: str) -> None:
        """Does nothing."""

    async def state(self) -> str:
        """Says that there is none."""
        return "none"

    async def close(self) -> None:
        """Does nothing."""


class RedisCache:
    """In Redis, under ``shortlinks:CODE``."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS, retry=None
        )

    async def get(self, code: str) -> str | None:
        """The address, where it is known."""
        try:
            return await self._redis.get(_key(code))
        except RedisError as error:
            _away(error)
            return None

    async def put(self, code: str, url: str) -> None:
        """Keeps it for ``SECONDS``."""
        try:
            await self._redis.set(_key(code), url, ex=SECONDS)
        except RedisError as error:
            _away(error)

    async def drop(self, code: str) -> None:
        """Forgets it."""
        try:
            await self._redis.delete(_key(code))
        except RedisError as error:
            _away(error)

    async def state(self) -> str:
        """Whether Redis answers."""
        try:
            await self._redis.ping()
        except RedisError as error:
            _away(error)
            return "redis, which does not answer"
        return "redis"

    async def close(self) -> None:
        """Gives all connections back."""
        await self._redis.aclose()


def _key(code: str) -> str:
    return f"shortlinks:{code}"


def _away(error: RedisError) -> None:
    _log.warning("redis does not answer (%s); going on without it", type(error).__name__)
