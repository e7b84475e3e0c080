"""Calls of GitHub's REST API, each done again as far as its limits and gateways allow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2

from infra.github import waiting
from infra.github.credentials import Credentials
from infra.github.errors import NOT_FOUND, GitHubError, refused, silent, too_long
from infra.github.page import NOT_MODIFIED, PAGE, Page, page_of

REQUEST_SECONDS = 30.0
PATIENCE_SECONDS = 300.0
"""How long one call waits in all before it gives up."""

REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
SHOWN_SECONDS = 2
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "lockgate"}


def api_root(base_url: str) -> str:
    """Where a server's API is: ``https://api.HOST`` of github.com and of a host of ghe.com, else ``BASE/api/v3``.

    ``base_url`` may be the API's own address too.
    """
    base = base_url.rstrip("/").removesuffix("/api/v3")
    scheme, _, host = base.partition("://")
    if host in ("github.com", "api.github.com") or host.endswith(".ghe.com"):
        return f"{scheme}://api.{host.removeprefix('api.')}"
    return f"{base}/api/v3"


@dataclass(frozen=True)
class Clock:
    """The time in seconds since 1970, and how to wait."""

    now: Callable[[], float] = time.time
    wait: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class _Refusal:
    """An answer that does not count; without a ``wait`` there is no use in asking again."""

    wait: waiting.Wait | None
    error: GitHubError


class GitHub:
    """One server, as ``credentials`` may see it. ``say`` is told what a call waits for.

    Paths begin with ``/``; what they are made of must be quoted where it may hold a slash or a blank. Answers are plain
    values, None where there is no content. Every refusal is a ``GitHubError``.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        say: Callable[[str], None] = lambda _: None,
        clock: Clock | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.api = api_root(base_url)
        self._credentials = credentials
        self._say = say
        self._clock = clock or Clock()
        local = self.api.startswith("http://")
        self._http = httpx2.Client(timeout=REQUEST_SECONDS, headers=HEADERS, transport=transport, trust_env=not local)

    def get(self, path: str, **params: Any) -> Any:
        return self._json(self._call("GET", path, params=params))

    def find(self, path: str, **params: Any) -> Any | None:
        """What ``get`` gives, or None where it is not there."""
        try:
            return self.get(path, **params)
        except GitHubError as error:
            if error.status != NOT_FOUND:
                raise
            return None

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """The items of all pages, of a plain list or of the one list that is in each answer."""
        asked: Mapping[str, Any] | None = {"per_page": PAGE, **params}
        while asked is not None:
            answer = self._call("GET", path, params=asked)
            body = self._json(answer)
            yield from body if isinstance(body, list) else next(value for value in body.values() if isinstance(value, list))
            following = answer.links.get("next", {}).get("url")
            asked = httpx2.URL(following).params if following else None

    def look(self, path: str, params: Mapping[str, Any], etag: str = "") -> Page:
        """One page. With the ``etag`` of an earlier one it costs nothing of the limit where nothing has changed since."""
        answer = self._call("GET", path, params=params, etag=etag)
        return page_of(answer, None if answer.status_code == NOT_MODIFIED else self._json(answer))

    def download(self, path: str) -> Page:
        """A file as bytes. GitHub sends to where it lies, on another host, which is not told who asks."""
        answer = self._call("GET", path)
        return page_of(answer, answer.content)

    def post(self, path: str, body: Any = None, *, repeatable: bool = False) -> Any:
        """``repeatable``: doing it twice does no harm, so that an answer that a gateway lost is asked for again."""
        return self._json(self._call("POST", path, body=body, repeatable=repeatable))

    def patch(self, path: str, body: Any = None, *, repeatable: bool = False) -> Any:
        return self._json(self._call("PATCH", path, body=body, repeatable=repeatable))

    def put(self, path: str, body: Any = None) -> Any:
        return self._json(self._call("PUT", path, body=body))

    def delete(self, path: str, body: Any = None) -> Any:
        return self._json(self._call("DELETE", path, body=body))

    def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        repeatable: bool = False,
        etag: str = "",
    ) -> httpx2.Response:
        def ask(where: str, authorization: str) -> dict[str, Any]:
            request = self._request("POST", where, authorization)
            return dict(self._json(self._patiently(request, f"POST {where}", repeatable=True)))

        authorization = self._credentials.authorization(ask, self._clock.now())
        request = self._request(method, path, authorization, params, body)
        if etag:
            request.headers["If-None-Match"] = etag
        return self._patiently(request, f"{method} {request.url}", repeatable=repeatable or method in REPEATABLE)

    def _request(
        self, method: str, path: str, authorization: str, params: Mapping[str, Any] | None = None, body: Any = None
    ) -> httpx2.Request:
        signed = {"Authorization": authorization}
        return self._http.build_request(method, f"{self.api}{path}", params=params or None, json=body, headers=signed)

    def _patiently(self, request: httpx2.Request, call: str, *, repeatable: bool) -> httpx2.Response:
        waited = 0.0
        for attempt in count(1):
            answer = self._once(request, call, attempt, repeatable=repeatable)
            if isinstance(answer, httpx2.Response):
                return answer
            wait = answer.wait
            if wait is None:
                raise answer.error
            waited += wait.seconds
            if waited > PATIENCE_SECONDS:
                raise too_long(answer.error, wait.reason, wait.seconds)
            if wait.seconds >= SHOWN_SECONDS:
                self._say(f"{wait.reason}: waiting {wait.seconds:.0f} s for {call}")
            self._clock.wait(wait.seconds)
        raise AssertionError("attempts are counted without end")

    def _once(self, request: httpx2.Request, call: str, attempt: int, *, repeatable: bool) -> httpx2.Response | _Refusal:
        try:
            answer = self._http.send(request, follow_redirects=request.method == "GET")
        except httpx2.TransportError as failure:
            name = type(failure).__name__
            unsent = isinstance(failure, httpx2.ConnectError | httpx2.ConnectTimeout)
            wait = waiting.after_silence(name, attempt=attempt, repeatable=repeatable or unsent)
            return _Refusal(wait, silent(call, name))
        if answer.is_success or answer.status_code == NOT_MODIFIED:
            return answer
        body, headers = self._json(answer), answer.headers
        error = refused(call, answer.status_code, headers, body)
        now = self._clock.now()
        wait = waiting.after_answer(error.status, headers, error.message, attempt=attempt, now=now, repeatable=repeatable)
        return _Refusal(wait, error)

    @staticmethod
    def _json(answer: httpx2.Response) -> Any:
        """What the answer says; None where that is nothing, or no JSON, as a gateway's own page."""
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError:
            return None
