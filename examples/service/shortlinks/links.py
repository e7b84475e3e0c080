"""A link, and what may be one. Pure, but for the dice."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

CODE = re.compile(r"[A-Za-z0-9_-]{3,32}")
MOST_CHARACTERS = 2048
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 7


class BadRequestError(Exception):
    """What was asked for cannot be; says why, to whoever asked."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """``url`` is to be had under ``code``; ``visits`` may be a second behind."""

    code: str
    url: str
    created_at: datetime
    visits: int = 0

    def as_json(self) -> dict[str, Any]:
        """The link as the API gives it."""
        created = self.created_at.isoformat(timespec="seconds")
        return {"code": self.code, "url": self.url, "created_at": created, "visits": self.visits}


def new_code() -> str:
    """Seven letters and digits that nobody mistakes for others."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))


def wanted(body: object) -> tuple[str, str]:
    """The address and the code ("" for any) that the body of a request asks for. Raises BadRequestError."""
    if not isinstance(body, Mapping):
        raise BadRequestError('the body must be an object such as {"url": "https://example.com"}')
    url, code = body.get("url"), body.get("code") or ""
    if not isinstance(url, str) or not _is_web_address(url):
        raise BadRequestError(f"url = {_short(url)}: must be an http or https address of at most {MOST_CHARACTERS} characters")
    if not isinstance(code, str) or (code and not CODE.fullmatch(code)):
        raise BadRequestError(f"code = {_short(code)}: must be 3 to 32 letters, digits, - and _; leave it out to get one")
    return url, code


def _is_web_address(url: str) -> bool:
    if len(url) > MOST_CHARACTERS or re.search(r"[\s\x00-\x1f\x7f]", url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
