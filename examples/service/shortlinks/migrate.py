"""Brings the database to what this version needs: each file of migrations/ once, in its order, whole or not at all.

``python3 -m shortlinks.migrate`` applies, ``--list`` only says what is applied and what is not.
"""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg

from shortlinks.settings import Settings

FOLDER = Path(__file__).parent.parent / "migrations"
TABLE = "schema_migrations"
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_HEAD = re.compile(r"-- phase: (expand|contract)\n-- fits: (.+)\n")
_LOCK = 7_243_501
"""Any number, as long as nobody else locks it: two that migrate at once take turns."""


class MigrationError(Exception):
    """A file is not as it must be, or the database refuses it."""


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One file: its number, name, phase, the versions that ``fits`` speaks of, and its SQL."""

    number: int
    name: str
    phase: str
    fits: str
    sql: str

    @property
    def checksum(self) -> str:
        """Changes with the file."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """All migrations in their order. Raises MigrationError for a file that is not as it must be, and for a gap."""
    found = tuple(_read(path) for path in sorted(folder.glob("*.sql")))
    for wanted, one in enumerate(found, start=1):
        if one.number != wanted:
            raise MigrationError(f"{one.name}: number {one.number:04} where {wanted:04} is next; numbers have no gaps or doubles")
    return found


def _read(path: Path) -> Migration:
    name, text = _NAME.fullmatch(path.name), path.read_text()
    head = _HEAD.match(text)
    if name is None:
        raise MigrationError(f"{path.name}: must be called as in 0001_links.sql")
    if head is None:
        raise MigrationError(f"{path.name}: must begin with the lines `-- phase: expand` (or contract) and `-- fits: VERSIONS`")
    return Migration(number=int(name[1]), name=path.name, phase=head[1], fits=head[2], sql=text)


def pending(connection: psycopg.Connection, migrations: tuple[Migration, ...]) -> list[Migration]:
    """Those that the database lacks. Raises MigrationError where an applied one was edited since."""
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {TABLE} "
        "(number int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
    )
    applied = dict(connection.execute(f"SELECT number, checksum FROM {TABLE}").fetchall())  # noqa: S608
    for one in migrations:
        if applied.get(one.number, one.checksum) != one.checksum:
            raise MigrationError(f"{one.name}: was edited after it was applied; put it back, and write a new file")
    return [one for one in migrations if one.number not in applied]


def apply(url: str, migrations: tuple[Migration, ...]) -> list[Migration]:
    """Applies those that are missing, and returns them. Raises MigrationError; what came before the failed one stays."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        missing = pending(connection, migrations)
        for one in missing:
            _apply(connection, one)
        return missing


def _apply(connection: psycopg.Connection, one: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute("SET LOCAL lock_timeout = '5s'")
            connection.execute(one.sql)
            row = [one.number, one.name, one.checksum]
            connection.execute(f"INSERT INTO {TABLE} (number, name, checksum) VALUES (%s, %s, %s)", row)  # noqa: S608
    except psycopg.Error as error:
        reason = (error.diag.message_primary or type(error).__name__).strip()
        raise MigrationError(f"{one.name}: {reason}; nothing of it was applied") from error


def main(arguments: list[str]) -> int:
    """The command. Returns 0, 1 where a migration or the database fails, 2 where it was called wrongly."""
    settings = Settings.of()
    if arguments not in ([], ["--list"]) or not settings.database_url:
        print("usage: DATABASE_URL=postgresql://... python3 -m shortlinks.migrate [--list]", file=sys.stderr)
        return 2
    try:
        return _list(settings.database_url) if arguments else _migrate(settings.database_url)
    except MigrationError as error:
        print(f"error: {error}", file=sys.stderr)
    except psycopg.Error as error:
        print(f"error: DATABASE_URL: the database cannot be used ({type(error).__name__})", file=sys.stderr)
    return 1


def _migrate(url: str) -> int:
    done = apply(url, read())
    print("\n".join(f"applied {one.name} ({one.phase}; fits {one.fits})" for one in done) or "nothing to apply")
    return 0


def _list(url: str) -> int:
    migrations = read()
    with psycopg.connect(url, connect_timeout=10) as connection:
        missing = pending(connection, migrations)
        connection.rollback()
    for one in migrations:
        print(f"{'pending' if one in missing else 'applied'} {one.name} ({one.phase}; fits {one.fits})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
