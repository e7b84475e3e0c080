"""Fits a document of Markdown into a limit: the least important rows go first, and nothing is left open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

FULL = "see the full report (artifact)"
FIRST_ROWS = 30


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a section. ``head`` and ``tail`` stand or fall together, with as many ``rows`` between them as there is room.

    A part without rows is there as a whole or not at all. Where rows are left out, ``what`` names them, in a ``line`` of
    their own. Parts of a lower ``weight`` are kept first. Every text ends with a line break.
    """

    head: str
    rows: tuple[str, ...] = ()
    tail: str = ""
    what: str = ""
    line: str = "{}\n"
    weight: int = 0

    def first(self, count: int) -> str:
        """The part with its first ``count`` rows, and how many more there are."""
        left = len(self.rows) - count
        more = self.line.format(f"… {left:,} more {self.what}, {FULL}") if left else ""
        return "".join([self.head, *self.rows[:count], more, self.tail])

    @property
    def whole(self) -> str:
        return self.first(len(self.rows))

    @property
    def stub(self) -> str:
        """What stands in the place of the part, where that is shorter."""
        count = f"{len(self.rows):,} more " if self.rows else ""
        return min(f"\n… {count}{self.what}, {FULL}\n", self.whole, key=size)


@dataclass(frozen=True, kw_only=True)
class Section:
    """``title`` stays as long as the section does."""

    title: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """``head`` stays always. The last sections go first; ``what`` names them."""

    head: str
    sections: tuple[Section, ...] = ()
    what: str = "stacks"


def size(text: str) -> int:
    """In bytes of UTF-8: never less than what GitHub counts, whatever it takes for a character."""
    return len(text.encode())


def whole(document: Document) -> str:
    """All of it."""
    return "".join([document.head, *(text for one in document.sections for text in (one.title, *(p.whole for p in one.parts)))])


def fit(document: Document, limit: int) -> str:
    """The document in at most ``limit`` bytes. Its head must fit."""
    text = whole(document)
    if size(text) <= limit:
        return text
    kept, dropped = _sections(document, limit)
    room = limit - size(document.head) - size(dropped) - sum(map(_least, kept))
    chosen = _chosen([part for section in kept for part in section.parts], room)
    parts = iter(chosen)
    body = [text for section in kept for text in (section.title, *(next(parts) for _ in section.parts))]
    return "".join([document.head, *body, dropped])


def _sections(document: Document, limit: int) -> tuple[Sequence[Section], str]:
    """Those of which at least the titles and stubs fit, and the word on the others."""
    room = limit - size(document.head)
    ends = list(accumulate(map(_least, document.sections)))
    if not ends or ends[-1] <= room:
        return document.sections, ""
    word = size(_dropped(document.what, len(ends)))
    kept = sum(end <= room - word for end in ends)
    return document.sections[:kept], _dropped(document.what, len(ends) - kept) if word <= room else ""


def _dropped(what: str, count: int) -> str:
    return f"\n… {count:,} more {what}, {FULL}\n"


def _least(section: Section) -> int:
    return size(section.title) + sum(size(part.stub) for part in section.parts)


def _chosen(parts: Sequence[Part], room: int) -> list[str]:
    """The text of each part: its stub, its first rows, or all of it. ``room`` is what there is beyond the stubs.

    Every part gets its first rows before any gets more, so that a long one does not hide the short ones.
    """
    texts = [part.stub for part in parts]
    order = sorted(range(len(parts)), key=lambda place: parts[place].weight)
    for most in (FIRST_ROWS, None):
        for place in order:
            text = _largest(parts[place], room + size(texts[place]), most)
            if size(text) > size(texts[place]):
                room -= size(text) - size(texts[place])
                texts[place] = text
    return texts


def _largest(part: Part, room: int, most: int | None) -> str:
    """The part with as many rows as fit, and at most ``most``; "" where not even one does."""
    if size(part.whole) <= room and (most is None or len(part.rows) <= most):
        return part.whole
    used, count = size(part.first(0)), 0
    while count < min(len(part.rows) - 1, most or len(part.rows)) and used + size(part.rows[count]) <= room:
        used += size(part.rows[count])
        count += 1
    return part.first(count) if count else ""
