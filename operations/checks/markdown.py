"""Texts of reports as Markdown that stays harmless: what a test is called or a scanner says comes from the code under test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def code(text: str, limit: int = 200) -> str:
    """One line as code, which holds no markup, mention or HTML; fits a table's cell."""
    line = " ".join(text.split())
    line = line if len(line) <= limit else f"{line[: limit - 1]}…"
    line = line.replace("`", "'").replace("|", "¦")
    return f"`{line}`" if line else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table and an empty one; nothing where there is no row."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines, ""] if lines else []


def count(number: int, word: str) -> str:
    """``1 test``, ``2 tests``."""
    return f"{number} {word}{'' if number == 1 else 's'}"
