"""The service as its users see it, with links in memory."""

from __future__ import annotations

import re

import pytest
from running import wait_for
from starlette.testclient import TestClient

from shortlinks import links, visits
from shortlinks.app import build
from shortlinks.settings import Settings

URL = "https://example.com/a?b=c"


@pytest.fixture
def client():
    with TestClient(build(Settings(version="1.2.3", revision="abc")), follow_redirects=False) as client:
        yield client


def test_the_version_is_what_it_was_built_with(client):
    assert client.get("/version").json() == {"version": "1.2.3", "revision": "abc"}


def test_it_is_alive_and_ready_and_says_that_links_are_in_memory_only(client):
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "store": "memory", "cache": "none"})


def test_a_link_leads_to_its_address(client):
    made = client.post("/api/links", json={"url": URL})
    assert made.status_code == 201
    code = made.json()["code"]
    assert made.headers["location"] == f"/api/links/{code}"
    answer = client.get(f"/s/{code}")
    assert (answer.status_code, answer.headers["location"]) == (302, URL)
    assert answer.headers["cache-control"] == "no-store"


def test_somebody_can_choose_the_code_once(client):
    assert client.post("/api/links", json={"url": URL, "code": "docs"}).status_code == 201
    again = client.post("/api/links", json={"url": "https://other.example", "code": "docs"})
    assert (again.status_code, again.json()["error"]) == (409, "code = docs: is taken; choose another, or leave it out")
    assert client.get("/api/links/docs").json()["url"] == URL


def test_a_code_that_is_taken_by_chance_is_drawn_again(client, monkeypatch):
    drawn = iter(["first", "first", "other"])
    monkeypatch.setattr("shortlinks.api.new_code", lambda: next(drawn))
    codes = [client.post("/api/links", json={"url": URL}).json()["code"] for _ in range(2)]
    assert codes == ["first", "other"]


def test_no_free_code_is_an_error_to_try_again_with(client, monkeypatch):
    monkeypatch.setattr("shortlinks.api.new_code", lambda: "first")
    client.post("/api/links", json={"url": URL})
    assert client.post("/api/links", json={"url": URL}).status_code == 503


def test_the_newest_links_come_first_and_no_more_than_asked_for(client):
    for code in ("one", "two", "three"):
        client.post("/api/links", json={"url": URL, "code": code})
    listed = client.get("/api/links?limit=2").json()["links"]
    assert [link["code"] for link in listed] == ["three", "two"]


@pytest.mark.parametrize("limit", ["0", "101", "x", "-1", "", "²"])
def test_a_limit_that_is_none_is_refused(client, limit):
    answer = client.get("/api/links", params={"limit": limit})
    assert (answer.status_code, answer.json()["error"]) == (400, f"limit = {limit}: must be a number from 1 to 100")


def test_a_removed_link_leads_nowhere(client):
    client.post("/api/links", json={"url": URL, "code": "docs"})
    assert client.delete("/api/links/docs").status_code == 204
    for answer in (client.get("/s/docs"), client.get("/api/links/docs"), client.delete("/api/links/docs")):
        assert (answer.status_code, answer.json()["error"]) == (404, "code = docs: there is no such link")


@pytest.mark.parametrize("path", ["/s/a", "/s/%00abc", "/s/a%2Fb", "/api/links/%20%20%20"])
def test_what_cannot_be_a_code_is_never_looked_up(client, path):
    assert client.get(path).status_code == 404


def test_visits_are_counted(client, monkeypatch):
    monkeypatch.setattr(visits, "SECONDS", 0.01)
    client.post("/api/links", json={"url": URL, "code": "docs"})
    for _ in range(3):
        client.get("/s/docs")
    wait_for("the count", lambda: client.get("/api/links/docs").json()["visits"] == 3)


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"\xff", 400), (b"[]", 400), (b"{}", 400), (b"x" * 9000, 413)])
def test_a_body_that_is_none_is_refused(client, body, status):
    answer = client.post("/api/links", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_what_is_not_there_is_an_error_in_json(client):
    assert client.get("/nothing").json() == {"error": "Not Found"}
    assert client.put("/api/links").status_code == 405


def test_the_page_and_its_scripts_are_served_and_may_run_nothing_else(client):
    page = client.get("/")
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for path in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        assert client.get(path).status_code == 200
    assert "/static/app.js" in page.text


def test_requests_are_counted_by_what_answered_and_not_by_path(client):
    client.post("/api/links", json={"url": URL, "code": "docs"})
    client.get("/s/docs")
    client.get("/s/missing")
    client.get("/made/up")
    text = client.get("/metrics").text
    assert 'http_requests_total{handler="follow",method="GET",status="302"} 1.0' in text
    assert 'http_requests_total{handler="follow",method="GET",status="404"} 1.0' in text
    assert 'http_requests_total{handler="none",method="GET",status="404"} 1.0' in text
    assert "docs" not in text
    assert "made" not in text


def test_a_code_has_only_letters_that_nobody_mistakes():
    assert not set("".join(links.new_code() for _ in range(200))) & set("0O1Il")
