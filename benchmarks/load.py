"""A load of fresh and of kept-alive connections on one URL, and the record of every answer.

It ends by itself after ``LIMIT_SECONDS`` or ``LIMIT_REQUESTS``, whichever comes first.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

LIMIT_SECONDS = 900.0
LIMIT_REQUESTS = 400_000
ANSWER_SECONDS = 5.0
POLL_SECONDS = 0.02

Kind = Literal["fresh", "keep-alive"]


@dataclass(frozen=True)
class Sample:
    """One request: when it began (``time.monotonic``), how long it took, and which version answered or why none did."""

    at: float
    seconds: float
    kind: Kind
    version: str
    cause: str

    @property
    def ok(self) -> bool:
        return not self.cause


class Load:
    """``fresh`` and ``keep_alive`` clients, each asking ``url`` every ``interval`` seconds. Use it as a context manager.

    A fresh client opens a connection for each request; a keep-alive one keeps its connection until that fails.
    """

    def __init__(self, url: str, *, fresh: int = 2, keep_alive: int = 2, interval: float = 0.02, path: str = "/version") -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._path = path
        self._interval = interval
        self._stop = threading.Event()
        self._until = time.monotonic() + LIMIT_SECONDS
        self.samples: list[Sample] = []
        clients: dict[Kind, int] = {"fresh": fresh, "keep-alive": keep_alive}
        kinds = [kind for kind, count in clients.items() for _ in range(count)]
        self._threads = [threading.Thread(target=self._run, args=(kind,), daemon=True) for kind in kinds]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def count(self, kind: Kind) -> int:
        """How many requests of this kind have ended."""
        return sum(sample.kind == kind for sample in list(self.samples))

    def failures(self, kind: Kind | None = None) -> list[Sample]:
        """The requests without a good answer."""
        return [sample for sample in list(self.samples) if not sample.ok and kind in (None, sample.kind)]

    def causes(self, kind: Kind | None = None) -> Counter[str]:
        """Why requests failed, and how often."""
        return Counter(sample.cause for sample in self.failures(kind))

    def last(self, version: str) -> float:
        """When the last fresh request began that this version answered; 0.0 where none did."""
        return max((s.at for s in list(self.samples) if s.kind == "fresh" and s.version == version), default=0.0)

    def wait(self, check: Callable[[list[Sample]], bool], seconds: float = 30.0) -> None:
        """Waits until ``check`` holds of the samples. Raises ``TimeoutError``."""
        deadline = time.monotonic() + seconds
        while not check(list(self.samples)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not seen within {seconds} s; failures: {dict(self.causes())}")
            time.sleep(POLL_SECONDS)

    def wait_for(self, version: str, seconds: float = 30.0) -> None:
        """Waits until a fresh request made from now on is answered by ``version``."""
        since = time.monotonic()
        self.wait(lambda all_: any(s.at >= since and s.kind == "fresh" and s.version == version for s in all_), seconds)

    def _run(self, kind: Kind) -> None:
        connection: http.client.HTTPConnection | None = None
        while not self._over():
            started = time.monotonic()
            connection = connection or http.client.HTTPConnection(*self._address, timeout=ANSWER_SECONDS)
            version, cause = _ask(connection, self._path, kind)
            if kind == "fresh" or cause:
                connection.close()
                connection = None
            self.samples.append(Sample(started, time.monotonic() - started, kind, version, cause))
            self._stop.wait(max(0.0, self._interval - (time.monotonic() - started)))
        if connection is not None:
            connection.close()

    def _over(self) -> bool:
        return self._stop.is_set() or time.monotonic() > self._until or len(self.samples) >= LIMIT_REQUESTS


def _ask(connection: http.client.HTTPConnection, path: str, kind: Kind) -> tuple[str, str]:
    """The version that answers, and why none does."""
    headers = {"Connection": "close"} if kind == "fresh" else {}
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return "", type(error).__name__
    if answer.status != http.client.OK:
        return "", f"HTTP {answer.status}"
    with contextlib.suppress(ValueError, AttributeError):
        return str(json.loads(body).get("version", "")), ""
    return "", "no JSON"
