"""What people are told: one message for all channels, cleaned of secrets and cut to size when it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from operations.notify.masking import masked

SLACK, MAIL = "slack", "e-mail"
EVENTS = {
    "deployment": ("Deployed", (SLACK, MAIL)),
    "rollback": ("Rolled back", (SLACK, MAIL)),
    "failure": ("Failed", (SLACK, MAIL)),
    "quality": ("Quality gate", (SLACK, MAIL)),
    "performance": ("Slow", (SLACK,)),
}
"""Each event with its first word and the channels that the story alerts for it."""

LIMITS = {"subject": 150, "stack": 60, "live": 150, "detail": 600, "url": 500}
_LINK = re.compile(r"^https?://[^\s<>|\"'@\\]+$")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One line each: what happened, the stack, what is live there, why, and where to look. All but ``subject`` may be "".

    Made by ``message``, which cleans them.
    """

    event: str
    subject: str
    stack: str = ""
    live: str = ""
    detail: str = ""
    url: str = ""

    @property
    def title(self) -> str:
        return f"{EVENTS[self.event][0]}: {self.subject}"

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The lines below the title, but for the link."""
        named = (("where", self.stack), ("live", self.live), ("why", self.detail))
        return tuple((name, text) for name, text in named if text)


def message(
    event: str, subject: str, *, secrets: Iterable[str] = (), stack: str = "", live: str = "", detail: str = "", url: str = ""
) -> Message:
    """The message without ``secrets`` and what looks like one, without control characters, each part cut to its limit.

    A link that is none, or that is longer than its limit or holds a secret, is left out: a part of it would lead nowhere.
    """
    known = tuple(secrets)
    texts = {"subject": subject, "stack": stack, "live": live, "detail": detail}
    clean = {name: _cut(_line(masked(text, known)), LIMITS[name]) for name, text in texts.items()}
    return Message(event=event, url=_link(url, known), **clean)


def _line(text: str) -> str:
    """One line of printable characters; those that only steer the reading direction are no text either."""
    spaced = " ".join(text.split())
    return "".join(letter for letter in spaced if letter.isprintable())


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def _link(url: str, secrets: tuple[str, ...]) -> str:
    fits = len(url) <= LIMITS["url"] and _LINK.match(url) is not None
    return url if fits and masked(url, secrets) == url else ""
