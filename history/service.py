"""The exporter: collects at an interval, and serves what it has at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any

import httpx2
from prometheus_client.core import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from history.cost import Rates
from history.exposition import Exposition
from history.github import SpentError
from history.store import Store
from infra import metrics
from infra.errors import LockgateError
from infra.github.errors import GitHubError

OK, NOT_FOUND, UNREADABLE, UNREADY = 200, 404, 500, 503
LIMITED = frozenset({403, 429})


@dataclass(frozen=True)
class Task:
    """What is collected from one ``source`` (github, ledgers or sonarqube)."""

    source: str
    collect: Callable[[Store], None]


@dataclass
class Exporter:
    """``say`` is told what went wrong. One that is stopped in the middle of a collection goes on there when it starts again."""

    path: Path
    tasks: Iterable[Task]
    rates: Rates = field(default_factory=dict)
    say: Callable[[str], None] = lambda _: None
    stop: threading.Event = field(default_factory=threading.Event)
    tried: threading.Event = field(default_factory=threading.Event)

    def collect(self) -> bool:
        """Once, from every source; whether all was collected. An error of one keeps no other from being collected."""
        with Store(self.path) as store:
            done = [self._one(store, task) for task in self.tasks if not self.stop.is_set()]
        self.tried.set()
        return all(done)

    def run(self, interval: float) -> None:
        """Collects every ``interval`` seconds until ``stop`` is set."""
        while not self.stop.is_set():
            self.collect()
            self.stop.wait(interval)

    def serve(self, host: str, port: int) -> ThreadingHTTPServer:
        """A server of ``/metrics``, ``/healthz`` and ``/readyz``, which answers until ``shutdown``; port 0 is a free one."""
        server = ThreadingHTTPServer((host, port), _handler(self))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def text(self) -> bytes:
        """The metrics now."""
        with Store(self.path) as store:
            registry = CollectorRegistry(auto_describe=False)
            registry.register(Exposition(store, self.rates))
            return bytes(generate_latest(registry))

    def _one(self, store: Store, task: Task) -> bool:
        try:
            task.collect(store)
        except (LockgateError, httpx2.HTTPError) as error:
            store.add(metrics.COLLECTOR_ERRORS.name, {"source": task.source, "reason": _reason(error)})
            self.say(f"{task.source}: {error or type(error).__name__}")
            return False
        store.mark(f"{metrics.COLLECTED.name} {task.source}", str(time()))
        return True


def _reason(error: Exception) -> str:
    """A word for a label; the sentence is told, not counted."""
    if isinstance(error, SpentError) or (isinstance(error, GitHubError) and error.status in LIMITED):
        return "limit"
    if isinstance(error, httpx2.HTTPError) or (isinstance(error, GitHubError) and error.status in (0, *range(500, 600))):
        return "unreachable"
    return "refused"


def _handler(exporter: Exporter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._metrics()
            elif self.path == "/healthz":
                self._answer(OK, b"ok\n")
            elif self.path == "/readyz":
                ready = exporter.tried.is_set()
                self._answer(OK if ready else UNREADY, b"ok\n" if ready else b"nothing was collected yet\n")
            else:
                self._answer(NOT_FOUND, b"try /metrics, /healthz or /readyz\n")

        def _metrics(self) -> None:
            try:
                self._answer(OK, exporter.text(), CONTENT_TYPE_LATEST)
            except LockgateError as error:
                exporter.say(str(error))
                self._answer(UNREADABLE, f"{error}\n".encode())

        def _answer(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent: scrapes are no news."""

    return Handler
