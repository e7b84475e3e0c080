"""A real SonarQube on the lab, by a stack as a user has one. It is started once for all tests that want it, in about a minute."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx
import pytest
from lightkube import ApiError
from lightkube.resources.core_v1 import Namespace

import lab
from benchmarks.rig import Done, Observer, Rig, Stack

NAME = "sonarqube"
PATIENCE_SECONDS = 900
"""Longer than the server's own limit of a start: a busy machine must not decide a test."""


@dataclass(frozen=True)
class Sonar:
    """A server that is up: ``url``, the password of its ``admin``, a token of that user's, and the stack that made it."""

    stack: Stack
    observer: Observer
    url: str
    password: str = field(repr=False)
    token: str = field(repr=False)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """What ``path`` below ``/api/`` answers to the admin."""
        return self._asked("GET", path, params=query)

    def post(self, path: str, **form: str) -> dict[str, Any]:
        return self._asked("POST", path, data=form)

    def takes(self, password: str) -> bool:
        """Whether that is the admin's password."""
        answer = httpx.get(f"{self.url}/api/authentication/validate", auth=("admin", password), trust_env=False)
        return bool(answer.raise_for_status().json()["valid"])

    def status(self) -> str:
        """What the server says of itself; empty where nobody answers."""
        try:
            answer = httpx.get(f"{self.url}/api/system/status", trust_env=False, timeout=5)
            return str(answer.json()["status"]) if answer.is_success else ""
        except httpx.TransportError:
            return ""

    def _asked(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = httpx.request(method, f"{self.url}/api/{path}", headers=headers, timeout=60, trust_env=False, **given)
        assert answer.is_success, f"{path}: HTTP {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}


def settings(rig: Rig) -> dict[str, Any]:
    """What a stack must say to get a server; its namespace is to come."""
    images = lab.ensure_sonar_images()
    return {"sonar.image": images.server, "sonar.databaseImage": images.database, "sonar.nodePort": rig.free_port()}


def namespace_of(stack: Stack) -> str:
    """Of its server; named so that the rig takes it away after a run that was killed."""
    return f"{stack.name}-sonar"


def up(stack: Stack) -> Done:
    """An update that may have to wait for a start of the server."""
    return stack.start_up().wait(PATIENCE_SECONDS)


@contextlib.contextmanager
def running(rig: Rig, **more: Any) -> Iterator[Sonar]:
    """A server by one ``pulumi up``, gone afterwards with its stack."""
    stack = rig.stack({**settings(rig), **more})
    stack.set(**{"lockgate:sonar.namespace": namespace_of(stack)})
    try:
        up(stack).good()
        outputs = json.loads(stack.pulumi("stack", "output", "--json", "--show-secrets").good().output)
        url, password = outputs["sonarUrl"], outputs["sonarAdminPassword"]
        form = {"name": "tests", "login": "admin"}
        made = httpx.post(f"{url}/api/user_tokens/generate", data=form, auth=("admin", password), trust_env=False)
        observer = Observer(rig.cluster, namespace_of(stack), NAME)
        yield Sonar(stack, observer, url, password, made.raise_for_status().json()["token"])
    finally:
        stack.end()
        with contextlib.suppress(ApiError):
            rig.cluster.client.delete(Namespace, namespace_of(stack))
        rig.remove(stack)


@pytest.fixture(scope="session")
def sonar(rig: Rig) -> Iterator[Sonar]:
    """The server that tests share: each leaves it as it found it, but for projects and gates under names of its own."""
    with running(rig) as started:
        yield started
