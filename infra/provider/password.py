"""Password: made once, of letters and digits of every sort, and kept for as long as its resource lives."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import Any

LENGTH = 32
SORTS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.")


class Password:
    """About 190 bits; whatever a server asks for, each sort of characters is in it, a letter in front."""

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Any) -> dict[str, Any]:  # noqa: ARG002
        return {**new, "password": (old or {}).get("password") or make()}


def make() -> str:
    """A new password."""
    every = "".join(SORTS)
    while True:
        made = secrets.choice(string.ascii_letters) + "".join(secrets.choice(every) for _ in range(LENGTH - 1))
        if all(set(sort) & set(made) for sort in SORTS):
            return made
