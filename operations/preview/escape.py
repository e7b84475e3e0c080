"""Makes text of any origin harmless in a comment on GitHub: it can neither format, link, mention nor close anything."""

from __future__ import annotations

import re
import unicodedata

SPECIAL = re.compile(r"""[&<>"'\\`*_\[\]~|@$!#]""")
"""What Markdown, HTML or GitHub could take for more than text, inside a line."""

BREAKING = "&#8203;"
"""A blank of no width: behind it, a name is not mentioned and a number is no issue."""

REFERENCE = re.compile(r"([@#]|\b[Gg][Hh]-)(?=\w)")
PIECE = re.compile(r"`([^`]*)`|(https?://[^\s`]+)")
DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
"""Characters that turn the direction of what follows, so that a line reads as something else."""


def plain(text: str) -> str:
    """``text`` without control characters; line breaks become blanks."""
    return "".join(" " if char in "\r\n\t\v\f\x85\u2028\u2029" else char for char in text if _is_shown(char))


def code(text: str) -> str:
    """In the type of code, in any place inside a line, a table's cell too."""
    return f"<code>{_entities(plain(text))}</code>"


def prose(text: str) -> str:
    """As text. What stands between backquotes, and addresses, are in the type of code."""
    parts, end = [], 0
    for match in PIECE.finditer(text):
        parts += [_words(text[end : match.start()]), code(match[1] if match[1] is not None else match[2])]
        end = match.end()
    return "".join([*parts, _words(text[end:])])


def fence(text: str) -> str:
    """A block of code that its content cannot close. Begins and ends with a line break."""
    lines = [plain(line).rstrip() for line in text.splitlines()]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    mark = "`" * max(3, longest + 1)
    return "\n".join(["", f"{mark}text", *lines, mark, ""])


def _words(text: str) -> str:
    marked = REFERENCE.sub("\\1\x00", plain(text))
    return _entities(marked).replace("\x00", BREAKING)


def _entities(text: str) -> str:
    return SPECIAL.sub(lambda match: f"&#{ord(match[0])};", text)


def _is_shown(char: str) -> bool:
    return (unicodedata.category(char) not in ("Cc", "Cs") or char in "\r\n\t\v\f\x85") and ord(char) not in DIRECTION
