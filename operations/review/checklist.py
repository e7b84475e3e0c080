"""The boxes of the template that a pull request's author ticks."""

from __future__ import annotations

import re

PATHS = tuple(
    f"{folder}{name}" for folder in (".github/", "", "docs/") for name in ("pull_request_template.md", "PULL_REQUEST_TEMPLATE.md")
)
OPTIONAL = "(optional)"
_BOX = re.compile(r"^\s*[-*+] \[([ xX])\] +(\S.*?)\s*$", re.MULTILINE)
_HIDDEN = re.compile(r"<!--.*?-->|^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


def required(template: str) -> list[str]:
    """The template's boxes, but for those that end with ``(optional)``."""
    return [text for _, text in _boxes(template) if not text.endswith(OPTIONAL)]


def missing(template: str, body: str) -> list[str]:
    """The boxes that must be ticked and are not; one that was taken out of the text is not ticked."""
    ticked = {_plain(text) for mark, text in _boxes(body) if mark != " "}
    return [text for text in required(template) if _plain(text) not in ticked]


def _boxes(text: str) -> list[tuple[str, str]]:
    shown = _HIDDEN.sub("", text.replace("\r\n", "\n"))
    return [(box[1], box[2]) for box in _BOX.finditer(shown)]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
