"""Counts and times requests, in Prometheus' words."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """One process's numbers: ``http_requests_total`` and ``http_request_duration_seconds``, by handler, never by path."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests", "Requests that were answered", ["method", "handler", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds", "Time to answer", ["handler"], buckets=_BUCKETS, registry=self._registry
        )

    async def show(self, request: Request) -> Response:  # noqa: ARG002
        """GET /metrics."""
        return Response(generate_latest(self._registry), media_type="text/plain; version=0.0.4; charset=utf-8")

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """One more answer. What no handler took counts as ``none``: a path that somebody made up is no name."""
        handler = getattr(scope.get("endpoint"), "__name__", "none")
        self._requests.labels(scope["method"], handler, status).inc()
        self._seconds.labels(handler).observe(seconds)


class Measured:
    """ASGI middleware that counts every HTTP request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._metrics.count(scope, status, time.perf_counter() - began)
