"""Ledgers as a history takes them: out of the ConfigMaps that stacks publish, and with the commits that each release brought."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from history.github import Source
from history.model import Deployment
from history.store import Store
from infra.errors import StateError
from infra.kubernetes import Cluster
from infra.labels import LEDGER
from infra.ledger_document import DOCUMENT


@dataclass(frozen=True, kw_only=True)
class Published:
    """What a stack tells of its ledger: the entries, the oldest first."""

    stack: str
    service: str
    entries: Sequence[Deployment]


def read(text: str) -> Published:
    """Reads what ``document`` wrote. Raises ``StateError`` where it is something else."""
    try:
        told = json.loads(text)
        oldest_first = list(reversed(told["history"]))
        entries = [_entry(told, place, entry) for place, entry in enumerate(oldest_first)]
        return Published(stack=told["stack"], service=told["service"], entries=entries)
    except (ValueError, KeyError, TypeError) as error:
        raise StateError(f"a published ledger cannot be read ({error!r}); update its stack with this version") from None


def of_cluster(cluster: Cluster, namespace: str) -> list[Published]:
    """The ledgers that stacks have published into ``namespace``. Raises ``StateError``, ``ApiError`` and ``HTTPError``."""
    found = cluster.config_maps(namespace, {LEDGER: "true"})
    return [read((one.data or {}).get(DOCUMENT, "")) for one in found]


def collect(store: Store, published: Iterable[Published], source: Source | None) -> None:
    """Takes up what is new, each release with its commits where ``source`` is the repository that has them."""
    for one in published:
        with store.together():
            added = store.merge_ledger(one.stack, one.service, one.entries)
            for entry in added:
                store.mark(_todo(entry), json.dumps([entry.stack, entry.release, entry.previous]))
    if source is not None:
        _bring(store, source)


def _bring(store: Store, source: Source) -> None:
    """The commits of each release that lacks them: one that GitHub did not tell of before is asked for again."""
    for row in list(store.rows("SELECT name, value FROM marks WHERE name LIKE 'commits of %'")):
        stack, release, previous = json.loads(row["value"])
        head, base = _revision(store, stack, release), _revision(store, stack, previous)
        commits = source.commits(base, head) if head else []
        with store.together():
            store.put_brought(stack, release, commits)
            store.unmark(row["name"])


def _todo(entry: Deployment) -> str:
    return f"commits of {entry.stack} {entry.position}"


def _revision(store: Store, stack: str, release: str) -> str:
    found = store.rows("SELECT revision FROM deployments WHERE stack = ? AND release = ? LIMIT 1", stack, release)
    return next((row["revision"] for row in found), "")


def _entry(told: Mapping[str, Any], place: int, entry: Mapping[str, Any]) -> Deployment:
    known = told["releases"].get(entry["release"], {})
    return Deployment(
        stack=told["stack"],
        position=place,
        release=entry["release"],
        version=known.get("version", ""),
        revision=known.get("revision", ""),
        kind=entry["kind"],
        at=datetime.fromisoformat(entry["at"]),
        previous=entry["previous"] or "",
    )
