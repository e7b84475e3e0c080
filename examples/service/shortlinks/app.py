"""Puts the service together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from shortlinks import migrate
from shortlinks.api import Api
from shortlinks.cache import Cache, NoCache, RedisCache
from shortlinks.links import BadRequestError
from shortlinks.metrics import Measured, Metrics
from shortlinks.postgres import PostgresStore
from shortlinks.settings import Settings
from shortlinks.store import MemoryStore, NotReadyError, Store
from shortlinks.visits import Visits

WEB = Path(__file__).parent.parent / "web"
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def build(settings: Settings) -> Starlette:
    """The service that ``settings`` ask for. Connects when it is started, not before."""
    store, cache = _store(settings), _cache(settings)
    visits, metrics = Visits(store), Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
        await store.open()
        writing = asyncio.create_task(visits.keep_writing())
        yield
        visits.stop()
        await writing
        await cache.close()
        await store.close()

    return Starlette(
        routes=[
            Route("/", page),
            Route("/metrics", metrics.show),
            *Api(settings, store, cache, visits).routes(),
            Mount("/static", StaticFiles(directory=WEB)),
        ],
        middleware=[Middleware(Measured, metrics=metrics)],
        exception_handlers={BadRequestError: _bad_request, HTTPException: _http_error, NotReadyError: _not_ready},
        lifespan=lifespan,
    )


def _store(settings: Settings) -> Store:
    return PostgresStore(settings.database_url, migrate.read()) if settings.database_url else MemoryStore()


def _cache(settings: Settings) -> Cache:
    return RedisCache(settings.redis_url) if settings.redis_url else NoCache()


async def page(request: Request) -> Response:  # noqa: ARG001
    """GET /: the web page."""
    return FileResponse(WEB / "index.html", headers=_PAGE_HEADERS)


async def _bad_request(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"error": str(error)}, status_code=400)


async def _http_error(request: Request, error: Exception) -> Response:  # noqa: ARG001
    assert isinstance(error, HTTPException)  # noqa: S101
    return JSONResponse({"error": error.detail}, status_code=error.status_code, headers=error.headers)


async def _not_ready(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"error": f"{error}; try again"}, status_code=503, headers={"Retry-After": "1"})
