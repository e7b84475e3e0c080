"""Asks a Service for an answer, over and over, while its traffic moves: the evidence of a cutover."""

from __future__ import annotations

import contextlib
import threading
from types import TracebackType

import httpx2

from infra.kubernetes import Cluster

INTERVAL_SECONDS = 0.05


class Prober:
    """Sends a GET every 50 ms through the API server's proxy, which resolves the Service anew for each.

    Use it as a context manager. ``requests`` and ``failed`` count; ``streak`` is the number of failures in a row;
    ``cause`` says how the last failure looked. While the API server itself does not answer, nothing is known and nothing counts.
    """

    def __init__(self, cluster: Cluster, namespace: str, service: str, port: int, path: str) -> None:
        self.requests = 0
        self.failed = 0
        self.streak = 0
        self.cause = ""
        self._path = f"/api/v1/namespaces/{namespace}/services/http:{service}:{port}/proxy{path}"
        self._http = cluster.http()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Prober:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self._http.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(httpx2.TransportError):
                response = self._http.get(self._path)
                self._count("" if response.is_success else f"HTTP {response.status_code}: {response.text[:200]}")
            self._stop.wait(INTERVAL_SECONDS)

    def _count(self, failure: str) -> None:
        self.requests += 1
        self.failed += bool(failure)
        self.streak = self.streak + 1 if failure else 0
        self.cause = failure or self.cause
