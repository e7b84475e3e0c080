"""Small pieces of sentences."""

from __future__ import annotations

from collections.abc import Sequence

NAMES = 5
"""As many are named one by one."""


def kind_of(type_token: str) -> str:
    """``Deployment`` of ``kubernetes:apps/v1:Deployment``, ``github provider`` of ``pulumi:providers:github``."""
    last = type_token.rpartition(":")[2]
    return f"{last} provider" if type_token.startswith("pulumi:providers:") else last


def counted(count: int, noun: str) -> str:
    """``1 resource``, ``2 resources``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def few(names: Sequence[str]) -> str:
    """The first names, and how many others there are."""
    others = len(names) - NAMES
    return listed([*names[:NAMES], f"{others} others"] if others > 1 else names)


def quoted(text: str) -> str:
    """A text between backquotes has none itself."""
    return text.replace("`", "'")
