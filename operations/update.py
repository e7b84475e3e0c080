"""One ``pulumi up`` of a stack, followed as it happens."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations import locks
from operations.display import Display
from operations.events import Failure, Follower
from operations.pulumi_cli import Pulumi

POLL_SECONDS = 0.05
LAST_LINES = 15


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """``failures`` is empty for an update that went well, and never for another.

    ``interrupted`` says that the user stopped it in order, ``killed`` that Pulumi died in the middle.
    """

    stack: str
    failures: tuple[Failure, ...]
    changes: int
    seconds: float
    interrupted: bool = False
    killed: bool = False

    @property
    def ok(self) -> bool:
        return not self.failures


class Updates:
    """The updates that run now. A Ctrl-C (or SIGTERM) goes to each of them as one SIGINT: Pulumi then ends in order."""

    def __init__(self, pulumi: Pulumi, display: Display) -> None:
        self.pulumi = pulumi
        self.display = display
        self.interrupted = False
        self._running: list[subprocess.Popen[bytes]] = []

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
            if process.poll() is None:
                process.send_signal(signal.SIGINT)

    def run(self, stack: str, *, killed_before: bool) -> Outcome:
        """Brings the stack to what its config says.

        After an update that was killed, the state is not refreshed before this one: the preflight compares what was
        recorded with what is live, and a refresh would make the two the same. What the killed one had begun to create
        is made again in place, and forgotten as pending afterwards.
        """
        started = time.monotonic()
        locks.remove_dead(self.pulumi, stack)
        self.display.say(stack, "update", "")
        outcome = self._engine(stack, started, "up")
        if outcome.ok and killed_before:
            self.display.say(stack, "refresh", "forgetting what a killed update left pending")
            cleared = self._engine(stack, started, "refresh", "--clear-pending-creates")
            return outcome if cleared.ok else cleared
        return outcome

    def _engine(self, stack: str, started: float, command: str, *options: str) -> Outcome:
        follower = Follower(
            say=lambda phase, text: self.display.say(stack, phase, text),
            done=lambda phase, text: self.display.done(stack, phase, text),
        )
        with tempfile.TemporaryDirectory(prefix="lockgate-") as folder:
            log, words = Path(folder) / "events", Path(folder) / "output"
            arguments = ["pulumi", command, "-s", stack, "--yes", "--skip-preview", *options]
            code = self._follow([*arguments, "--color", "never", "--event-log", str(log)], log, words, follower)
            failures = _failures(code, follower, words.read_text(errors="replace"))
        if failures:
            self.display.failed(stack, failures[0].phase)
        return Outcome(
            stack=stack,
            failures=failures,
            changes=sum(follower.changes.values()),
            seconds=time.monotonic() - started,
            interrupted=self.interrupted,
            killed=code < 0,
        )

    def _follow(self, command: list[str], log: Path, words: Path, follower: Follower) -> int:
        # A process group of its own: the terminal's Ctrl-C would otherwise reach Pulumi twice, which makes it give up at once.
        environment = {**self.pulumi.environment, "PULUMI_DEBUG_COMMANDS": "true"}
        with words.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=self.pulumi.project.root, env=environment, process_group=0,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self._running.append(process)
        position, ended = 0, False
        while not ended:
            ended = process.poll() is not None
            position = _drain(log, position, follower)
            if not ended:
                time.sleep(POLL_SECONDS)
        return process.returncode


def _drain(log: Path, position: int, follower: Follower) -> int:
    """Feeds the whole lines that came since ``position``; gives the new one."""
    if not log.exists():
        return position
    with log.open("rb") as file:
        file.seek(position)
        for line in file:
            if not line.endswith(b"\n"):
                break
            position += len(line)
            event: dict[str, Any] = json.loads(line)
            follower.feed(event)
    return position


def _failures(code: int, follower: Follower, words: str) -> tuple[Failure, ...]:
    if code == 0:
        return ()
    if code < 0:
        name = signal.Signals(-code).name
        return (Failure(follower.phase or "start", f"Pulumi was killed ({name}); what is live may not be what the state says"),)
    if follower.failures:
        return tuple(follower.failures)
    lines = [line for line in words.partition("Diagnostics:")[2].splitlines() or words.splitlines() if line.strip()]
    return (Failure(follower.phase or "start", "\n".join(lines[-LAST_LINES:]) or f"pulumi exits {code}"),)
