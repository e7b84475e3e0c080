"""The workflow files on a GitHub that keeps state, as the engine drives them and as a person sees them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import github_calls as calls
import httpx2
import pytest
from github_lab import GitHubLab

from infra.github import Clock, GitHub, Token
from infra.provider.github_context import GitHubContext
from infra.provider.workflow_files import WorkflowFiles

CI, CD, BOT = ".github/workflows/ci.yml", ".github/workflows/cd.yml", ".github/dependabot.yml"


def workflow(name: str, more: str = "") -> str:
    return f"on: pull_request\njobs:\n  job:\n    name: {name}\n    runs-on: ubuntu-latest\n    steps: [{{run: 'true'}}]\n{more}"


@dataclass
class World:
    """``lab/podinfo``, and the resource as the engine drives it; ``said`` and ``warned`` are what the user reads."""

    lab: GitHubLab
    client: httpx2.Client
    alice: httpx2.Client
    state: dict[str, Any] | None = None
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    @property
    def context(self) -> GitHubContext:
        def wait(_: float) -> None:
            """Nobody waits in these tests."""

        github = GitHub(self.lab.url, Token(self.lab.token), self.said.append, Clock(wait=wait))
        return GitHubContext(github, self.said.append, self.warned.append, wait)

    def want(self, files: Mapping[str, str], *checks: str, message: str = "Update the workflow files") -> dict[str, Any]:
        """One update; the new state."""
        new = {"repository": "lab/podinfo", "branch": "main", "files": files, "checks": list(checks), "message": message}
        self.said.clear()
        self.warned.clear()
        self.state = WorkflowFiles().apply(self.state, new, self.context)
        return self.state

    def refresh(self) -> dict[str, Any] | None:
        self.state = WorkflowFiles().read(self.state or {}, self.context)
        return self.state

    def delete(self) -> None:
        self.warned.clear()
        WorkflowFiles().delete(self.state or {}, self.context)

    def files(self, branch: str = "main") -> dict[str, str]:
        """What is on a branch, without the first commit's README."""
        tree = calls.good(self.client.get(f"{calls.ROOT}/git/trees/{calls.tip(self.client, branch)}?recursive=1"))["tree"]
        blobs = {one["path"]: one["sha"] for one in tree if one["type"] == "blob" and one["path"] != "README.md"}
        read = {path: calls.good(self.client.get(f"{calls.ROOT}/git/blobs/{sha}"))["content"] for path, sha in blobs.items()}
        return {path: base64.b64decode(content).decode() for path, content in read.items()}

    def commits(self, branch: str = "main") -> list[str]:
        """The titles of its commits, newest first."""
        found = calls.good(self.client.get(f"{calls.ROOT}/commits?sha={branch}"))
        return [one["commit"]["message"].partition("\n")[0] for one in found]

    def pulls(self, state: str = "open") -> list[dict[str, Any]]:
        return list(calls.good(self.client.get(f"{calls.ROOT}/pulls?state={state}")))

    def edit(self, path: str, text: str) -> str:
        """Alice commits to main."""
        made = calls.commit(self.alice, {path: text}, calls.tip(self.alice))
        calls.good(calls.move(self.alice, "main", made))
        return made

    def merge(self, number: int, method: str = "squash") -> None:
        calls.good(self.client.put(f"{calls.ROOT}/pulls/{number}/merge", json={"merge_method": method}))


@pytest.fixture
def world(github: GitHubLab) -> World:
    client = github.client()
    calls.make_repository(client)
    calls.good(client.put(f"{calls.ROOT}/collaborators/alice", json={"permission": "push"}))
    return World(github, client, github.client(github.token_of("alice")))
