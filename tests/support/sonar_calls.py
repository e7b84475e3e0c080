"""A SonarQube that answers what it is told, and holds each call against SonarQube's own description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import httpx2 as httpx
from sonar_services import problems

from infra.provider.sonar_context import SonarContext
from infra.sonarqube import Login, SonarQube

TOKEN = "squ_hunter2"  # noqa: S105 - planted
Answer = Any | Callable[[Mapping[str, str]], Any]


class Server:
    """``answers`` are bodies by path below ``/api/``, or what makes one of the parameters; an int is the status of a refusal.

    A path that is not among them answers with nothing, as SonarQube does to most that is posted.
    """

    def __init__(self, **answers: Answer) -> None:
        self.answers = {name.replace("__", "/"): answer for name, answer in answers.items()}
        self.calls: list[tuple[str, dict[str, str]]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        sent = dict(request.url.params) if request.method == "GET" else dict(parse_qsl(request.content.decode(), True))
        assert problems(request.method, request.url.path, sent) == []
        path = request.url.path.removeprefix("/api/")
        self.calls.append((path, sent))
        answer = self.answers.get(path)
        answer = answer(sent) if callable(answer) else answer
        if isinstance(answer, int):
            return httpx.Response(answer, json={"errors": [{"msg": "the server's own words"}]})
        return httpx.Response(204) if answer is None else httpx.Response(200, json=answer)

    def posted(self) -> list[tuple[str, dict[str, str]]]:
        """What was changed, in order."""
        return [(path, sent) for path, sent in self.calls if not path.endswith(("search", "show", "list", "groups", "users"))]

    @property
    def ctx(self) -> SonarContext:
        sonar = SonarQube("https://sonar.example", Login(token=TOKEN), transport=httpx.MockTransport(self))
        return SonarContext(sonar, lambda _: None)


def listed(name: str, *items: Mapping[str, Any], total: int | None = None) -> dict[str, Any]:
    """One page of a list."""
    return {"paging": {"total": len(items) if total is None else total}, name: list(items)}
