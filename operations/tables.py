"""Tables that can be read on a terminal and in a pipe: no frames, ids never cut."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

PIPE_WIDTH = 240


def wide_console() -> Console:
    """Standard output; not folded where it is no terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def plain_table(*names: str) -> Table:
    """A table with these columns."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold")
    return table
