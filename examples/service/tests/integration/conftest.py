"""Databases: those of DATABASE_URL and REDIS_URL, else some that the tests start.

In a PostgreSQL that was given, each test has a schema of its own, which is dropped at its end; a Redis that was given is emptied.
"""

from __future__ import annotations

import os
import uuid
from urllib.parse import quote

import psycopg
import pytest
import redis
from databases import postgres, redis_server
from starlette.testclient import TestClient

from shortlinks import migrate
from shortlinks.app import build
from shortlinks.settings import Settings


@pytest.fixture(scope="session")
def postgres_url():
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def _redis_url():
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    with redis_server() as url:
        yield url


@pytest.fixture
def empty_database(postgres_url):
    """The address of a database with nothing in it."""
    schema = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        yield f"{postgres_url}{'&' if '?' in postgres_url else '?'}options={quote(f'-csearch_path={schema}')}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def database(empty_database):
    """The address of a database that this version's migrations were applied to."""
    migrate.apply(empty_database, migrate.read())
    return empty_database


@pytest.fixture
def redis_url(_redis_url):
    """The address of an empty Redis."""
    with redis.Redis.from_url(_redis_url) as client:
        client.flushdb()
    return _redis_url


@pytest.fixture
def client(database, redis_url):
    """The service on both."""
    settings = Settings(version="1.2.3", database_url=database, redis_url=redis_url)
    with TestClient(build(settings), follow_redirects=False) as client:
        yield client
