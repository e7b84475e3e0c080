"""The endpoints."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from shortlinks.cache import Cache
from shortlinks.links import CODE, BadRequestError, Link, new_code, wanted
from shortlinks.settings import Settings
from shortlinks.store import CodeTakenError, NotReadyError, Store
from shortlinks.visits import Visits

MOST_LISTED = 100
_TRIES = 3
_MOST_BYTES = 8192


class Api:
    """Everything under /api, the redirect, and what an orchestrator asks."""

    def __init__(self, settings: Settings, store: Store, cache: Cache, visits: Visits) -> None:
        self._settings, self._store, self._cache, self._visits = settings, store, cache, visits

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/version", self.version),
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/api/links", self.list_links),
            Route("/api/links", self.create, methods=["POST"]),
            Route("/api/links/{code}", self.read),
            Route("/api/links/{code}", self.remove, methods=["DELETE"]),
            Route("/s/{code}", self.follow),
        ]

    async def version(self, request: Request) -> Response:  # noqa: ARG002
        """Which build this is."""
        return JSONResponse({"version": self._settings.version, "revision": self._settings.revision})

    async def alive(self, request: Request) -> Response:  # noqa: ARG002
        """The process answers; a database that is away is no reason to start it anew."""
        return JSONResponse({"status": "alive"})

    async def ready(self, request: Request) -> Response:  # noqa: ARG002
        """200 where requests can be served, else 503 with the reason."""
        state = {"store": self._store.name, "cache": await self._cache.state()}
        try:
            await self._store.check()
        except NotReadyError as error:
            return JSONResponse({"status": "not ready", "reason": str(error), **state}, status_code=503)
        return JSONResponse({"status": "ready", **state})

    async def list_links(self, request: Request) -> Response:
        """The newest links; ``?limit=`` says how many."""
        text = request.query_params.get("limit", "20")
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_LISTED):
            raise BadRequestError(f"limit = {text[:20]}: must be a number from 1 to {MOST_LISTED}")
        return JSONResponse({"links": [link.as_json() for link in await self._store.newest(int(text))]})

    async def create(self, request: Request) -> Response:
        """Makes a link."""
        url, code = wanted(await _body(request))
        link = await self._add(url, code)
        await self._cache.put(link.code, link.url)
        return JSONResponse(link.as_json(), status_code=201, headers={"Location": f"/api/links/{link.code}"})

    async def _add(self, url: str, code: str) -> Link:
        for _ in range(_TRIES):
            try:
                return await self._store.add(code or new_code(), url)
            except CodeTakenError:
                if code:
                    raise HTTPException(409, f"code = {code}: is taken; choose another, or leave it out") from None
        raise HTTPException(503, "no free code was found; try again")

    async def read(self, request: Request) -> Response:
        """One link."""
        return JSONResponse((await self._link(_code(request))).as_json())

    async def remove(self, request: Request) -> Response:
        """Removes a link."""
        code = _code(request)
        removed = await self._store.remove(code)
        await self._cache.drop(code)
        if not removed:
            raise _unknown(code)
        return Response(status_code=204)

    async def follow(self, request: Request) -> Response:
        """Sends the visitor on. Asked again each time, so that a removed link leads nowhere and each visit counts."""
        code = _code(request)
        url = await self._cache.get(code)
        if url is None:
            url = (await self._link(code)).url
            await self._cache.put(code, url)
        self._visits.count(code)
        return RedirectResponse(url, status_code=302, headers={"Cache-Control": "no-store"})

    async def _link(self, code: str) -> Link:
        link = await self._store.get(code)
        if link is None:
            raise _unknown(code)
        return link


def _code(request: Request) -> str:
    code: str = request.path_params["code"]
    if not CODE.fullmatch(code):
        raise _unknown(code[:32])
    return code


def _unknown(code: str) -> HTTPException:
    return HTTPException(404, f"code = {code}: there is no such link")


async def _body(request: Request) -> object:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, f"the body must be at most {_MOST_BYTES} bytes")
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadRequestError("the body must be JSON") from error
