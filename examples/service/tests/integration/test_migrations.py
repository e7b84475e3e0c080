"""Migrations on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from running import free_port
from starlette.testclient import TestClient

from shortlinks import migrate
from shortlinks.app import build
from shortlinks.settings import Settings

ALL = migrate.read()


def one(number: int, sql: str) -> migrate.Migration:
    return migrate.Migration(number=number, name=f"{number:04}_made_up.sql", phase="expand", fits="all", sql=sql)


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()").fetchall()
    return {row[0] for row in rows}


def test_all_of_them_apply_once(empty_database):
    assert migrate.apply(empty_database, ALL) == list(ALL)
    assert migrate.apply(empty_database, ALL) == []
    assert tables(empty_database) == {"links", "schema_migrations"}


def test_a_version_without_the_last_one_still_works_after_it(empty_database):
    migrate.apply(empty_database, ALL[:1])
    with psycopg.connect(empty_database) as connection:
        connection.execute("INSERT INTO links (code, url) VALUES ('before', 'https://example.com')")
    migrate.apply(empty_database, ALL)
    with psycopg.connect(empty_database) as connection:
        connection.execute("INSERT INTO links (code, url) VALUES ('after', 'https://example.com')")
        rows = connection.execute("SELECT code, visits FROM links ORDER BY code").fetchall()
    assert rows == [("after", 0), ("before", 0)]


def test_a_failed_one_leaves_nothing_of_itself_and_keeps_what_came_before(empty_database):
    half = one(2, "CREATE TABLE half (id int); SELECT 1 / 0;")
    with pytest.raises(migrate.MigrationError, match=r"0002_made_up.sql: division by zero; nothing of it was applied"):
        migrate.apply(empty_database, (ALL[0], half))
    assert tables(empty_database) == {"links", "schema_migrations"}
    assert migrate.apply(empty_database, ALL) == [ALL[1]]


def test_one_that_was_edited_after_it_was_applied_is_refused(empty_database):
    migrate.apply(empty_database, (one(1, "CREATE TABLE a (id int);"),))
    with pytest.raises(migrate.MigrationError, match="was edited after it was applied"):
        migrate.apply(empty_database, (one(1, "CREATE TABLE a (id bigint);"),))


def test_two_that_migrate_at_once_take_turns(empty_database):
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: len(migrate.apply(empty_database, ALL)), range(4)))
    assert sorted(done) == [0, 0, 0, len(ALL)]


def test_the_service_is_not_ready_before_them_and_ready_after(empty_database):
    with TestClient(build(Settings(database_url=empty_database))) as client:
        before = client.get("/readyz")
        assert (before.status_code, client.get("/api/links").status_code) == (503, 503)
        assert "lacks migrations" in before.json()["reason"]
        migrate.apply(empty_database, ALL[:1])
        assert client.get("/readyz").status_code == 503
        migrate.apply(empty_database, ALL)
        assert client.get("/readyz").status_code == 200


def test_a_database_that_is_further_on_is_fine(database):
    migrate.apply(database, (*ALL, one(len(ALL) + 1, "CREATE TABLE later (id int);")))
    with TestClient(build(Settings(database_url=database))) as client:
        assert client.get("/readyz").status_code == 200


def test_the_command_lists_without_changing_anything_and_then_applies(empty_database, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", empty_database)
    assert migrate.main(["--list"]) == 0
    assert capsys.readouterr().out.startswith("pending 0001_links.sql (expand; fits 1.0.0 and later)\n")
    assert tables(empty_database) == set()
    assert migrate.main([]) == 0
    assert capsys.readouterr().out.count("applied") == len(ALL)
    assert migrate.main([]) == 0
    assert capsys.readouterr().out == "nothing to apply\n"


def test_the_command_fails_by_the_name_of_the_file(empty_database, monkeypatch, tmp_path, capsys):
    (tmp_path / "0001_broken.sql").write_text("-- phase: expand\n-- fits: all\nCREATE TABEL links (code text);\n")
    broken = migrate.read(tmp_path)
    monkeypatch.setattr(migrate, "read", lambda: broken)
    monkeypatch.setenv("DATABASE_URL", empty_database)
    assert migrate.main([]) == 1
    assert 'error: 0001_broken.sql: syntax error at or near "TABEL"' in capsys.readouterr().err


def test_the_command_shows_no_password_where_the_database_is_away(monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://somebody:hidden@127.0.0.1:{free_port()}/links")
    assert migrate.main([]) == 1
    said = capsys.readouterr().err
    assert "error: DATABASE_URL: the database cannot be used" in said
    assert "hidden" not in said
