"""What starts a workflow. There is no ``pull_request_target``: it runs with secrets for code that nobody has read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from components.workflows.values import identifier, refuse_marks

EVERY_COMMIT = frozenset({"opened", "synchronize", "reopened"})
"""The kinds of pull request events that together see every commit of one; GitHub's default."""

CRON_FIELDS = 5

OF_A_PUSH_HERE = (
    "github.event.workflow_run.event == 'push' && github.event.workflow_run.head_repository.full_name == github.repository"
)
"""The condition that the run that ended was of a push to this repository. A fork's branch may be called like one of ours."""


@dataclass(frozen=True, kw_only=True)
class Push:
    """A push to one of ``branches``, or of one of ``tags``: names with ``*`` (in a part) and ``**`` (over parts)."""

    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_patterns((*self.branches, *self.tags), "push")


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """A pull request into one of ``branches`` (any where empty), by GitHub's default for each commit of it.

    ``paths`` lets it run only where one of these is touched; no required check can be in such a workflow.
    """

    branches: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_patterns(self.branches, "pull_request")

    def sees_every_commit(self) -> bool:
        """Whether no pull request into its branches, and no commit of one, is passed over."""
        return not self.paths and (not self.types or set(self.types) >= EVERY_COMMIT)

    def covers(self, branch: str) -> bool:
        """Whether it runs for pull requests into ``branch``."""
        return not self.branches or any(matches(pattern, branch) for pattern in self.branches)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """``cron`` has five fields, in UTC. GitHub runs it on the default branch, late when it is busy."""

    cron: str

    def __post_init__(self) -> None:
        if len(self.cron.split()) != CRON_FIELDS:
            raise ValueError(f"schedule.cron = {self.cron!r}: must have five fields, such as '0 2 * * *'; correct it")


@dataclass(frozen=True, kw_only=True)
class Input:
    """What somebody gives when a workflow is started or called. A ``choice`` has ``options``."""

    description: str
    type: Literal["string", "boolean", "number", "choice"] = "string"
    required: bool = False
    default: str | bool | int | None = None
    options: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        refuse_marks(self.description, "input.description")
        if (self.type == "choice") != bool(self.options):
            raise ValueError(f"input.options = {self.options} with type = {self.type}: a choice has options, and only a choice")
        if self.type == "choice" and self.default is not None and self.default not in self.options:
            raise ValueError(f"input.default = {self.default!r}: must be one of the options {self.options}")


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Somebody starts it by hand, or by the API."""

    inputs: Mapping[str, Input] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_names(self.inputs, "workflow_dispatch.inputs")


@dataclass(frozen=True, kw_only=True)
class WorkflowRun:
    """A run of one of ``workflows`` (their names) has ended, well or not, for a commit of one of ``branches``.

    It runs with the default branch's files and its secrets, whatever the other run was, of a fork's pull request too: every
    job has ``OF_A_PUSH_HERE`` in its condition, or waits for one that has.
    """

    workflows: tuple[str, ...]
    branches: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_patterns(self.branches, "workflow_run")
        if not self.workflows or not self.branches:
            raise ValueError(f"workflow_run of {self.workflows} on {self.branches}: needs both; name the workflows and branches")


@dataclass(frozen=True, kw_only=True)
class WorkflowCall:
    """Another workflow calls it, by a ``Call``. ``secrets`` must be handed over by the caller, ``optional_secrets`` may."""

    inputs: Mapping[str, Input] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    optional_secrets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_names((*self.inputs, *self.secrets, *self.optional_secrets), "workflow_call")
        choices = [name for name, one in self.inputs.items() if one.type == "choice"]
        if choices:
            raise ValueError(f"workflow_call.inputs {choices}: a call has no choice; use string, and check the value in the job")


Trigger = Push | PullRequest | Schedule | Dispatch | WorkflowRun | WorkflowCall


def matches(pattern: str, name: str) -> bool:
    """Whether a branch or tag pattern fits: ``*`` is within a part between slashes, ``**`` goes over them."""
    parts = re.split(r"(\*\*|\*)", pattern)
    regex = "".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(regex, name) is not None


def _check_patterns(patterns: Sequence[str], where: str) -> None:
    for pattern in patterns:
        if not re.fullmatch(r"[\w./*-]+", pattern):
            raise ValueError(f"{where}: {pattern!r} must be a name with * and ** at most; list the names that are meant")


def _check_names(names: Iterable[str], where: str) -> None:
    for name in names:
        identifier(name, where)
