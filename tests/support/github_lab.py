"""A GitHub of a test's own: the lab's stand-in on a free port, with nothing in it but the organization and its people."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import toolchain
from lab.github import argv

START_SECONDS = 60.0
STOP_SECONDS = 10.0


class GitHubLab:
    """``url`` is the server (a ``baseUrl``), ``api`` the root of its REST API, ``token`` that of ``lockgate-bot``."""

    def __init__(self, folder: Path) -> None:
        found = toolchain.ensure(("node", "github-modules"))
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.api = f"{self.url}/api/v3"
        self._argv = argv(found["node"], found["github-modules"], folder, self.port)
        self.start()

    @property
    def token(self) -> str:
        return (self.folder / "token").read_text()

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(self._argv, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the GitHub stand-in does not start:\n{self.log}")
            time.sleep(0.02)

    def stop(self, *, kill: bool = False) -> int:
        """Ends it, at once with ``kill``, and returns its exit code."""
        (self._process.kill if kill else self._process.terminate)()
        return self._process.wait(STOP_SECONDS)

    def restart(self, *, kill: bool = False) -> None:
        self.stop(kill=kill)
        self.start()

    def reset(self) -> None:
        """Makes it as new; starts it where a test has ended it."""
        if self._process.poll() is not None:
            self.start()
        self.lab("POST", "reset")

    def client(self, token: str | None = None) -> httpx.Client:
        """Speaks to the API; as ``lockgate-bot`` unless a token is given. An empty one sends none."""
        token = self.token if token is None else token
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.api, headers=headers, trust_env=False, timeout=30.0)

    def token_of(self, login: str) -> str:
        """A new token of a user; ``alice`` and ``bob`` are members of the organization, others are made as strangers."""
        if login not in {"lockgate-bot", "alice", "bob"}:
            self.lab("POST", "users", json={"login": login})
        return str(self.lab("POST", "tokens", json={"login": login})["token"])

    def requests(self, method: str | None = None, path: str | None = None) -> list[dict[str, Any]]:
        """What was asked so far, oldest first: ``number``, ``method``, ``path``, ``query``, ``body``, ``status``, ``user``.

        ``path`` is a regular expression on the path below the API's root.
        """
        wanted = {name: value for name, value in (("method", method), ("path", path)) if value}
        return list(self.lab("GET", "requests", params=wanted))

    def forget_requests(self) -> None:
        self.lab("DELETE", "requests")

    def violations(self) -> list[dict[str, Any]]:
        """Requests and answers that GitHub's description does not allow: ``side``, ``method``, ``path``, ``problems``."""
        return list(self.lab("GET", "violations"))

    def forgive(self) -> None:
        """Forgets the violations, where a test made them on purpose."""
        self.lab("DELETE", "violations")

    def fault(self, kind: str, **which: Any) -> Fault:
        """Switches a failure on; as a context, off again at its end. ``kind``: forbidden, rate_limit,
        secondary_rate_limit, bad_gateway. ``which``: times, share, method, path, status, after, retry_after, reset_seconds."""
        return Fault(self, self.lab("POST", "faults", json={"kind": kind, **which})["id"])

    def add_run(self, repository: str, **run: Any) -> int:
        """A workflow run, which GitHub would have made; returns its id."""
        return int(self.lab("POST", "runs", json={"repository": repository, **run})["id"])

    def secret(self, repository: str, name: str, environment: str = "") -> str:
        """An Actions secret in plain text, decrypted from the sealed box that was sent."""
        asked = {"repository": repository, "name": name, "environment": environment}
        return str(self.lab("GET", "secret", params=asked)["value"])

    def lab(self, method: str, name: str, **asked: Any) -> Any:
        """The body of an answer of the stand-in's own, below ``/_lab``."""
        with self.client() as client:
            answer = client.request(method, f"{self.url}/_lab/{name}", **asked)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/_lab/health", trust_env=False, timeout=2.0).is_success
        return False


class Fault:
    """A failure that is switched on."""

    def __init__(self, github: GitHubLab, number: int) -> None:
        self._github = github
        self._number = number

    @property
    def hits(self) -> int:
        """How many requests met it so far."""
        return next(int(one["hits"]) for one in self._github.lab("GET", "faults") if one["id"] == self._number)

    def off(self) -> None:
        self._github.lab("DELETE", "faults", params={"id": self._number})

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, *_: object) -> None:
        self.off()


@pytest.fixture(scope="session")
def github_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubLab]:
    """The process behind the fixture ``github``; it compiles GitHub's description only once."""
    server = GitHubLab(tmp_path_factory.mktemp("github"))
    yield server
    server.stop()


@pytest.fixture
def github(github_server: GitHubLab) -> Iterator[GitHubLab]:
    """A GitHub stand-in as new. The test fails when a request or an answer is not as GitHub's description has it."""
    github_server.reset()
    yield github_server
    found = [f"{one['side']} {one['method']} {one['path']}: {'; '.join(one['problems'])}" for one in github_server.violations()]
    assert not found, "against GitHub's OpenAPI description:\n" + "\n".join(found)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
