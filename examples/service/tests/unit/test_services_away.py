"""What users see while the database or Redis cannot be reached."""

from __future__ import annotations

import time

import pytest
from running import free_port
from starlette.testclient import TestClient

from shortlinks.app import build
from shortlinks.settings import Settings


@pytest.fixture
def without_database():
    url = f"postgresql://somebody:hidden@127.0.0.1:{free_port()}/links"
    with TestClient(build(Settings(database_url=url))) as client:
        yield client


@pytest.fixture
def without_redis():
    url = f"redis://:hidden@127.0.0.1:{free_port()}/0"
    with TestClient(build(Settings(redis_url=url)), follow_redirects=False) as client:
        yield client


def test_without_its_database_it_is_alive_and_not_ready_and_says_why_at_once(without_database):
    assert without_database.get("/healthz").status_code == 200
    began = time.monotonic()
    answer = without_database.get("/readyz")
    assert time.monotonic() - began < 1
    assert answer.status_code == 503
    assert answer.json()["reason"] == "the database does not answer"


def test_without_its_database_requests_are_asked_to_come_again(without_database):
    answer = without_database.get("/api/links")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "hidden" not in answer.text


def test_without_redis_everything_works_and_readiness_says_so(without_redis, caplog):
    without_redis.post("/api/links", json={"url": "https://example.com", "code": "docs"})
    assert without_redis.get("/s/docs").status_code == 302
    assert without_redis.delete("/api/links/docs").status_code == 204
    answer = without_redis.get("/readyz")
    assert (answer.status_code, answer.json()["cache"]) == (200, "redis, which does not answer")
    assert "redis does not answer (ConnectionError)" in caplog.text
    assert "hidden" not in caplog.text
