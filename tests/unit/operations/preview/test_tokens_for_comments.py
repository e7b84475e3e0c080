"""Which token a server gets to see for the comment."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fake_pulumi import FakePulumi

from infra.errors import UsageError
from operations import stackfile
from operations.preview import target
from operations.preview.comment import Target
from operations.pulumi_cli import Pulumi


class Server(HTTPServer):
    """``seen`` are the tokens that came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append(self.headers["Authorization"].removeprefix("Bearer "))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def found(fake: FakePulumi, url: str, environment: Mapping[str, str], *keys: str) -> Target:
    """With the stack ``prod`` on the server ``url``, which has a value for each of ``keys``."""
    fake.play("config", "get", out=json.dumps({"value": "settings"}))
    values = {"github.baseUrl": url, **{key: {"secure": "v1:x"} for key in keys}}
    stackfile.edit(fake.project.stack_file("prod"), values)
    clear = {name: value for name, value in fake.pulumi.environment.items() if not name.startswith("GITHUB_")}
    return target.find(Pulumi(fake.project, {**clear, "GITHUB_TOKEN": "shell", **environment}), ["prod"], 3, "o/r")


HERE, ACTIONS = "here", {"GITHUB_ACTIONS": "true"}
CASES: list[tuple[dict[str, str], list[str], str]] = [
    ({}, ["github.token"], "settings"),
    ({"GITHUB_SERVER_URL": HERE}, ["github.token"], "settings"),
    ({"GITHUB_SERVER_URL": HERE}, [], "shell"),
    ({"GITHUB_SERVER_URL": HERE, **ACTIONS}, ["github.token"], "shell"),
    ({"GITHUB_SERVER_URL": "https://github.com", **ACTIONS}, ["github.token"], "settings"),
]


@pytest.mark.parametrize(("environment", "keys", "token"), CASES)
def test_the_settings_go_first_but_in_a_workflow_of_that_very_server(
    fake: FakePulumi, server: Server, environment: dict[str, str], keys: list[str], token: str
) -> None:
    given = {name: server.url + "/" if value == HERE else value for name, value in environment.items()}
    found(fake, server.url, given, *keys).client.get("/user")
    assert server.seen == [token]


@pytest.mark.parametrize("environment", [{}, ACTIONS, {"GITHUB_SERVER_URL": "https://github.example.com"}])
def test_no_other_server_gets_the_token_of_the_shell(fake: FakePulumi, server: Server, environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=rf"no token for {server.url}.*github\.token.*GITHUB_SERVER_URL={server.url}"):
        found(fake, server.url, environment)
    assert server.seen == []


def test_an_app_of_the_settings_goes_before_the_token_of_the_shell(fake: FakePulumi) -> None:
    stackfile.edit(fake.project.stack_file("prod"), {"github.appId": "42"})
    assert found(fake, "https://github.com", {}, "github.appPrivateKey").app == "42"
    assert found(fake, "https://github.com", ACTIONS, "github.appPrivateKey").app == ""
