"""YAML text of plain data: the one place where a workflow becomes text. Deterministic, in the data's own order.

A string stands plain only where YAML 1.1 and YAML 1.2 both read that string back, and quoted as in JSON else. Several lines
stand as a block. PyYAML's own dumper has no comments, and knows the words of YAML 1.1 alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

PLAIN = re.compile(r"(?:[A-Za-z/$]|\./).*")
MISREAD = re.compile(r"y|n|yes|no|on|off|true|false|null", re.IGNORECASE)
"""Words that one of the two YAMLs takes for something else."""
STRUCTURE = re.compile(r": |:$| #|\s$")
BLOCK = re.compile(r"\S.*(?:\n+.+)*\n?")
"""Lines that a block gives back as they are: the first begins with no space, and nothing follows the last line's end."""
INDENT = "  "


@dataclass(frozen=True)
class Noted:
    """A scalar with a comment behind it."""

    value: str
    note: str


Data = Mapping[str, "Data"] | Sequence["Data"] | str | int | bool | Noted


def document(data: Data, *head: str) -> str:
    """``data`` as a YAML document below the comment lines of ``head``."""
    return "".join(f"{line}\n" for line in (*(f"# {line}" for line in head), *_lines(data, "")))


def scalar(value: str | int | bool) -> str:
    """One value on one line."""
    if not isinstance(value, str):
        return json.dumps(value)
    if value.isprintable() and PLAIN.fullmatch(value) and not MISREAD.fullmatch(value) and not STRUCTURE.search(value):
        return value
    return "".join(one if one.isprintable() else f"\\U{ord(one):08X}" for one in json.dumps(value, ensure_ascii=False))


def _lines(data: Data, indent: str) -> Iterator[str]:
    """The lines of a collection that is not empty."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _entry(f"{indent}{scalar(key)}:", value, indent)
    elif isinstance(data, Sequence) and not isinstance(data, str):
        for item in data:
            yield from _item(item, indent)


def _entry(head: str, value: Data, indent: str) -> Iterator[str]:
    if isinstance(value, str) and _fits_block(value):
        yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
        yield from (f"{indent}{INDENT}{line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    elif isinstance(value, Noted):
        yield f"{head} {scalar(value.value)} # {value.note}"
    elif isinstance(value, str | int):
        yield f"{head} {scalar(value)}"
    elif not value:
        yield f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"
    else:
        yield head
        yield from _lines(value, indent + INDENT)


def _fits_block(value: str) -> bool:
    return "\n" in value and BLOCK.fullmatch(value) is not None and all(line.isprintable() for line in re.split(r"[\n\t]", value))


def _item(item: Data, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping) and item:
        first, *rest = _lines(item, indent + INDENT)
        yield f"{indent}- {first.removeprefix(indent + INDENT)}"
        yield from rest
    else:
        yield from _entry(f"{indent}-", item, indent)
