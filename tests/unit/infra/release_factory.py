"""Releases, and ledgers made the way the cutover makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infra.decision import decide
from infra.ledger import DEFAULT_LIMIT, Entry, Ledger
from infra.release import Release

DIGEST = "sha256:" + "a" * 64


def release(version: str = "1.0.0", **changes: Any) -> Release:
    """A release that differs from others by its version, or by what is changed."""
    content: dict[str, Any] = {
        "version": version,
        "image": f"127.0.0.1:15000/podinfo:{version}@{DIGEST}",
        "pod": {"containers": [{"name": "service", "ports": [{"containerPort": 9898}]}]},
        "config": {"COLOR": "blue"},
    }
    return Release.of(**{**content, **changes})


def recorded(ledger: Ledger, wanted: Release, limit: int = DEFAULT_LIMIT) -> Ledger:
    """The ledger after a blue-green update to ``wanted`` went well."""
    if wanted.id == ledger.live:
        return ledger
    entry = Entry(
        release=wanted.id,
        slot=decide(wanted, ledger).slot,
        kind=ledger.kind_of(wanted),
        at="2026-01-01T00:00:00+00:00",
        previous=ledger.live,
        evidence={"from": ledger.live, "to": wanted.id, "requests": 40, "failed": 0, "seconds": 0.31, "bakeSeconds": 15},
    )
    return ledger.record(wanted, entry, limit)


def rolled(ledger: Ledger, wanted: Release, limit: int = DEFAULT_LIMIT) -> Ledger:
    """The ledger after a rolling update to ``wanted`` went well."""
    entry = Entry(release=wanted.id, slot="", kind=ledger.kind_of(wanted), at="2026-01-01T00:00:00+00:00")
    return ledger.record(wanted, entry, limit)


def history_of(versions: Sequence[str], limit: int = DEFAULT_LIMIT) -> Ledger:
    """The ledger after blue-green releases of these versions, the oldest first."""
    ledger = Ledger()
    for version in versions:
        ledger = recorded(ledger, release(version), limit)
    return ledger
