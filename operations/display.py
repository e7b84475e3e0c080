"""What a person sees of updates that run: one line a stack on a terminal, one line a change of phase elsewhere."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.live import Live
from rich.table import Table
from rich.text import Text

from infra.progress import console

QUIET_SECONDS = 5.0
"""Elsewhere than on a terminal, words of the same phase come at most this often."""


class Display:
    """Safe to use from several threads. Shows nothing on standard output."""

    def __init__(self, stacks: list[str]) -> None:
        self._width = max(len(stack) for stack in stacks)
        self._now: dict[str, tuple[str, str]] = {}
        self._printed: dict[str, tuple[str, float]] = {}
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._live = Live(get_renderable=self._rows, console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Display:
        if console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()

    def say(self, stack: str, phase: str, text: str) -> None:
        """The stack is in this phase now; the text says more, or is empty."""
        with self._lock:
            self._now[stack] = (phase, text)
            if not console.is_terminal and self._is_due(stack, phase):
                self._print(stack, "…", phase, text)

    def done(self, stack: str, phase: str, text: str) -> None:
        """The phase is over, and went well."""
        with self._lock:
            self._now.pop(stack, None)
            self._print(stack, "✓", phase, text)

    def failed(self, stack: str, phase: str) -> None:
        with self._lock:
            self._now.pop(stack, None)
            self._print(stack, "✗", phase, "failed")

    def _is_due(self, stack: str, phase: str) -> bool:
        last, at = self._printed.get(stack, ("", 0.0))
        due = phase != last or time.monotonic() - at >= QUIET_SECONDS
        if due:
            self._printed[stack] = (phase, time.monotonic())
        return due

    def _print(self, stack: str, mark: str, phase: str, text: str) -> None:
        style = {"✓": "green", "✗": "red"}.get(mark, "dim")
        line = Text.assemble(
            "  ", (f"{stack:<{self._width}}", "bold"), " ", (mark, style), f" {phase}", (f"  {text}" if text else "", "dim")
        )
        console.print(line, soft_wrap=True)

    def _rows(self) -> Table:
        table = Table.grid(padding=(0, 1))
        seconds = time.monotonic() - self._started
        for stack, (phase, text) in list(self._now.items()):
            spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"[int(seconds * 8) % 10]
            table.add_row(
                f"  {stack:<{self._width}}", Text(spinner, "cyan"), phase, Text(text, "dim"), Text(f"{seconds:.0f} s", "dim")
            )
        return table
