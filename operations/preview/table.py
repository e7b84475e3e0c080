"""A table of Markdown as a part of a document."""

from __future__ import annotations

from collections.abc import Sequence

from operations.preview.cut import Part


def table(columns: Sequence[str], cells: Sequence[Sequence[str]], *, what: str, weight: int, fold: str = "") -> Part:
    """A column that is empty in every row is left out. ``fold`` is what stands for a table that a reader opens by hand."""
    kept = [place for place in range(len(columns)) if any(row[place] for row in cells)]
    opening, closing = (f"\n<details><summary>{fold}</summary>\n", "\n</details>\n") if fold else ("", "")
    return Part(
        head=f"{opening}\n{_row([columns[place] for place in kept])}{_row(['---'] * len(kept))}",
        rows=tuple(_row([row[place] for place in kept]) for row in cells),
        tail=closing,
        what=what,
        line=_row(["{}", *[""] * (len(kept) - 1)]),
        weight=weight,
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
