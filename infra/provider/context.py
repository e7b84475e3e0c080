"""What a step of a release is given: the cluster, a voice, and the word to stop."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2

from infra.errors import ReleaseError
from infra.kubernetes import Cluster, is_passing

POLL_SECONDS = 0.2


class PhaseError(ReleaseError):
    """A phase of a release failed. The message names the phase, the cause and what is live."""

    def __init__(self, phase: str, cause: str, live: str) -> None:
        self.phase = phase
        self.cause = cause
        standing = f"live is still {live}" if live else "nothing is live yet"
        super().__init__(f"{phase}: {cause}\n{standing}.")


class StoppedError(ReleaseError):
    """The user stopped the update."""


@dataclass
class Context:
    """One call of the engine. ``say`` shows a line beside the resource while the update runs.

    ``deadline`` is when the whole update must have ended, on the clock of ``time.monotonic``.
    """

    cluster: Cluster
    say: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    deadline: float = math.inf

    def wait(self, seconds: float = POLL_SECONDS) -> None:
        """Waits, unless the user stops the update: then raises ``StoppedError``."""
        if self.stop.wait(seconds):
            raise StoppedError("stopped by the user")

    def until(self, check: Callable[[], str | None], seconds: float, late: Callable[[str], Exception]) -> None:
        """Asks ``check`` until it answers None; what it answers otherwise is what is waited for.

        An API server that does not answer is waited for as well. After ``seconds``, or when the whole update has taken its
        time, raises ``late(last answer)``.
        """
        deadline = min(time.monotonic() + seconds, self.deadline)
        while True:
            try:
                waiting = check()
            except httpx2.HTTPError as error:
                if not is_passing(error):
                    raise
                waiting = f"the API server at {self.cluster.server} does not answer ({str(error) or type(error).__name__})"
            if waiting is None:
                return
            if time.monotonic() > deadline:
                over = "; the update has taken all of deploymentTimeoutMinutes" if deadline == self.deadline else ""
                raise late(f"{waiting}{over}")
            self.say(waiting)
            self.wait()
