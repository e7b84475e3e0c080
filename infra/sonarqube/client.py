"""Calls of SonarQube's web API, with patience for a server that starts.

Source: the server's own description, ``/api/webservices/list``, of version 10.7.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2

from infra.sonarqube.errors import NOT_FOUND, SonarError, refused, silent

REQUEST_SECONDS = 30.0
PATIENCE_SECONDS = 300.0
"""How long a server may take to start; 65 s were seen with 2 GB."""

PAUSE_SECONDS = 2.0
PAGE = 500
PASSING = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Login:
    """A ``token``, or a ``user`` with its ``password``; neither prints its secret."""

    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def auth(self) -> tuple[str, str]:
        """A token goes in the place of the user's name, which every version knows."""
        return (self.token, "") if self.token else (self.user, self.password)


class SonarQube:
    """One server, as ``login`` may see it. ``say`` is told what a call waits for.

    Paths are below the server's address, such as ``/api/projects/search``. Parameters that are None are left out. Every refusal
    is a ``SonarError``.
    """

    def __init__(
        self,
        url: str,
        login: Login,
        say: Callable[[str], None] = lambda _: None,
        wait: Callable[[float], None] = time.sleep,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._say, self._wait = say, wait
        local = self.url.startswith(("http://127.0.0.1", "http://localhost"))
        self._http = httpx2.Client(auth=login.auth, timeout=REQUEST_SECONDS, transport=transport, trust_env=not local)

    def get(self, path: str, **params: Any) -> Any:
        return self._call("GET", path, params)

    def find(self, path: str, **params: Any) -> Any | None:
        """What ``get`` gives, or None where it is not there."""
        try:
            return self.get(path, **params)
        except SonarError as error:
            if error.status != NOT_FOUND:
                raise
            return None

    def post(self, path: str, **params: Any) -> Any:
        """Parameters go in the body, where no log has them."""
        return self._call("POST", path, params)

    def pages(self, path: str, name: str, **params: Any) -> Iterator[Any]:
        """The items of all pages of the list ``name``."""
        seen = 0
        for number in count(1):
            body = self.get(path, p=number, ps=PAGE, **params)
            yield from body[name]
            seen += len(body[name])
            total = body.get("paging", body).get("total", 0)
            if seen >= total or not body[name]:
                return

    def await_up(self) -> None:
        """Until the server is UP. Raises ``SonarError`` where it does not start, or waits for its database to be migrated."""
        waited = 0.0
        while True:
            status = str(self.get("/api/system/status")["status"])
            if status == "UP":
                return
            if status == "DB_MIGRATION_NEEDED" or waited >= PATIENCE_SECONDS:
                remedy = f"open {self.url}/setup to migrate it" if status == "DB_MIGRATION_NEEDED" else "see the server's logs"
                raise SonarError("GET /api/system/status", 0, f"the server is {status}", remedy)
            self._say(f"SonarQube is {status}")
            self._wait(PAUSE_SECONDS)
            waited += PAUSE_SECONDS

    def _call(self, method: str, path: str, params: Mapping[str, Any]) -> Any:
        sent = {name: _text(value) for name, value in params.items() if value is not None}
        request = self._http.build_request(
            method, f"{self.url}{path}", **({"params": sent} if method == "GET" else {"data": sent})  # type: ignore[arg-type]
        )
        waited = 0.0
        while True:
            answer = self._once(request, f"{method} {path}", last=waited >= PATIENCE_SECONDS)
            if answer is not None:
                return answer.json() if answer.content else None
            self._say("SonarQube does not answer yet")
            self._wait(PAUSE_SECONDS)
            waited += PAUSE_SECONDS

    def _once(self, request: httpx2.Request, call: str, *, last: bool) -> httpx2.Response | None:
        """The answer; None where the server starts, and may answer a little later."""
        try:
            answer = self._http.send(request)
        except httpx2.TransportError as failure:
            unsent = isinstance(failure, httpx2.ConnectError | httpx2.ConnectTimeout)
            if not last and (unsent or request.method == "GET"):
                return None
            raise silent(call, type(failure).__name__) from None
        if answer.is_success:
            return answer
        if answer.status_code in PASSING and not last:
            return None
        try:
            body = answer.json()
        except ValueError:
            body = None
        raise refused(call, answer.status_code, body)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
