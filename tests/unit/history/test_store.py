"""The file that a history is kept in."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from histories import END, Recorded, recorded
from known_ledgers import START, Known

from history.model import Commit, Deployment, Findings, Gate, Job, Outcomes, Run
from history.store import Store
from infra.errors import StateError

ROOT = Path(__file__).parents[3]
KINDS = {
    Run: "runs",
    Job: "jobs",
    Outcomes: "tests",
    Findings: "findings",
    Commit: "commits",
    Gate: "gates",
    Deployment: "deployments",
}


@pytest.fixture(scope="module")
def made() -> Recorded:
    return recorded(60, 1, planted=("flaky tests",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "history.db") as opened:
        yield opened


@pytest.mark.parametrize(("kind", "name"), KINDS.items(), ids=KINDS.values())
def test_what_was_put_twice_is_there_once_and_unchanged(store: Store, made: Recorded, kind: type, name: str) -> None:
    values = getattr(made, name)
    store.put(*values)
    store.put(*values)
    assert sorted(store.of(kind), key=repr) == sorted(values, key=repr)


def test_another_process_reads_what_was_put(store: Store, made: Recorded) -> None:
    store.put(*made.runs)
    with Store(store.path) as other:
        assert len(list(other.runs(made.start))) == len(made.runs)
        assert len(list(other.runs(made.start, "lab/other"))) == 0


def test_runs_since_then_come_with_their_jobs(store: Store, made: Recorded) -> None:
    store.put(*made.runs, *made.jobs)
    since = END - timedelta(days=7)
    runs = {(run.id, run.attempt) for run in store.runs(since)}
    assert runs == {(run.id, run.attempt) for run in made.runs if run.ended and run.ended >= since}
    assert {(job.run, job.attempt) for job in store.jobs(since)} == runs


def test_all_or_nothing_of_what_is_put_together(store: Store, made: Recorded) -> None:
    with pytest.raises(sqlite3.IntegrityError), store.together():
        store.put(*made.runs, replace(made.runs[0], id="not a number"))
    assert list(store.of(Run)) == []


def test_a_killed_writer_leaves_what_it_had_finished(store: Store) -> None:
    code = f"""
import sys; sys.path.insert(0, {str(ROOT / "tests/support")!r})
from pathlib import Path
from histories import recorded
from history.store import Store
made = recorded(60, 1)
with Store(Path({str(store.path)!r})) as store:
    store.put(*made.runs[:10])
    with store.together():
        store.put(*made.runs)
        print("writing", flush=True)
        sys.stdin.read()
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        os.kill(writer.pid, signal.SIGKILL)
    assert len(list(store.of(Run))) == 10


def test_a_ledger_that_forgets_takes_nothing_from_the_history(store: Store) -> None:
    known = Known()
    for _ in range(6):
        known.now += timedelta(hours=1)
        known.release([])
    whole = known.ledger
    for end in range(1, 7):
        newest = whole[max(end - 3, 0) : end]
        store.merge_ledger("prod", "shop", [replace(one, position=place) for place, one in enumerate(newest)])
        store.merge_ledger("prod", "shop", newest)
    assert list(store.deployments("prod")) == whole
    assert store.stacks() == {"prod": "shop"}


def test_a_ledger_that_went_on_unseen_is_taken_up_where_it_is(store: Store) -> None:
    known = Known()
    for _ in range(6):
        known.now += timedelta(hours=1)
        known.release([])
    store.merge_ledger("prod", "shop", known.ledger[:2])
    added = store.merge_ledger("prod", "shop", known.ledger[4:])
    assert [one.release for one in added] == ["r4", "r5"]
    assert [one.position for one in store.deployments("prod")] == [0, 1, 2, 3]


def test_what_a_release_brought_is_known_by_stack_and_release(store: Store) -> None:
    known = Known()
    known.release([])
    known.release([5, 7])
    store.put_brought("prod", "r1", known.commits["r1"])
    assert store.brought(known.ledger[1]) == known.commits["r1"]
    assert store.brought(replace(known.ledger[1], stack="dev")) == []


def test_counts_add_up_and_marks_do_not(store: Store) -> None:
    for _ in range(3):
        store.add("calls", {"status": "200"})
        store.mark("cursor", START.isoformat())
    assert [row["value"] for row in store.rows("SELECT value FROM counts")] == [3.0]
    assert store.marked("cursor") == START.isoformat()
    assert store.marked("other") == ""


def test_a_damaged_file_is_never_taken_for_an_empty_history(store: Store, made: Recorded) -> None:
    store.put(*made.runs)
    store.close()
    with store.path.open("r+b") as file:
        file.write(b"not SQLite at all")
    with pytest.raises(StateError, match=r"history\.db: cannot be read as a history .*backup"):
        Store(store.path)
    assert store.path.read_bytes().startswith(b"not SQLite at all")


def test_a_newer_file_is_left_alone(store: Store) -> None:
    store.close()
    with sqlite3.connect(store.path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StateError, match="is of version 99, not 1; use the Lockgate that wrote it"):
        Store(store.path)


def test_another_programs_file_is_no_history(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE bookmarks (url)")
    with pytest.raises(StateError, match="is not a history of Lockgate's"):
        Store(path)
