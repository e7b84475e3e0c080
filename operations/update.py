"""One ``pulumi up`` of a stack, followed as it happens."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass

from operations import locks
from operations.display import Display
from operations.engine import Engine
from operations.events import Failure, Follower
from operations.pulumi_cli import Pulumi


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
    """The updates that run now, and what is shown of them."""

    def __init__(self, pulumi: Pulumi, display: Display) -> None:
        self.pulumi = pulumi
        self.display = display
        self.engine = Engine(pulumi)

    def forwarding(self) -> AbstractContextManager[None]:
        """Ends the updates in order at a Ctrl-C (or SIGTERM). Only in the main thread."""
        return self.engine.forwarding()

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
        ended = self.engine.follow([command, "-s", stack, "--yes", "--skip-preview", *options], follower.feed)
        failures = ended.failures(follower)
        if failures:
            self.display.failed(stack, failures[0].phase)
        return Outcome(
            stack=stack,
            failures=failures,
            changes=sum(follower.changes.values()),
            seconds=time.monotonic() - started,
            interrupted=self.engine.interrupted,
            killed=ended.code < 0,
        )
