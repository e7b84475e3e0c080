"""Runs the engine and follows its events while it works. A Ctrl-C ends in order whatever runs."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.events import Failure, Follower
from operations.pulumi_cli import Pulumi

POLL_SECONDS = 0.05
LAST_LINES = 15

Feed = Callable[[Mapping[str, Any]], None]
"""Gets one event, as in Pulumi's event log."""


@dataclass(frozen=True)
class Ended:
    """How a command of the engine ended. ``code`` is negative where a signal killed it; ``words`` is what it printed."""

    code: int
    words: str
    seconds: float

    def failures(self, follower: Follower) -> tuple[Failure, ...]:
        """Why it failed, told by the events where they say it; empty where it went well."""
        if self.code == 0:
            return ()
        if self.code < 0:
            name = signal.Signals(-self.code).name
            text = f"Pulumi was killed ({name}); what is live may not be what the state says"
            return (Failure(follower.phase or "start", text),)
        if follower.failures:
            return tuple(follower.failures)
        told = self.words.partition("Diagnostics:")[2].splitlines() or self.words.splitlines()
        lines = [line for line in told if line.strip()]
        return (Failure(follower.phase or "start", "\n".join(lines[-LAST_LINES:]) or f"pulumi exits {self.code}"),)


class Engine:
    """The commands of the engine that run now. A Ctrl-C (or SIGTERM) goes to each as one SIGINT: Pulumi then ends in order."""

    def __init__(self, pulumi: Pulumi) -> None:
        self.pulumi = pulumi
        self.interrupted = False
        self._running: list[subprocess.Popen[bytes]] = []
        self._told: set[int] = set()

    @contextmanager
    def forwarding(self) -> Iterator[None]:
        """Only in the main thread."""
        before = {number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupt(self, *_: object) -> None:
        self.interrupted = True
        for process in self._running:
            self._tell(process)

    def _tell(self, process: subprocess.Popen[bytes]) -> None:
        self._told.add(process.pid)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)

    def follow(self, arguments: Sequence[str], feed: Feed, environment: Mapping[str, str] | None = None) -> Ended:
        """Runs ``pulumi`` to its end, and feeds each event as it comes. ``environment`` adds to the project's."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="lockgate-") as folder:
            log, words = Path(folder) / "events", Path(folder) / "output"
            with words.open("wb") as output:
                process = self._start([*arguments, "--color", "never", "--event-log", str(log)], environment or {}, output)
            position, ended = 0, False
            while not ended:
                ended = process.poll() is not None
                position = _drain(log, position, feed)
                if not ended:
                    time.sleep(POLL_SECONDS)
            return Ended(process.returncode, words.read_text(errors="replace"), time.monotonic() - started)

    def _start(self, arguments: Sequence[str], environment: Mapping[str, str], output: Any) -> subprocess.Popen[bytes]:
        # A process group of its own: the terminal's Ctrl-C would otherwise reach Pulumi twice, which makes it give up at once.
        process = subprocess.Popen(
            ["pulumi", *arguments], cwd=self.pulumi.project.root, process_group=0, stdin=subprocess.DEVNULL,
            env={**self.pulumi.environment, **environment, "PULUMI_DEBUG_COMMANDS": "true"},
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._running.append(process)
        if self.interrupted and process.pid not in self._told:
            self._tell(process)  # it started while the user pressed; told twice, it would give up at once
        return process


def _drain(log: Path, position: int, feed: Feed) -> int:
    """Feeds the whole lines that came since ``position``; gives the new one."""
    if not log.exists():
        return position
    with log.open("rb") as file:
        file.seek(position)
        for line in file:
            if not line.endswith(b"\n"):
                break
            position += len(line)
            feed(json.loads(line))
    return position
