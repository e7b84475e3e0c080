"""Every stack side by side: what is live where, since when, and how the last runs of its pipeline went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from history.github import Source, run_of
from history.model import Run
from infra.errors import LockgateError
from infra.ledger import Entry
from operations import environment, status
from operations.preview import target
from operations.pulumi_cli import Pulumi
from operations.status import Status

LISTED = 50
"""Runs of the default branch that are looked at for the newest of each workflow."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """``status`` is None where the stack could not be read, and ``problem`` says why."""

    name: str
    status: Status | None
    problem: str = ""

    @property
    def warning(self) -> str:
        """What is wrong with it, or ""."""
        return self.problem or (self.status.warning if self.status else "")

    @property
    def entry(self) -> Entry | None:
        """The ledger's entry of what is live."""
        history = self.status.known.ledger.history if self.status else ()
        return history[0] if history else None


@dataclass(frozen=True, kw_only=True)
class Repository:
    """The newest run of each workflow on the default branch; ``problem`` says why there is none."""

    name: str
    runs: tuple[Run, ...] = ()
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """``at`` is when it was made."""

    at: datetime
    stacks: tuple[Stack, ...]
    repositories: tuple[Repository, ...]

    @property
    def ok(self) -> bool:
        """Whether every stack and repository could be read, and agrees with its cluster."""
        return not any(one.warning for one in self.stacks) and not any(one.problem for one in self.repositories)

    def to_dict(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        return {
            "at": self.at.isoformat(),
            "stacks": [_stack(one) for one in self.stacks],
            "repositories": [_repository(one) for one in self.repositories],
        }


def read(pulumi: Pulumi, names: Sequence[str]) -> Overview:
    """All of ``names``, at once; one that cannot be read keeps no other from being shown."""
    environment.enter(pulumi.project)
    repositories = _repositories(pulumi, names)
    with ThreadPoolExecutor(max(len(names), 1) + 4) as pool:
        stacks = pool.map(lambda name: _read(pulumi, name), names)
        seen = pool.map(lambda item: _runs(pulumi, *item), repositories.items())
        return Overview(at=datetime.now(UTC), stacks=tuple(stacks), repositories=tuple(seen))


def _read(pulumi: Pulumi, name: str) -> Stack:
    try:
        return Stack(name=name, status=status.read(pulumi, name))
    except LockgateError as error:
        return Stack(name=name, status=None, problem=str(error))


def _repositories(pulumi: Pulumi, names: Sequence[str]) -> dict[str, str]:
    """A stack for each repository that one of them names."""
    known = {str(pulumi.project.setting(name, "github.repository") or ""): name for name in reversed(names)}
    return {repository: stack for repository, stack in known.items() if repository}


def _runs(pulumi: Pulumi, repository: str, stack: str) -> Repository:
    try:
        source = Source(target.find(pulumi, [stack], 0, repository).client, repository)
        asked = {"branch": source.default_branch(), "per_page": LISTED}
        told = source.page("/actions/runs", asked).body["workflow_runs"]
    except LockgateError as error:
        return Repository(name=repository, problem=str(error))
    runs = (run_of(repository, one) for one in told if one["event"] != "pull_request")
    newest: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: (run.number, run.attempt)):
        newest[run.workflow] = run
    return Repository(name=repository, runs=tuple(newest[name] for name in sorted(newest)))


def _stack(one: Stack) -> dict[str, Any]:
    known: Mapping[str, Any] = one.status.to_dict() if one.status else {}
    return {**known, "stack": one.name, "problem": one.problem, "since": one.entry.at if one.entry else None}


def _repository(one: Repository) -> dict[str, Any]:
    runs = [{key: value for key, value in asdict(run).items() if key != "repository"} for run in one.runs]
    times = ("created", "started", "ended")
    for run in runs:
        run |= {name: run[name].isoformat() for name in times if run[name]}
    return {"repository": one.name, "problem": one.problem, "runs": runs}


