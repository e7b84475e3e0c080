"""How a call of GitHub is made, and what a user reads when GitHub refuses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest

from infra.github import Clock, GitHub, GitHubError, Token, api_root

SECRET = "ghp_hunter2"  # noqa: S105 - planted
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


@dataclass
class Server:
    """Gives the answers in turn, the last one again and again; time passes only where a call waits."""

    answers: list[httpx2.Response | Exception]
    requests: list[httpx2.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    now: float = 1_000_000.0

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def client(self) -> GitHub:
        clock = Clock(now=lambda: self.now, wait=self.wait)
        transport = httpx2.MockTransport(self.handle)
        return GitHub("https://github.com", Token(SECRET), self.said.append, clock, transport)


def answer(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    return httpx2.Response(status, json={} if body is None else body, headers=headers)


def fails(server: Server, act: Callable[[GitHub], Any] = lambda github: github.get("/repos/o/r")) -> GitHubError:
    with pytest.raises(GitHubError) as caught:
        act(server.client())
    assert SECRET not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("base", "root"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://github.com/", "https://api.github.com"),
        ("https://api.github.com/", "https://api.github.com"),
        ("https://example.ghe.com", "https://api.example.ghe.com"),
        ("https://github.example.com", "https://github.example.com/api/v3"),
        ("https://github.example.com/api/v3/", "https://github.example.com/api/v3"),
        ("http://127.0.0.1:16480", "http://127.0.0.1:16480/api/v3"),
    ],
)
def test_the_api_of_a_server_is_where_github_has_it(base: str, root: str) -> None:
    assert api_root(base) == root


def test_a_call_says_who_asks_and_for_what() -> None:
    server = Server([answer(200, {"id": 1})])
    assert server.client().get("/repos/o/r", ref="main") == {"id": 1}
    (request,) = server.requests
    assert str(request.url) == "https://api.github.com/repos/o/r?ref=main"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers["x-github-api-version"] == "2022-11-28"
    assert request.headers["user-agent"] == "lockgate"


def test_an_answer_without_content_is_nothing() -> None:
    assert Server([httpx2.Response(204)]).client().delete("/repos/o/r") is None


def test_all_pages_are_read_with_the_same_question() -> None:
    following = {"link": '<https://api.github.com/repositories/7/issues?state=all&per_page=100&page=2>; rel="next"'}
    server = Server([answer(200, [1, 2], following), answer(200, [3])])
    assert list(server.client().pages("/repos/o/r/issues", state="all")) == [1, 2, 3]
    assert str(server.requests[1].url) == "https://api.github.com/repos/o/r/issues?state=all&per_page=100&page=2"


def test_the_list_inside_an_answer_is_what_its_pages_hold() -> None:
    server = Server([answer(200, {"total_count": 1, "variables": [{"name": "A"}]})])
    assert list(server.client().pages("/repos/o/r/actions/variables")) == [{"name": "A"}]


def test_what_is_not_there_can_be_looked_for() -> None:
    assert Server([answer(404, {"message": "Not Found"})]).client().find("/repos/o/r") is None
    with pytest.raises(GitHubError):
        Server([answer(403, {"message": "no"})]).client().find("/repos/o/r")


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (401, {"message": "Bad credentials"}, {}, "401, Bad credentials; the token is wrong or has ended: give another in"),
        (
            403,
            {"message": "Resource not accessible by personal access token"},
            {"x-accepted-github-permissions": "administration=write"},
            "the token may not do this: give it administration=write",
        ),
        (403, {"message": "Must have admin rights"}, {"x-accepted-oauth-scopes": "repo"}, "give it repo"),
        (404, {"message": "Not Found"}, {}, "404, Not Found; it is not there, or the token may not see it"),
        (
            422,
            {"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "title", "code": "missing_field"}]},
            {},
            "422, Validation Failed: Issue title missing_field; correct what the message names",
        ),
        (422, {"message": "Invalid", "errors": ["one", "two"]}, {}, "422, Invalid: one; two;"),
        (307, {"message": "Moved"}, {"location": "https://elsewhere.example.com"}, "set github.repository to it"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, body: Any, headers: Mapping[str, str], words: str) -> None:
    server = Server([answer(status, body, headers)])
    error = fails(server, lambda github: github.post("/repos/o/r/issues", {}))
    assert str(error).startswith("GitHub: POST https://api.github.com/repos/o/r/issues: ")
    assert words in str(error)
    assert (error.status, len(server.requests)) == (status, 1)


def test_a_gateways_own_page_is_no_message() -> None:
    page = httpx2.Response(500, text="<html>oh no</html>")
    assert "500, no message; GitHub has trouble" in str(fails(Server([page])))


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_a_gateway_lost_is_asked_for_again_where_that_does_no_harm(status: int) -> None:
    server = Server([answer(status), answer(status), answer(200, {"id": 1})])
    assert server.client().get("/repos/o/r") == {"id": 1}
    assert server.waits == [1, 2]


def test_what_a_gateway_lost_is_not_done_twice_unless_it_may_be() -> None:
    server = Server([answer(502), answer(201, {"sha": "1"})])
    assert fails(server, lambda github: github.post("/repos/o/r/issues", {})).status == 502
    server = Server([answer(502), answer(201, {"sha": "1"})])
    assert server.client().post("/repos/o/r/git/blobs", {}, repeatable=True) == {"sha": "1"}


def test_a_gateway_that_stays_away_ends_the_call() -> None:
    server = Server([answer(502)])
    assert fails(server).status == 502
    assert server.waits == [1, 2, 4, 8, 16]


def test_a_server_that_cannot_be_reached_is_asked_again_whatever_the_call() -> None:
    server = Server([httpx2.ConnectError("refused"), answer(201, {"id": 1})])
    assert server.client().post("/repos/o/r/issues", {}) == {"id": 1}
    lost = Server([httpx2.ReadError("reset"), answer(201, {"id": 1})])
    assert fails(lost, lambda github: github.post("/repos/o/r/issues", {})).status == 0


def test_a_server_that_stays_away_is_named() -> None:
    error = fails(Server([httpx2.ConnectError("refused")]))
    assert "GET https://api.github.com/repos/o/r: no answer (ConnectError); check github.baseUrl" in str(error)


def test_a_limit_is_waited_for_as_long_as_github_says_and_the_user_is_told() -> None:
    server = Server([answer(403, SECONDARY, {"retry-after": "7"}), answer(201, {"id": 1})])
    assert server.client().post("/repos/o/r/issues", {}) == {"id": 1}
    assert server.waits == [7]
    assert server.said == [
        "GitHub limits the rate of calls (secondary limit): waiting 7 s for POST https://api.github.com/repos/o/r/issues"
    ]


def test_calls_that_are_spent_come_back_when_the_hour_is_over() -> None:
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000090"}
    server = Server([answer(403, {"message": "API rate limit exceeded"}, spent), answer(200, {"id": 1})])
    assert server.client().get("/repos/o/r") == {"id": 1}
    assert server.waits == [91]


def test_a_limit_without_an_end_is_waited_for_longer_each_time() -> None:
    server = Server([answer(429, SECONDARY), answer(429, SECONDARY), answer(200, {"id": 1})])
    assert server.client().get("/repos/o/r") == {"id": 1}
    assert server.waits == [60, 120]


def test_nobody_waits_for_longer_than_five_minutes() -> None:
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1002000"}
    server = Server([answer(403, {"message": "API rate limit exceeded"}, spent)])
    assert str(fails(server)).endswith("the token's calls of this hour are spent; run again in 34 min")
    assert server.waits == []


def test_a_403_that_is_no_limit_is_not_asked_again() -> None:
    server = Server([answer(403, {"message": "no"}, {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1000090"})])
    fails(server)
    assert len(server.requests) == 1
