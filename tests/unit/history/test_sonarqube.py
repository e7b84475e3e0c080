"""SonarQube's word on projects, as it is taken into a history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from history.model import Gate
from history.sonarqube import collect
from history.store import Store
from infra.errors import LockgateError
from infra.sonarqube import Login, SonarQube


class Server:
    """Answers as SonarQube 10.7 does; ``analysis`` is the newest one's key, "" where there is none."""

    def __init__(self) -> None:
        self.analysis, self.status, self.asked = "a1", "ERROR", 0

    def client(self) -> SonarQube:
        return SonarQube("https://sonar.example", Login(token="t"), transport=httpx2.MockTransport(self._answer))  # noqa: S106

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked += 1
        analyses = [{"key": self.analysis, "date": "2026-11-27T18:22:37+0000"}] if self.analysis else []
        conditions = [{"metricKey": "coverage", "status": self.status}, {"metricKey": "bugs", "status": "OK"}]
        bodies: dict[str, Any] = {
            "/api/project_analyses/search": {"analyses": analyses},
            "/api/qualitygates/project_status": {"projectStatus": {"status": self.status, "conditions": conditions}},
            "/api/measures/component": {"component": {"measures": [{"metric": "coverage", "value": "71.2"}]}},
        }
        return httpx2.Response(200, json=bodies[request.url.path])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "history.db") as opened:
        yield opened


def test_a_gate_is_kept_with_its_measures_and_what_failed(store: Store) -> None:
    collect(store, Server().client(), ["shop"])
    (gate,) = store.of(Gate)
    assert (gate.project, gate.passed, gate.failed, gate.measures) == ("shop", False, ("coverage",), {"coverage": 71.2})
    assert gate.at.isoformat() == "2026-11-27T18:22:37+00:00"


def test_an_analysis_is_taken_once_and_the_next_one_beside_it(store: Store) -> None:
    server = Server()
    collect(store, server.client(), ["shop"])
    collect(store, server.client(), ["shop"])
    assert server.asked == 4
    server.analysis, server.status = "a2", "OK"
    collect(store, server.client(), ["shop"])
    assert [(gate.analysis, gate.passed) for gate in store.of(Gate)] == [("a1", False), ("a2", True)]


def test_a_project_that_was_never_analysed_has_not_passed(store: Store) -> None:
    server = Server()
    server.analysis = ""
    collect(store, server.client(), ["shop"])
    assert list(store.of(Gate)) == []


def test_a_token_that_may_not_look_is_an_error(store: Store) -> None:
    refused = httpx2.MockTransport(lambda _: httpx2.Response(403, json={"errors": [{"msg": "Insufficient privileges"}]}))
    client = SonarQube("https://sonar.example", Login(token="t"), transport=refused)  # noqa: S106
    with pytest.raises(LockgateError, match="Insufficient privileges"):
        collect(store, client, ["shop"])
