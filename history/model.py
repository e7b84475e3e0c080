"""What is known of a pipeline's past, as plain values. Times are aware datetimes in UTC, as the source gave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Stage = Literal["build", "test", "scan", "quality", "deploy", "rollback", "other"]
"""What a job is for; the story's limits on time are by stage."""

Kind = Literal["bootstrap", "release", "rollback"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One attempt of a workflow's run: a rerun is another one of the same ``id``.

    ``workflow`` is its name, ``file`` its path in the repository. ``created`` is when the first attempt was asked for,
    ``started`` when this one began, ``ended`` None while it goes on. ``conclusion`` is GitHub's word, "" while it goes on.
    """

    repository: str
    id: int
    attempt: int
    number: int
    workflow: str
    file: str
    event: str
    branch: str
    commit: str
    created: datetime
    started: datetime
    ended: datetime | None
    conclusion: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a job; ``started`` and ``ended`` are None where it never ran."""

    number: int
    name: str
    conclusion: str
    started: datetime | None
    ended: datetime | None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job of one attempt. ``labels`` are those that its ``runs-on`` named; ``created`` is when it was queued."""

    repository: str
    run: int
    attempt: int
    id: int
    name: str
    labels: tuple[str, ...]
    created: datetime
    started: datetime | None
    ended: datetime | None
    conclusion: str
    url: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One entry of a stack's ledger. ``position`` counts from 0, the oldest known one, and orders them: ``at`` is a clock's word.

    ``previous`` is the release that was live before, "" for the first; ``revision`` the commit that ``release`` was built from.
    """

    stack: str
    position: int
    release: str
    version: str
    revision: str
    kind: Kind
    at: datetime
    previous: str


@dataclass(frozen=True, kw_only=True)
class Commit:
    """``committed`` is the committer's clock."""

    repository: str
    sha: str
    committed: datetime


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What the tests of one attempt came to."""

    repository: str
    run: int
    attempt: int
    passed: int
    failed: int
    skipped: int
    flaky: int


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What one scan of one attempt found, by severity (low, medium, high, critical)."""

    repository: str
    run: int
    attempt: int
    scanner: str
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Gate:
    """SonarQube's word on a project at one analysis: ``passed``, the conditions that failed, and the measures by metric key."""

    project: str
    analysis: str
    at: datetime
    passed: bool
    failed: tuple[str, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
