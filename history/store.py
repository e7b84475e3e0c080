"""What has been collected, in one SQLite file: whatever is put twice is there once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from history.model import Commit, Deployment, Job, Run
from history.rows import TABLES, Kept, Value, moment, row, stamp, value_of
from history.schema import APPLICATION, VERSION
from history.schema import TABLES as SCHEMA
from infra.errors import StateError

WAIT_SECONDS = 30.0
"""How long a writer waits for another one."""


class Store:
    """A file of history. Raises ``StateError`` where it is damaged, of a newer Lockgate, or no store at all: never begins anew.

    One object belongs to one thread; several may have the same file open. Reading streams, so that memory does not grow with
    the history. What is put counts once it is in the file: each ``put`` alone, or all of a ``together``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._open()
        except sqlite3.Error as error:
            raise StateError(self._unreadable(str(error))) from None

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        with self.together():
            version = self._pragma("user_version")
            if version == 0 and not self._db.execute("SELECT 1 FROM sqlite_schema").fetchone():
                for statement in SCHEMA.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {VERSION}")
                self._db.execute(f"PRAGMA application_id = {APPLICATION}")
            elif self._pragma("application_id") != APPLICATION:
                raise StateError(f"{self.path}: is not a history of Lockgate's; name another file")
            elif version != VERSION:
                raise StateError(f"{self.path}: is of version {version}, not {VERSION}; use the Lockgate that wrote it")

    def _pragma(self, name: str) -> int:
        return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])

    def _unreadable(self, said: str) -> str:
        return f"{self.path}: cannot be read as a history ({said}); put it back from a backup, or move it away to collect anew"

    @contextmanager
    def together(self) -> Iterator[None]:
        """All or nothing of what is put inside."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def put(self, *values: Value) -> None:
        """Adds, or takes the place of what has the same key."""
        with self.together():
            for value in values:
                columns = row(value)
                names = ", ".join(f'"{name}"' for name in columns)
                marks = ", ".join("?" * len(columns))
                text = f"INSERT OR REPLACE INTO {TABLES[type(value)]} ({names}) VALUES ({marks})"  # noqa: S608
                self._db.execute(text, list(columns.values()))

    def forget(self, run: Run) -> None:
        """Takes away an attempt that never ended."""
        self._db.execute("DELETE FROM runs WHERE (repository, id, attempt) = (?, ?, ?)", (run.repository, run.id, run.attempt))

    def merge_ledger(self, stack: str, service: str, entries: Sequence[Deployment]) -> Sequence[Deployment]:
        """Adds the entries, the oldest first, that are newer than what is known of the stack; returns them as they were added.

        A ledger forgets its oldest entries, and this does not. ``position`` of ``entries`` does not matter.
        """
        with self.together():
            known = list(self.deployments(stack))
            seen = {_identity(one) for one in known}
            last = max((place for place, one in enumerate(entries) if _identity(one) in seen), default=-1)
            start = known[-1].position + 1 if known else 0
            new = [replace(one, position=start + place) for place, one in enumerate(entries[last + 1 :])]
            self.put(*new)
            self._db.execute("INSERT OR REPLACE INTO services VALUES (?, ?)", (stack, service))
        return new

    def put_brought(self, stack: str, release: str, commits: Iterable[Commit]) -> None:
        """The commits that a release of the stack brought."""
        with self.together():
            for commit in commits:
                self.put(commit)
                values = (stack, release, commit.repository, commit.sha)
                self._db.execute("INSERT OR REPLACE INTO brought VALUES (?, ?, ?, ?)", values)

    def mark(self, name: str, value: str) -> None:
        """Remembers where a collection has come to."""
        self._db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))

    def unmark(self, name: str) -> None:
        self._db.execute("DELETE FROM marks WHERE name = ?", (name,))

    def marked(self, name: str) -> str:
        """What ``mark`` said last, or ""."""
        found = self._db.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def add(self, metric: str, labels: Mapping[str, str], amount: float = 1.0) -> None:
        """Counts what is in no table: calls, errors."""
        key = json.dumps(dict(labels), sort_keys=True)
        text = "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value"
        self._db.execute(text, (metric, key, amount))

    def rows(self, query: str, *values: Any, **named: Any) -> Iterator[sqlite3.Row]:
        """The rows of a query, one after the other."""
        return iter(self._db.execute(query, named or values))

    def of(self, kind: type[Kept], where: str = "1", *values: Any, order: str = "1") -> Iterator[Kept]:
        """Values of a kind, by a condition on its columns."""
        text = f"SELECT * FROM {TABLES[kind]} WHERE {where} ORDER BY {order}"  # noqa: S608
        return (value_of(kind, found) for found in self._db.execute(text, values))

    def runs(self, since: datetime, repository: str = "") -> Iterator[Run]:
        """Attempts that ended since then, in the order of their ends."""
        where = "ended >= ? AND (? = '' OR repository = ?)"
        return self.of(Run, where, stamp(since), repository, repository, order="ended")

    def jobs(self, since: datetime, repository: str = "") -> Iterator[Job]:
        """The jobs of those attempts."""
        ended = "(repository, run, attempt) IN (SELECT repository, id, attempt FROM runs WHERE ended >= ?)"
        return self.of(Job, f"{ended} AND (? = '' OR repository = ?)", stamp(since), repository, repository)

    def deployments(self, stack: str) -> Iterator[Deployment]:
        """All known entries of a stack, the oldest first."""
        return self.of(Deployment, "stack = ?", stack, order="position")

    def brought(self, deployment: Deployment) -> list[Commit]:
        """The commits that a release brought."""
        query = "SELECT repository, sha FROM brought WHERE stack = ? AND release = ?"
        return list(self.of(Commit, f"(repository, sha) IN ({query})", deployment.stack, deployment.release))

    def stacks(self) -> dict[str, str]:
        """The service of each stack."""
        return {found[0]: found[1] for found in self.rows("SELECT stack, service FROM services ORDER BY stack")}

    def newest_end(self) -> datetime | None:
        """When the last known attempt ended."""
        (found,) = self.rows("SELECT max(ended) FROM runs")
        return None if found[0] is None else moment(found[0])


def _identity(entry: Deployment) -> tuple[Any, ...]:
    return entry.release, entry.kind, entry.at, entry.previous
