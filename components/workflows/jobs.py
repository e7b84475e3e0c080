"""A workflow's jobs: their checks, what they wait for, and where they deploy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from components.workflows.permissions import Permissions
from components.workflows.steps import Step, Use
from components.workflows.values import ALWAYS, Expr, Text, Value, checked, identifier, refuse_marks, unique

CHECK_LENGTH = 100
MAX_MINUTES = 360
RUNNER = "ubuntu-latest"
DEPLOY = "deploy"
"""The composite action that deploys: whoever uses it does so in an environment."""


@dataclass(frozen=True, kw_only=True)
class Concurrency:
    """One run at a time of those with the same ``group``.

    ``cancels`` says which running one is cancelled by a newer one: none (the newer waits), those of pull requests, or any.
    """

    group: Value
    cancels: Literal["never", "pull requests", "always"] = "never"

    def __post_init__(self) -> None:
        checked({"group": self.group}, "concurrency")


@dataclass(frozen=True)
class Matrix:
    """One run of the job for each combination of the ``axes``' values; GitHub names its check ``name (a, b)``."""

    axes: Mapping[str, tuple[str | int, ...]]

    def __post_init__(self) -> None:
        if not self.axes or not all(self.axes.values()):
            raise ValueError(f"matrix = {dict(self.axes)}: needs an axis, and each axis a value; fill it, or take it away")
        for axis, values in self.axes.items():
            identifier(axis, "matrix")
            unique(map(str, values), f"matrix.{axis}")

    def names(self, name: str) -> tuple[str, ...]:
        """The checks of a job called ``name``, in GitHub's order."""
        return tuple(f"{name} ({', '.join(map(str, values))})" for values in itertools.product(*self.axes.values()))


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where a job deploys. ``name`` may be an expression of an input; ``url`` is where to see what was deployed."""

    name: str | Expr
    url: Value = ""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A container beside the job, by digest. ``ports`` are HOST:CONTAINER."""

    image: str
    env: Mapping[str, Value] = field(default_factory=dict)
    ports: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.search(r"@sha256:[0-9a-f]{64}$", self.image):
            raise ValueError(f"service.image = {self.image!r}: must be a reference by digest (repo[:tag]@sha256:...)")
        checked(self.env, "service.env")


@dataclass(frozen=True, kw_only=True)
class _Base:
    """What a job and a call have in common. See ``Job``."""

    id: str
    name: str
    permissions: Permissions
    required: bool = False
    formerly: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    when: Expr | None = None
    matrix: Matrix | None = None
    concurrency: Concurrency | None = None

    def __post_init__(self) -> None:
        identifier(self.id, "job.id")
        if isinstance(self.formerly, str):
            raise ValueError(f"job {self.id}: formerly = {self.formerly!r}: must be a tuple of names; write ({self.formerly!r},)")
        for check in (self.name, *self.formerly):
            refuse_marks(check, f"job {self.id}: name")
            if not check.strip() or len(check) > CHECK_LENGTH:
                raise ValueError(f"job {self.id}: name = {check!r}: must have 1 to {CHECK_LENGTH} characters; rename it")
        if self.formerly and not self.required:
            raise ValueError(
                f"job {self.id}: formerly = {self.formerly} with required = False: only a required check is renamed in two "
                f"steps; take formerly away"
            )
        if self.required and self.when not in (None, ALWAYS):
            raise ValueError(
                f"job {self.id}: required = True with if = {self.when}: a skipped job counts as passed; "
                f"put the condition on its steps, or required = False"
            )

    @property
    def own_names(self) -> tuple[str, ...]:
        """Its checks, one for each combination of the matrix."""
        return self.matrix.names(self.name) if self.matrix else (self.name,)


@dataclass(frozen=True, kw_only=True)
class Job(_Base):
    """Steps on one runner. ``name`` is its check's name; ``required``: no pull request is merged without it.

    A renamed job says in ``formerly`` what its checks were called before, exactly as GitHub shows them: then both names are
    published, and the old ones stay required until ``formerly`` is taken away. ``when`` is the job's ``if``. A job with an
    ``environment`` deploys: nothing cancels it.
    """

    timeout_minutes: int
    steps: tuple[Step, ...]
    runs_on: str = RUNNER
    environment: Environment | None = None
    env: Mapping[str, Value] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    outputs: Mapping[str, Expr | Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        where = f"job {self.id}"
        if not 1 <= self.timeout_minutes <= MAX_MINUTES:
            raise ValueError(f"{where}: timeout_minutes = {self.timeout_minutes}: must be 1 to {MAX_MINUTES}; correct it")
        if not self.steps:
            raise ValueError(f"{where}: steps = (): a job needs a step; add one")
        unique((step.id for step in self.steps if step.id), f"{where}: step ids")
        refuse_marks(self.runs_on, f"{where}: runs_on")
        checked(self.env, f"{where}: env")
        self._check_deployment(where)

    def _check_deployment(self, where: str) -> None:
        if not self.deploys and any(isinstance(step, Use) and step.local == DEPLOY for step in self.steps):
            raise ValueError(f"{where}: environment = None with the action {DEPLOY}: what deploys needs an environment; name it")
        if self.deploys and self.concurrency and self.concurrency.cancels != "never":
            raise ValueError(
                f"{where}: concurrency.cancels = {self.concurrency.cancels!r} with an environment: a deployment must not be "
                f"cancelled halfway; leave it at 'never'"
            )

    @property
    def deploys(self) -> bool:
        """Whether it changes an environment."""
        return self.environment is not None


@dataclass(frozen=True, kw_only=True)
class Call(_Base):
    """Runs the jobs of another workflow of the spec, by its file's name; their checks are called ``name / theirs``.

    Secrets are handed over by name, never all of them.
    """

    workflow: str
    inputs: Mapping[str, Value] = field(default_factory=dict)
    secrets: Mapping[str, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        identifier(self.workflow, f"job {self.id}: workflow")
        checked(self.inputs, f"job {self.id}: with")
        checked(self.secrets, f"job {self.id}: secrets")


AnyJob = Job | Call
