"""Whether a call that was not done is done again, and when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FIRST_SECONDS = 1.0
SECONDARY_SECONDS = 60.0
"""What GitHub asks for where it limits without saying until when; doubled each time."""

ATTEMPTS = 6
SILENT_ATTEMPTS = 4
LIMITED = frozenset({403, 429})
PASSING = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Wait:
    """Do it again after ``seconds``, for ``reason``."""

    seconds: float
    reason: str


def after_answer(
    status: int, headers: Mapping[str, str], message: str, *, attempt: int, now: float, repeatable: bool
) -> Wait | None:
    """What follows from an answer; None where it counts. ``attempt`` is from 1, ``now`` in seconds since 1970.

    A limited call was not done, so it may always be repeated; one that a gateway lost only where ``repeatable``.
    """
    if attempt >= ATTEMPTS:
        return None
    if status in LIMITED:
        return _limited(headers, message, attempt, now)
    if status in PASSING and repeatable:
        return Wait(_growing(FIRST_SECONDS, attempt), f"GitHub answers {status}")
    return None


def after_silence(error: str, *, attempt: int, repeatable: bool) -> Wait | None:
    """What follows from no answer at all."""
    if attempt >= SILENT_ATTEMPTS or not repeatable:
        return None
    return Wait(_growing(FIRST_SECONDS, attempt), f"GitHub does not answer ({error})")


def _limited(headers: Mapping[str, str], message: str, attempt: int, now: float) -> Wait | None:
    told = _number(headers.get("retry-after"))
    reset = _number(headers.get("x-ratelimit-reset"))
    spent = headers.get("x-ratelimit-remaining") == "0"
    secondary = "secondary rate limit" in message.lower() or "abuse" in message.lower()
    if told is not None:
        return Wait(told, "GitHub limits the rate of calls" + (" (secondary limit)" if secondary else ""))
    if spent and reset is not None:
        return Wait(max(reset - now, 0) + 1, "the token's calls of this hour are spent")
    if secondary:
        return Wait(_growing(SECONDARY_SECONDS, attempt), "GitHub limits the rate of calls (secondary limit)")
    return None


def _number(text: str | None) -> float | None:
    return float(text) if text and text.isdigit() else None


def _growing(first: float, attempt: int) -> float:
    return float(first * 2 ** (attempt - 1))
