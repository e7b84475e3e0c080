"""The migrations' files, before any database sees them."""

from __future__ import annotations

import re

import pytest

from shortlinks import migrate

BREAKS_THE_VERSION_BEFORE = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|SCHEMA)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b|\bTRUNCATE\b|"
    r"\bADD\s+COLUMN\b(?![^;]*\bDEFAULT\b)[^;]*\bNOT\s+NULL\b",
    re.IGNORECASE,
)


def written(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.sql").write_text(text)
    return folder


@pytest.mark.parametrize("migration", migrate.read(), ids=lambda one: one.name)
def test_what_expands_leaves_the_version_before_working(migration):
    if migration.phase == "expand":
        assert not BREAKS_THE_VERSION_BEFORE.search(migration.sql), f"{migration.name} does not only expand"


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE links DROP COLUMN url;",
        "ALTER TABLE links RENAME COLUMN url TO address;",
        "ALTER TABLE links ADD COLUMN owner text NOT NULL;",
        "ALTER TABLE links ALTER COLUMN visits TYPE int;",
    ],
)
def test_the_rule_finds_what_would_break_it(sql):
    assert BREAKS_THE_VERSION_BEFORE.search(sql)


def test_a_file_says_its_phase_and_which_versions_fit(tmp_path):
    (one,) = migrate.read(written(tmp_path, **{"0001_a": "-- phase: contract\n-- fits: 2.0.0 and later\nSELECT 1;\n"}))
    assert (one.number, one.name, one.phase, one.fits) == (1, "0001_a.sql", "contract", "2.0.0 and later")


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"0001_a": "SELECT 1;"}, "0001_a.sql: must begin with the lines"),
        ({"first": "-- phase: expand\n-- fits: all\n"}, "first.sql: must be called as in 0001_links.sql"),
        ({"0002_a": "-- phase: expand\n-- fits: all\n"}, "0002_a.sql: number 0002 where 0001 is next"),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_named(tmp_path, files, says):
    with pytest.raises(migrate.MigrationError, match=says):
        migrate.read(written(tmp_path, **files))


@pytest.mark.parametrize(("url", "arguments"), [("", []), ("postgresql://127.0.0.1/x", ["--down"])])
def test_the_command_says_how_it_is_called(monkeypatch, capsys, url, arguments):
    monkeypatch.setenv("DATABASE_URL", url)
    assert migrate.main(arguments) == 2
    assert "usage: DATABASE_URL=" in capsys.readouterr().err
