"""Hides what may be a secret. The policy has seen it before, and judged it; a report must not spread it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from infra.plan import SECRET, Change, Plan

MAY_BE = re.compile(
    r"(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"
    r"|(?i:(?<=bearer )|(?<=authorization: ))[\w.~+/=-]{8,}"
)
"""A password in an address, a signed token, what follows a word that announces one."""
SENSITIVE = re.compile(r"(password|passphrase|token|private_?key|plaintext_?value|client_?secret)$", re.IGNORECASE)
"""Properties whose text is hidden even where the program forgot to call it a secret."""


def hide(plan: Plan) -> Plan:
    """The plan as it may be shown to everyone who can read a pull request."""
    return replace(
        plan,
        changes=tuple(map(hide_change, plan.changes)),
        notes=tuple(map(hide_text, plan.notes)),
        error=hide_text(plan.error),
        outputs=_hidden(plan.outputs),
    )


def hide_change(change: Change) -> Change:
    return replace(change, old=_hidden(change.old), new=_hidden(change.new))


def hide_text(text: str) -> str:
    return MAY_BE.sub(SECRET, text)


def _hidden(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {hide_text(key): _hidden(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, name) for item in value]
    if isinstance(value, str):
        return SECRET if value and SENSITIVE.search(name) else hide_text(value)
    return value
