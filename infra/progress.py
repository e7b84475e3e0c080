"""What a person sees of work that takes longer than two seconds.

Lines go to stderr, so that stdout can be piped. On a terminal the running step is redrawn in place with its seconds;
elsewhere each step prints one line when it starts (after two seconds) and one when it ends.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

QUIET_SECONDS = 2.0

console = Console(stderr=True, highlight=False)


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Shows ``title`` while the block runs, then how long it took (or that it failed).

    The block may tell how far it is: on a terminal that stands behind the title.
    """
    started = time.monotonic()
    announced = threading.Timer(QUIET_SECONDS, lambda: console.print(f"  … {title}"))
    announced.daemon = True
    status = console.status(title) if console.is_terminal else None
    if status is None:
        announced.start()
    else:
        status.start()
    outcome = "[red]✗[/red]"
    try:
        yield (lambda text: status.update(f"{title}: {text}")) if status else (lambda _: None)
        outcome = "[green]✓[/green]"
    finally:
        announced.cancel()
        if status is not None:
            status.stop()
        console.print(f"  {outcome} {title} [dim]({time.monotonic() - started:.1f} s)[/dim]")


def note(text: str) -> None:
    """One line for the reader of the progress."""
    console.print(text)
