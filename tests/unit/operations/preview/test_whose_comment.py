"""Which comment is the report's own: it depends on who the token is. The answers are those of github.com."""

from __future__ import annotations

import json
from typing import Any

import httpx2 as httpx
import pytest

from infra.github import GitHub, GitHubError, Token
from operations.preview.comment import MARKER, Target

PERSON = {"login": "alice", "type": "User"}
BOT = {"login": "github-actions[bot]", "type": "Bot"}


class Server:
    """Has one comment, and takes what is written. ``user`` is the answer to whose the token is."""

    def __init__(self, author: dict[str, str], user: tuple[int, dict[str, str]], app: int | None = None) -> None:
        made = {"id": app, "slug": "x"} if app else None
        self.comment = {
            "id": 7,
            "body": f"{MARKER}\nold",
            "user": author,
            "performed_via_github_app": made,
            "html_url": "https://h/7",
        }
        self.user = user
        self.written: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/user":
            return httpx.Response(self.user[0], json=self.user[1])
        if request.method == "GET":
            return httpx.Response(200, json=[self.comment])
        self.written.append(f"{request.method} {request.url.path} {json.loads(request.content)['body']}")
        return httpx.Response(201, json={"html_url": "https://h/8"})

    def publish(self, app: str = "") -> str:
        client = GitHub("https://github.com", Token("x"), transport=httpx.MockTransport(self.answer))
        return Target(client=client, repository="o/r", number=3, app=app).publish(f"{MARKER}\nnew")[0]


NOBODY: tuple[int, dict[str, str]] = (403, {"message": "Resource not accessible by integration"})
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"author": PERSON, "user": (200, PERSON)}, "", "updated"),
    ({"author": PERSON, "user": (200, {"login": "bob"})}, "", "created"),
    ({"author": BOT, "user": NOBODY}, "", "updated"),
    ({"author": PERSON, "user": NOBODY}, "", "created"),
    ({"author": BOT, "user": NOBODY, "app": 42}, "42", "updated"),
    ({"author": BOT, "user": NOBODY, "app": 41}, "42", "created"),
]


@pytest.mark.parametrize(("server", "app", "done"), CASES)
def test_only_the_tokens_own_comment_is_edited(server: dict[str, Any], app: str, done: str) -> None:
    made = Server(**server)
    assert made.publish(app) == done
    path = {"updated": "PATCH /repos/o/r/issues/comments/7", "created": "POST /repos/o/r/issues/3/comments"}[done]
    assert made.written == [f"{path} {MARKER}\nnew"]


def test_a_server_in_trouble_does_not_make_it_a_second_comment() -> None:
    server = Server(author=BOT, user=(422, {"message": "?"}))
    with pytest.raises(GitHubError):
        server.publish()
    assert server.written == []
