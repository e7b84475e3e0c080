"""What GitHub tells a workflow of the event that started it: the parts that workflows here read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """``name`` as in ``github.event_name``; ``sha`` is the commit that the run is for, ``branch`` its branch.

    ``pull`` is the pull request's number, 0 for none.
    """

    name: str
    repository: str
    branch: str
    sha: str
    payload: Mapping[str, Any]
    pull: int = 0

    @property
    def ref(self) -> str:
        """``github.ref``."""
        return f"refs/pull/{self.pull}/merge" if self.pull else f"refs/heads/{self.branch}"

    @property
    def document(self) -> Mapping[str, Any]:
        """``github.event``."""
        repository = {"full_name": self.repository, "name": self.repository.partition("/")[2], "default_branch": "main"}
        return {"repository": repository, "ref": self.ref, **self.payload}


def push(repository: str, branch: str, sha: str) -> Event:
    return Event(name="push", repository=repository, branch=branch, sha=sha, payload={"after": sha, "head_commit": {"id": sha}})


def by_hand(repository: str, branch: str, sha: str, inputs: Mapping[str, str]) -> Event:
    return Event(name="workflow_dispatch", repository=repository, branch=branch, sha=sha, payload={"inputs": dict(inputs)})


def pull_request(repository: str, number: int, branch: str, sha: str) -> Event:
    """Somebody who may write here has opened it, from ``branch`` into main."""
    head = {"ref": branch, "sha": sha, "repo": {"full_name": repository}}
    pull = {"number": number, "head": head, "base": {"ref": "main"}, "user": {"login": "alice"}}
    payload = {"action": "opened", "number": number, "pull_request": pull}
    return Event(name="pull_request", repository=repository, branch=branch, sha=sha, payload=payload, pull=number)


def after(event: Event, *, name: str, number: int, conclusion: str) -> Event:
    """The run ``number`` of the workflow ``name``, which ``event`` had started, has ended."""
    run = {
        "id": number,
        "name": name,
        "event": event.name,
        "conclusion": conclusion,
        "head_sha": event.sha,
        "head_branch": event.branch,
        "head_repository": {"full_name": event.repository},
    }
    payload = {"action": "completed", "workflow_run": run}
    return Event(name="workflow_run", repository=event.repository, branch=event.branch, sha=event.sha, payload=payload)
