"""How the exporter signs in: by what its environment has, and it is said where that is not enough."""

from __future__ import annotations

import threading

import httpx2
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from infra.errors import UsageError
from infra.github import GitHub
from operations.cli import cli
from operations.exporting import APP, TOKEN, sign_in

URL = "https://github.example"


@pytest.fixture(autouse=True)
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (TOKEN, *APP):
        monkeypatch.delenv(name, raising=False)


def signed(github: GitHub) -> list[str]:
    """The Authorization headers of one call."""
    found: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        found.append(request.headers["authorization"])
        return httpx2.Response(200, json={"token": "of-the-app", "expires_at": "2099-01-01T00:00:00Z"})

    github._http = httpx2.Client(transport=httpx2.MockTransport(answer))
    github.get("/user")
    return found


def test_a_token_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (TOKEN, *APP):
        monkeypatch.setenv(name, "value")
    assert signed(sign_in(URL, print, threading.Event())) == ["Bearer value"]


def test_without_one_it_is_the_app_whose_key_the_environment_has(monkeypatch: pytest.MonkeyPatch) -> None:
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for name, value in zip(APP, ("7", "8", key), strict=True):
        monkeypatch.setenv(name, value)
    assert signed(sign_in(URL, print, threading.Event()))[-1] == "Bearer of-the-app"


def test_half_an_app_is_told_with_all_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(APP[0], "7")
    done: Result = CliRunner().invoke(cli, ["exporter", "collect", "--store", "x.db", "--repository", "lab/shop"])
    assert isinstance(done.exception, UsageError)
    assert str(done.exception) == (
        "GITHUB_TOKEN = nothing: a repository's runs need a token that may read Actions and contents; set it, or for an App all "
        "of GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID, GITHUB_APP_PEM_FILE"
    )
