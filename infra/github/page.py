"""One answer of GitHub's API, with what its headers say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

PAGE = 100
"""The most items of a page."""

NOT_MODIFIED = 304


@dataclass(frozen=True)
class Page:
    """A page of a list, or a file. ``body`` is None where it is still as it was with the ``etag`` that was asked with (304).

    ``following`` are the parameters of the next page, None after the last. ``limit`` and ``remaining`` are the calls of an hour,
    in all and left; None where the server sets no limit.
    """

    status: int
    etag: str
    body: Any
    following: Mapping[str, Any] | None
    limit: int | None
    remaining: int | None


def page_of(answer: httpx2.Response, body: Any) -> Page:
    """``answer`` with the ``body`` that was read from it."""
    following = answer.links.get("next", {}).get("url")
    limit, remaining = (answer.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining"))
    return Page(
        status=answer.status_code,
        etag=answer.headers.get("etag", ""),
        body=body,
        following=dict(httpx2.URL(following).params) if following else None,
        limit=int(limit) if limit.isdigit() else None,
        remaining=int(remaining) if remaining.isdigit() else None,
    )
