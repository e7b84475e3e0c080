"""The client of SonarQube: what it sends, how it waits, and what a refusal says."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest
from sonar_calls import TOKEN, Server, listed

from infra.sonarqube import Login, SonarError, SonarQube


class Answers:
    """Answers one after the other, the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def client(answers: Any, waits: list[float] | None = None) -> SonarQube:
    wait = (waits if waits is not None else []).append
    return SonarQube("https://sonar.example/", Login(token=TOKEN), wait=wait, transport=httpx.MockTransport(answers))


def test_a_login_prints_no_secret() -> None:
    assert "hunter2" not in repr(Login(token=TOKEN)) + repr(Login(user="admin", password=TOKEN))


def test_all_pages_of_a_list_are_asked_for() -> None:
    def page(sent: Any) -> Any:
        return listed("components", {"key": sent["p"]}, total=3)

    server = Server(projects__search=page)
    assert [one["key"] for one in server.ctx.sonar.pages("/api/projects/search", "components")] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (400, "correct what the message names"),
        (401, "the token or password is wrong or has ended: give another in sonarToken"),
        (403, "the user may not do this: give it Administer Quality Gates"),
        (404, "it is not there, or the user may not see it"),
        (500, "the server has trouble: see its logs"),
    ],
)
def test_a_refusal_is_one_sentence_with_the_servers_words_and_a_remedy(status: int, remedy: str) -> None:
    sonar = Server(user_tokens__generate=status).ctx.sonar
    with pytest.raises(SonarError) as failed:
        sonar.post("/api/user_tokens/generate", name="hunter2")
    assert str(failed.value).startswith(f"SonarQube: POST /api/user_tokens/generate: {status}, the server's own words; {remedy}")
    assert "hunter2" not in str(failed.value)


def test_a_refusal_that_is_no_json_is_told_too() -> None:
    with pytest.raises(SonarError, match="GET /api/projects/search: 401, no message"):
        client(Answers(httpx.Response(401, text="<html>"))).get("/api/projects/search")


def test_what_is_not_there_is_none_and_another_refusal_stays_one() -> None:
    assert Server(qualitygates__show=404).ctx.sonar.find("/api/qualitygates/show", name="x") is None
    with pytest.raises(SonarError, match="403"):
        Server(qualitygates__show=403).ctx.sonar.find("/api/qualitygates/show", name="x")


def test_a_server_that_starts_is_waited_for() -> None:
    waits: list[float] = []
    starting = Answers(httpx.ConnectError("refused"), httpx.Response(503), {"status": "STARTING"}, {"status": "UP"})
    client(starting, waits).await_up()
    assert len(waits) == 3


def test_a_server_that_never_answers_is_given_up() -> None:
    waits: list[float] = []
    with pytest.raises(SonarError, match=r"no answer \(ConnectError\); check sonarQubeUrl"):
        client(Answers(httpx.ConnectError("refused")), waits).get("/api/projects/search")
    assert sum(waits) == 300


def test_a_migration_that_a_person_must_start_is_not_waited_for() -> None:
    waits: list[float] = []
    with pytest.raises(SonarError, match=r"DB_MIGRATION_NEEDED; open https://sonar\.example/setup to migrate it"):
        client(Answers({"status": "DB_MIGRATION_NEEDED"}), waits).await_up()
    assert waits == []


def test_a_change_whose_answer_is_lost_is_not_made_twice() -> None:
    lost = Answers(httpx.ReadTimeout("late"))
    with pytest.raises(SonarError, match=r"no answer \(ReadTimeout\)"):
        client(lost).post("/api/projects/create", name="x", project="x")
    assert lost.asked == 1
