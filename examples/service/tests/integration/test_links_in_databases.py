"""The service on a real PostgreSQL and a real Redis."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx2
import psycopg
import redis
from running import service
from starlette.testclient import TestClient

from shortlinks.app import build
from shortlinks.settings import Settings

URL = "https://example.com/a?b=c"


def test_it_is_ready_on_both(client):
    assert client.get("/readyz").json() == {"status": "ready", "store": "postgresql", "cache": "redis"}


def test_a_link_is_still_there_for_another_process(client, database):
    client.post("/api/links", json={"url": URL, "code": "docs"})
    with TestClient(build(Settings(database_url=database)), follow_redirects=False) as other:
        assert other.get("/s/docs").headers["location"] == URL
        assert [link["code"] for link in other.get("/api/links").json()["links"]] == ["docs"]


def test_only_one_of_many_gets_a_code(client):
    def ask(_: int) -> int:
        return client.post("/api/links", json={"url": URL, "code": "docs"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == [201] + [409] * 7


def test_the_newest_come_first(client):
    for code in ("one", "two", "three"):
        client.post("/api/links", json={"url": URL, "code": code})
    assert [link["code"] for link in client.get("/api/links?limit=2").json()["links"]] == ["three", "two"]


def test_a_visitor_is_sent_on_from_redis_while_the_database_has_lost_the_link(client, database):
    client.post("/api/links", json={"url": URL, "code": "docs"})
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM links")
    assert client.get("/s/docs").headers["location"] == URL


def test_a_removed_link_leads_nowhere_at_once(client):
    client.post("/api/links", json={"url": URL, "code": "docs"})
    client.get("/s/docs")
    assert client.delete("/api/links/docs").status_code == 204
    assert client.get("/s/docs").status_code == 404
    assert client.delete("/api/links/docs").status_code == 404


def test_what_redis_keeps_it_keeps_for_a_minute_at_most(client, redis_url):
    client.post("/api/links", json={"url": URL, "code": "docs"})
    with redis.Redis.from_url(redis_url) as cache:
        assert 0 < cache.ttl("shortlinks:docs") <= 60


def test_no_address_is_code_for_the_database(client):
    sly = "https://example.com/');DROP%20TABLE%20links;--"
    client.post("/api/links", json={"url": sly, "code": "docs"})
    assert client.get("/api/links/docs").json()["url"] == sly


def test_all_visits_are_written_by_a_process_that_is_stopped(database, redis_url):
    with (
        service({"DATABASE_URL": database, "REDIS_URL": redis_url}) as base,
        httpx2.Client(base_url=base, trust_env=False) as user,
    ):
        user.post("/api/links", json={"url": URL, "code": "docs"}).raise_for_status()
        for _ in range(5):
            assert user.get("/s/docs").status_code == 302
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT code, visits FROM links").fetchall() == [("docs", 5)]
