"""Links in PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from shortlinks.links import Link
from shortlinks.migrate import TABLE, Migration
from shortlinks.store import CodeTakenError, NotReadyError

PATIENCE_SECONDS = 0.8
"""For a connection: a readiness probe gives up after a second."""
STATEMENT_SECONDS = 2
LACKS = "the database lacks migrations that this version needs; run python3 -m shortlinks.migrate"
_COLUMNS = "code, url, created_at, visits"


class PostgresStore:
    """Ready when the database answers and has all of ``migrations``."""

    name = "postgresql"

    def __init__(self, url: str, migrations: tuple[Migration, ...]) -> None:
        self._needed = {one.number for one in migrations}
        self._pool = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=5,
            open=False,
            timeout=PATIENCE_SECONDS,
            configure=_configure,
            check=AsyncConnectionPool.check_connection,
        )

    async def open(self) -> None:
        """Begins to connect; does not wait for it."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Gives all connections back."""
        await self._pool.close()

    async def check(self) -> None:
        """Raises NotReadyError unless the database answers and has the migrations that this version needs."""
        async with self._connection() as connection:
            rows = await (await connection.execute(f"SELECT number FROM {TABLE}")).fetchall()  # noqa: S608
        if self._needed - {row[0] for row in rows}:
            raise NotReadyError(LACKS)

    async def add(self, code: str, url: str) -> Link:
        """Raises CodeTakenError."""
        try:
            found = await self._links(f"INSERT INTO links (code, url) VALUES (%s, %s) RETURNING {_COLUMNS}", code, url)  # noqa: S608
        except psycopg.errors.UniqueViolation as error:
            raise CodeTakenError(code) from error
        return found[0]

    async def get(self, code: str) -> Link | None:
        """The link under ``code``."""
        found = await self._links(f"SELECT {_COLUMNS} FROM links WHERE code = %s", code)  # noqa: S608
        return found[0] if found else None

    async def newest(self, count: int) -> list[Link]:
        """At most ``count`` links, the newest first."""
        return await self._links(f"SELECT {_COLUMNS} FROM links ORDER BY created_at DESC, code LIMIT %s", count)  # noqa: S608

    async def remove(self, code: str) -> bool:
        """Whether there was one."""
        return bool(await self._links(f"DELETE FROM links WHERE code = %s RETURNING {_COLUMNS}", code))  # noqa: S608

    async def add_visits(self, visits: Mapping[str, int]) -> None:
        """Counts visits by code, always in the same order, so that two processes do not block each other."""
        async with self._connection() as connection, connection.cursor() as cursor:
            rows = [(count, code) for code, count in sorted(visits.items())]
            await cursor.executemany("UPDATE links SET visits = visits + %s WHERE code = %s", rows)

    async def _links(self, query: str, *values: object) -> list[Link]:
        async with self._connection() as connection, connection.cursor(row_factory=class_row(Link)) as cursor:
            return await (await cursor.execute(query, values)).fetchall()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.OperationalError) as error:
            raise NotReadyError("the database does not answer") from error
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
            raise NotReadyError(LACKS) from error


async def _configure(connection: psycopg.AsyncConnection) -> None:
    await connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
    await connection.commit()
