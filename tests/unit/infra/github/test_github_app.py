"""Signing in as a GitHub App: its proof, its token, and when the token is made anew."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.errors import LockgateError
from infra.github import App, Clock, GitHub, GitHubError

HOUR = 3600


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def pem(key: rsa.RSAPrivateKey) -> str:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain).decode()


class Server:
    """Makes installation tokens that live an hour, and answers to the newest only. Its clock is moved by the test."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.now = 1_900_000_000.0
        self.made = 0
        self._public = key.public_key()

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        scheme, _, token = request.headers["authorization"].partition(" ")
        assert scheme == "Bearer"
        if request.url.path != "/api/v3/app/installations/34/access_tokens":
            return httpx2.Response(200 if token == f"ghs_{self.made}" else 401, json={"token": token})
        claims = jwt.decode(token, self._public, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False})
        assert claims["iss"] == "12"
        assert claims["iat"] <= self.now < claims["exp"] <= self.now + 600
        self.made += 1
        ends = datetime.fromtimestamp(self.now + HOUR, UTC).isoformat().replace("+00:00", "Z")
        return httpx2.Response(201, json={"token": f"ghs_{self.made}", "expires_at": ends})

    def client(self, pem: str) -> GitHub:
        clock = Clock(now=lambda: self.now, wait=lambda _: None)
        return GitHub("http://127.0.0.1:1", App("12", "34", pem), clock=clock, transport=httpx2.MockTransport(self.handle))


def test_an_app_signs_in_once_and_keeps_its_token(key: rsa.RSAPrivateKey, pem: str) -> None:
    server = Server(key)
    github = server.client(pem)
    assert [github.get("/repos/o/r")["token"] for _ in range(3)] == ["ghs_1"] * 3
    assert server.made == 1


def test_a_token_is_made_anew_before_it_ends(key: rsa.RSAPrivateKey, pem: str) -> None:
    server = Server(key)
    github = server.client(pem)
    github.get("/repos/o/r")
    server.now += HOUR - 240
    assert list(github.get("/repos/o/r").values()) == ["ghs_2"]


def test_a_key_that_is_none_is_refused_without_being_shown(key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(LockgateError, match=r"github\.appPrivateKey: is not an RSA private key in PEM") as caught:
        Server(key).client("hunter2").get("/repos/o/r")
    assert "hunter2" not in str(caught.value)


def test_an_app_that_github_does_not_know_is_said_to_be_one(pem: str) -> None:
    refusing = httpx2.MockTransport(lambda _: httpx2.Response(401, json={"message": "A JSON web token could not be decoded"}))
    with pytest.raises(GitHubError, match=r"POST /app/installations/34/access_tokens: 401.*github\.appId"):
        GitHub("http://127.0.0.1:1", App("12", "34", pem), transport=refusing).get("/repos/o/r")


def test_an_app_cannot_print_its_key(pem: str) -> None:
    assert pem not in repr(App("12", "34", pem))
