"""A user of SonarQube has the wanted password, whatever the server went through; against a server that speaks its few words.

The real one is asked in tests/integration/test_sonar_server.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx2 as httpx
import pytest

from infra.errors import LockgateError
from infra.provider import sonar_account
from infra.provider.context import Context, StoppedError
from infra.provider.differences import DIFFERENCES
from infra.provider.plugin import find_step

URL = "http://127.0.0.1:30900"
WANTED = {"url": URL, "login": "admin", "password": "Wanted-Pass.1"}


class Server:
    """A SonarQube with one user: ``statuses`` are answered one after the other, the last one for ever.

    ``fails`` is what it answers on the user instead, by the number of the question.
    """

    def __init__(self, password: str = "admin", statuses: tuple[Any, ...] = ("UP",)) -> None:  # noqa: S107
        self.password, self.statuses = password, list(statuses)
        self.refuses = ""
        self.fails: dict[int, Any] = {}
        self.asked = 0
        self.changes = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/system/status":
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            return answered(status)
        self.asked += 1
        if self.asked in self.fails:
            return answered(self.fails[self.asked])
        valid = request.headers["Authorization"] == httpx.BasicAuth("admin", self.password)._auth_header
        if request.url.path == "/api/authentication/validate":
            return httpx.Response(200, json={"valid": valid})
        assert (request.method, request.url.path, valid) == ("POST", "/api/users/change_password", True)
        form = parse_qs(request.content.decode())
        assert (form["login"], form["previousPassword"]) == (["admin"], [self.password])
        if self.refuses:
            return httpx.Response(400, json={"errors": [{"msg": self.refuses}]})
        self.password = form["password"][0]
        self.changes += 1
        return httpx.Response(204)


def answered(what: Any) -> httpx.Response:
    if isinstance(what, Exception):
        raise what
    return what if isinstance(what, httpx.Response) else httpx.Response(200, json={"status": what})


class World:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.stop = threading.Event()
        self.step: Any = find_step("SonarAccount")

    @property
    def ctx(self) -> Context:
        return Context(cluster=None, say=self.said.append, stop=self.stop)  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Server], Server]:

    def serve(server: Server) -> Server:
        client = lambda url: httpx.Client(base_url=url, transport=httpx.MockTransport(server))  # noqa: E731
        monkeypatch.setattr(sonar_account, "_client", client)
        return server

    return serve


def test_a_new_servers_password_that_everybody_knows_is_replaced(world: World, serve: Callable[[Server], Server]) -> None:
    server = serve(Server())
    assert world.step.apply(None, WANTED, world.ctx) == WANTED
    assert (server.password, server.changes) == (WANTED["password"], 1)


def test_a_server_that_starts_is_waited_for_and_what_for_is_said(world: World, serve: Callable[[Server], Server]) -> None:
    statuses = (httpx.ConnectError("refused"), httpx.Response(503), "STARTING", "DB_MIGRATION_RUNNING", "UP")
    server = serve(Server(statuses=statuses))
    world.step.apply(None, WANTED, world.ctx)
    assert server.changes == 1
    assert [said.rpartition(f"{URL} ")[2] for said in world.said] == [
        "does not answer (ConnectError)", "is HTTP 503", "is STARTING", "is DB_MIGRATION_RUNNING"
    ]  # fmt: skip


@pytest.mark.parametrize("question", [1, 2, 3], ids=["the wanted one?", "the known one?", "change it"])
@pytest.mark.parametrize(
    ("failure", "said"),
    [(httpx.Response(500), "fails with HTTP 500"), (httpx.ReadTimeout("slow"), "does not answer (ReadTimeout)")],
)
def test_a_server_that_fails_on_the_way_is_waited_for_and_its_password_not_taken_for_changed(
    world: World, serve: Callable[[Server], Server], question: int, failure: Any, said: str
) -> None:
    server = serve(Server())
    server.fails = {question: failure}
    world.step.apply(None, WANTED, world.ctx)
    assert (server.password, server.changes) == (WANTED["password"], 1)
    assert world.said == [f"SonarQube at {URL} {said}"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("DB_MIGRATION_NEEDED", rf"{URL} must bring its database to its version: back that up, then open {URL}/setup"),
        (httpx.Response(200, text="<html>"), "does not answer as a SonarQube does"),
        (httpx.Response(200, json=["UP"]), "does not answer as a SonarQube does"),
    ],
)
def test_where_waiting_does_not_help_one_error_says_what_does(
    world: World, serve: Callable[[Server], Server], status: Any, said: str
) -> None:
    server = serve(Server(statuses=(status,)))
    with pytest.raises(LockgateError, match=said):
        world.step.apply(None, WANTED, world.ctx)
    assert server.changes == 0


def test_a_server_that_never_comes_up_ends_the_update(
    world: World, serve: Callable[[Server], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sonar_account, "START_SECONDS", 0)
    serve(Server(statuses=("STARTING",)))
    with pytest.raises(LockgateError, match=f"SonarQube at {URL} is STARTING after 0 s"):
        world.step.apply(None, WANTED, world.ctx)


def test_the_user_can_stop_the_wait(world: World, serve: Callable[[Server], Server]) -> None:
    serve(Server(statuses=("STARTING",)))
    world.stop.set()
    with pytest.raises(StoppedError):
        world.step.apply(None, WANTED, world.ctx)


def test_nothing_is_changed_where_the_password_is_right_already(world: World, serve: Callable[[Server], Server]) -> None:
    server = serve(Server(password=WANTED["password"]))
    world.step.apply(None, WANTED, world.ctx)
    assert server.changes == 0


def test_another_wanted_password_replaces_the_one_before(world: World, serve: Callable[[Server], Server]) -> None:
    server = serve(Server(password="Before-Pass.1"))  # noqa: S106
    world.step.apply({**WANTED, "password": "Before-Pass.1"}, WANTED, world.ctx)
    assert server.password == WANTED["password"]


def test_a_password_that_somebody_changed_is_an_error_that_shows_none(world: World, serve: Callable[[Server], Server]) -> None:
    serve(Server(password="Their-Own.1"))  # noqa: S106
    with pytest.raises(LockgateError, match="takes no password of admin that this stack knows") as raised:
        world.step.apply(WANTED, WANTED, world.ctx)
    assert WANTED["password"] not in str(raised.value)


def test_what_the_server_has_against_a_password_is_said_without_it(world: World, serve: Callable[[Server], Server]) -> None:
    serve(Server()).refuses = "Password must be longer"
    with pytest.raises(LockgateError, match=r"refuses the new password of admin: HTTP 400 Password must be longer") as raised:
        world.step.apply(None, WANTED, world.ctx)
    assert WANTED["password"] not in str(raised.value)


def test_a_refresh_that_finds_all_as_it_was_changes_nothing(world: World, serve: Callable[[Server], Server]) -> None:
    serve(Server(password=WANTED["password"]))
    assert world.step.read(WANTED, world.ctx) == WANTED


def down(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize("found", [Server(), down])
def test_after_a_refresh_that_cannot_confirm_the_password_the_next_update_sets_it(
    world: World, serve: Callable[[Any], Any], found: Any
) -> None:
    serve(found)
    seen = world.step.read(WANTED, world.ctx)
    assert DIFFERENCES["SonarAccount"](seen, WANTED) == ["password"]
    server = serve(Server())
    world.step.apply(seen, WANTED, world.ctx)
    assert server.password == WANTED["password"]
