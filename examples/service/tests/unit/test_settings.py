"""What the environment tells the service."""

from __future__ import annotations

import pytest

from shortlinks import __main__ as program
from shortlinks.settings import Settings


def test_an_empty_environment_is_enough():
    settings = Settings.of({})
    assert (settings.host, settings.port, settings.database_url, settings.redis_url) == ("127.0.0.1", 9898, "", "")


def test_an_empty_variable_counts_as_not_there():
    assert Settings.of({"PORT": "", "VERSION": "", "DATABASE_URL": ""}) == Settings()


def test_everything_can_be_set():
    given = {"VERSION": "1.2.3", "REVISION": "abc", "HOST": "0.0.0.0", "PORT": "80", "DATABASE_URL": "d", "REDIS_URL": "r"}  # noqa: S104
    assert Settings.of(given) == Settings(
        version="1.2.3",
        revision="abc",
        host="0.0.0.0",  # noqa: S104
        port=80,
        database_url="d",
        redis_url="r",
    )


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "9898 "])
def test_a_port_that_is_none_ends_the_program_with_the_rule(port, monkeypatch, capsys):
    monkeypatch.setenv("PORT", port)
    assert program.main() == 2
    assert f"error: PORT = {port}: must be a number from 1 to 65535" in capsys.readouterr().err


def test_addresses_with_passwords_are_not_printed():
    settings = Settings.of({"DATABASE_URL": "postgresql://u:hidden-1@db/x", "REDIS_URL": "redis://:hidden-2@cache"})
    assert "hidden" not in repr(settings)
