"""Hides secrets in what is told: the values that are known, and whatever looks like one."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from infra.looks import hidden

MASK = "[secret]"
SHORTEST = 6
"""A shorter value would hide ordinary words, and is no secret worth its name."""

_SECRET_NAME = re.compile(r"(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_KEY|ACCESS_KEY|PRIVATE_KEY|API_KEY|WEBHOOK_URL)S?$")
_USER_IN_ADDRESS = re.compile(r"(?<=://)[^\s/@]+(?=@)")


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets, the longest first, in the forms in which they travel: as they are, quoted, in base64."""
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return hidden(_USER_IN_ADDRESS.sub(MASK, text))


def of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    """The values of the variables whose names say that they are secret."""
    yield from (value for name, value in environ.items() if _SECRET_NAME.search(name.upper()))


def inside(value: Any) -> Iterator[str]:
    """Every text in a plain value."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        yield from (text for item in value for text in inside(item))
    elif isinstance(value, str):
        yield value


def _forms(secret: str) -> Iterator[str]:
    """Of a text of several lines each line too, since a log may show only some."""
    for part in {secret, secret.strip(), *secret.splitlines()}:
        if len(part) >= SHORTEST:
            yield part
            yield quote(part, safe="")
            yield base64.b64encode(part.encode()).decode()
