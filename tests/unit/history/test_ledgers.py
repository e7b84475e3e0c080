"""Ledgers that stacks publish, as a history takes them up: each entry once, in its order, with what its release brought."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from runs_api import RunsApi

from history import ledgers
from history.github import Source
from history.model import Commit
from history.store import Store
from infra.errors import StateError
from infra.github.client import GitHub
from infra.github.credentials import Token
from infra.github.errors import GitHubError
from infra.ledger_document import document

START = datetime(2026, 11, 1, tzinfo=UTC)
SHAS = [f"{number:040x}" for number in range(6)]


def ledger(*entries: tuple[str, str, int], most: int = 10) -> dict[str, Any]:
    """As a stack has it, newest first: release, kind and minute of each entry, of which it keeps ``most``."""
    names = [""] + [release for release, _, _ in entries]
    history = [
        {"release": release, "kind": kind, "at": (START + timedelta(minutes=minute)).isoformat(), "previous": before or None}
        for (release, kind, minute), before in zip(entries, names, strict=False)
    ]
    releases = {
        release: {"version": f"1.{release}", "revision": SHAS[int(release)], "config": {"password": "hunter2-in-config"}}
        for release, _, _ in entries
    }
    return {"releases": releases, "history": history[::-1][:most]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "history.db") as opened:
        yield opened


@pytest.fixture
def api() -> RunsApi:
    return RunsApi([], [], [Commit(repository="lab/shop", sha=sha, committed=START) for sha in SHAS])


def source(api: RunsApi) -> Source:
    return Source(GitHub("http://127.0.0.1:1", Token("t"), transport=api.transport()), "lab/shop")


def published(told: dict[str, Any]) -> ledgers.Published:
    return ledgers.read(document("prod", "shop", told))


def brought(store: Store) -> dict[str, list[str]]:
    return {one.release: sorted(commit.sha for commit in store.brought(one)) for one in store.deployments("prod")}


FIRST = (("1", "bootstrap", 0), ("3", "release", 10))
BACK = (*FIRST, ("1", "rollback", 20))


def test_what_is_published_has_the_entries_and_no_config() -> None:
    text = document("prod", "shop", ledger(*BACK))
    assert "hunter2" not in text
    found = ledgers.read(text)
    assert (found.stack, found.service) == ("prod", "shop")
    assert [(one.position, one.release, one.kind, one.previous, one.version, one.revision) for one in found.entries] == [
        (0, "1", "bootstrap", "", "1.1", SHAS[1]),
        (1, "3", "release", "1", "1.3", SHAS[3]),
        (2, "1", "rollback", "3", "1.1", SHAS[1]),
    ]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"stack": "prod", "service": "shop", "releases": {}, "history": [{}]}'])
def test_what_cannot_be_read_is_an_error_and_no_empty_ledger(text: str) -> None:
    with pytest.raises(StateError, match="a published ledger cannot be read"):
        ledgers.read(text)


def test_a_ledger_that_is_read_again_adds_what_is_new_alone(store: Store) -> None:
    for told in (ledger(*FIRST), ledger(*FIRST), ledger(*BACK), ledger(*BACK)):
        ledgers.collect(store, [published(told)], None)
    assert [(one.position, one.release, one.kind) for one in store.deployments("prod")] == [
        (0, "1", "bootstrap"),
        (1, "3", "release"),
        (2, "1", "rollback"),
    ]


def test_what_a_ledger_forgets_is_kept(store: Store) -> None:
    entries = [(str(number), "release", number) for number in range(6)]
    for known in range(1, 7):
        ledgers.collect(store, [published(ledger(*entries[:known], most=2))], None)
    assert [(one.position, one.release) for one in store.deployments("prod")] == [(number, str(number)) for number in range(6)]


def test_a_clock_that_went_back_changes_no_order(store: Store) -> None:
    ledgers.collect(store, [published(ledger(("1", "bootstrap", 50), ("2", "release", 10)))], None)
    ledgers.collect(store, [published(ledger(("1", "bootstrap", 50), ("2", "release", 10), ("3", "release", 5)))], None)
    assert [one.release for one in store.deployments("prod")] == ["1", "2", "3"]


def test_each_release_has_the_commits_since_the_one_before(store: Store, api: RunsApi) -> None:
    ledgers.collect(store, [published(ledger(*FIRST))], source(api))
    assert brought(store) == {"1": [], "3": [SHAS[2], SHAS[3]]}


def test_commits_that_github_refused_are_asked_for_again(store: Store, api: RunsApi) -> None:
    api.refuse = lambda *_: httpx2.Response(401, json={"message": "Bad credentials"})
    with pytest.raises(GitHubError):
        ledgers.collect(store, [published(ledger(*FIRST))], source(api))
    assert brought(store) == {"1": [], "3": []}
    api.refuse = lambda *_: None
    ledgers.collect(store, [published(ledger(*FIRST))], source(api))
    assert brought(store) == {"1": [], "3": [SHAS[2], SHAS[3]]}
    api.asked.clear()
    ledgers.collect(store, [published(ledger(*FIRST))], source(api))
    assert api.asked == []
