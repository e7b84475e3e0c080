"""A job that deploys waits at its environment's gate, and always hears what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from operations.pipeline.gates import Approve, Gates
from operations.pipeline.github import Hosted


class Repository:
    """What the gates ask of a repository on GitHub: who reviews; production has reviewers, lost is not there."""

    def reviewers(self, environment: str) -> list[str]:
        if environment == "lost":
            raise RuntimeError("404")
        return ["alice", "bob"] if environment == "production" else []


@pytest.fixture
def ask(tmp_path: Path) -> Callable[[str, Approve], str]:
    def answer(environment: str, approve: Approve) -> str:
        gates = Gates(tmp_path, cast("Hosted", Repository()), approve)
        (tmp_path / "7-deploy.answer").unlink(missing_ok=True)
        with gates:
            (tmp_path / "7-deploy.asks").write_text(environment)
            deadline = time.monotonic() + 10
            while not (tmp_path / "7-deploy.answer").exists():
                assert time.monotonic() < deadline, "nobody answered"
                time.sleep(0.01)
        return (tmp_path / "7-deploy.answer").read_text()

    return answer


def nobody(environment: str, reviewers: object) -> str:
    raise AssertionError(f"{environment} asks {reviewers}")


def test_an_environment_without_reviewers_lets_everybody_in(ask: Callable[[str, Approve], str]) -> None:
    assert ask("staging", nobody) == "yes"


def test_one_with_reviewers_asks_them(ask: Callable[[str, Approve], str]) -> None:
    asked: list[object] = []
    assert ask("production", lambda *who: asked.append(who) or "alice") == "yes"
    assert asked == [("production", ["alice", "bob"])]


def test_a_no_is_said_to_the_job(ask: Callable[[str, Approve], str]) -> None:
    assert ask("production", lambda *_: "") == "production: the deployment was rejected"


def test_a_gate_that_cannot_be_asked_lets_nobody_in_and_no_job_wait_for_ever(ask: Callable[[str, Approve], str]) -> None:
    assert ask("lost", nobody) == "lost: its gate could not be asked: 404"
