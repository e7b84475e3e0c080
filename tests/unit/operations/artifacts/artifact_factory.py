"""Artifacts as tests want them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from operations.artifacts.model import Artifact, Attached, Hold

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def digest(mark: str) -> str:
    return f"sha256:{mark * 64}"


def artifact(mark: str, days: int | None = 40, *, releases: tuple[str, ...] = (), **changes: Any) -> Artifact:
    """An image that is ``days`` old; ``mark`` is the digit of its digest."""
    values: dict[str, Any] = {
        "repository": "registry.example/shop",
        "digest": digest(mark),
        "tags": (mark,),
        "created": None if days is None else NOW - timedelta(days=days),
        "attached": Attached(releases=releases, digests=(digest("f"),) if releases else ()),
    }
    return Artifact(**{**values, **changes})


def hold(stack: str, why: str) -> tuple[Hold, ...]:
    return (Hold(stack=stack, why=why),)
