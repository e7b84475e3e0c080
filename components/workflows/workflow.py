"""Workflows and composite actions. What cannot work on GitHub does not construct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from components.workflows.jobs import RUNNER, AnyJob, Concurrency, Job
from components.workflows.permissions import NONE
from components.workflows.steps import Run, Step
from components.workflows.triggers import OF_A_PUSH_HERE, PullRequest, Schedule, Trigger, WorkflowCall, WorkflowRun
from components.workflows.values import ALWAYS, FAILURE, Expr, Text, Value, checked, identifier, refuse_marks, unique


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """``.github/workflows/<file>.yml``. Its own token may nothing; each job says what its token may."""

    file: str
    name: str
    on: tuple[Trigger, ...]
    jobs: tuple[AnyJob, ...]
    concurrency: Concurrency
    env: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = identifier(self.file, "workflow.file")
        refuse_marks(self.name, f"{where}: name")
        checked(self.env, f"{where}: env")
        if not self.on or not self.jobs:
            raise ValueError(f"{where}: on = {self.on}, {len(self.jobs)} jobs: a workflow needs both; add what is missing")
        unique((type(one).__name__ for one in self.on if not isinstance(one, Schedule)), f"{where}: on")
        unique((job.id for job in self.all_jobs), f"{where}: job ids")
        unique((job.name for job in self.all_jobs), f"{where}: job names")
        for check in (_check_needs, _check_required, _check_cancelling, _check_followers):
            check(self)

    @property
    def all_jobs(self) -> tuple[AnyJob, ...]:
        """The jobs, each followed by those that still publish its former names."""
        return tuple(one for job in self.jobs for one in (job, *aliases(job)))

    @property
    def pull_request(self) -> PullRequest | None:
        """The trigger of pull requests, or None."""
        return next((one for one in self.on if isinstance(one, PullRequest)), None)

    @property
    def callable(self) -> bool:
        """Whether another workflow can call it."""
        return any(isinstance(one, WorkflowCall) for one in self.on)

    @property
    def deploys(self) -> bool:
        """Whether one of its own jobs changes an environment."""
        return any(isinstance(job, Job) and job.deploys for job in self.jobs)


@dataclass(frozen=True, kw_only=True)
class ActionInput:
    """One input of a composite action: always text. Without a ``default`` it must be given."""

    description: str
    default: str | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """A composite action, ``.github/actions/<name>/action.yml``."""

    name: str
    title: str
    description: str
    steps: tuple[Step, ...]
    inputs: Mapping[str, ActionInput] = field(default_factory=dict)
    outputs: Mapping[str, tuple[str, Expr | Text]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"action {identifier(self.name, 'action.name')}"
        if not self.steps:
            raise ValueError(f"{where}: steps = (): an action needs a step; add one")
        unique((step.id for step in self.steps if step.id), f"{where}: step ids")
        for name in (*self.inputs, *self.outputs):
            identifier(name, where)


def aliases(job: AnyJob) -> tuple[Job, ...]:
    """The jobs that publish a renamed job's former checks.

    Each waits for the renamed one and passes only when that has passed. It always runs: were it skipped when the other
    fails, GitHub would count it as passed.
    """
    return tuple(_alias(job, f"{job.id}-formerly-{number}", name) for number, name in enumerate(job.formerly, start=1))


def _alias(job: AnyJob, id_: str, name: str) -> Job:
    return Job(
        id=id_,
        name=name,
        permissions=NONE,
        required=True,
        needs=(job.id,),
        when=ALWAYS,
        timeout_minutes=5,
        runs_on=job.runs_on if isinstance(job, Job) else RUNNER,
        steps=(
            Run(
                name=f"Report {job.name} by its former name",
                script='echo "Its result: $RESULT"\ntest "$RESULT" = success',
                env={"RESULT": Expr(f"needs.{job.id}.result")},
            ),
        ),
    )


def _check_needs(workflow: Workflow) -> None:
    known: set[str] = set()
    for job in workflow.all_jobs:
        unknown = [id_ for id_ in job.needs if id_ not in known]
        if unknown:
            raise ValueError(
                f"{workflow.file}: job {job.id} needs {unknown}, but the jobs before it are {sorted(known)}; "
                f"correct the id, or move the job behind what it needs"
            )
        known.add(job.id)


def _check_required(workflow: Workflow) -> None:
    required = [job for job in workflow.all_jobs if job.required]
    if not required:
        return
    trigger = workflow.pull_request
    if trigger is None or not trigger.sees_every_commit():
        runs = "on no pull request" if trigger is None else f"on pull requests with paths {trigger.paths}, types {trigger.types}"
        raise ValueError(
            f"{workflow.file}: job {required[0].id} is required, but the workflow runs {runs}: some pull request would wait "
            f"for its check forever; run it on every commit of every pull request, or say required = False"
        )
    for job in required:
        _check_needs_of_required(workflow, job)


def _check_needs_of_required(workflow: Workflow, job: AnyJob) -> None:
    free = [id_ for id_ in job.needs if job.when != ALWAYS and not _counts(workflow.jobs, id_)]
    if free:
        raise ValueError(
            f"{workflow.file}: job {job.id} is required and needs {free}, which is not: when that fails, {job.id} is skipped, "
            f"and GitHub counts it as passed; make {free} required too"
        )


def _counts(jobs: Iterable[AnyJob], id_: str) -> bool:
    return any(job.id == id_ and job.required for job in jobs)


def _check_cancelling(workflow: Workflow) -> None:
    if workflow.deploys and workflow.concurrency.cancels != "never":
        raise ValueError(
            f"{workflow.file}: concurrency.cancels = {workflow.concurrency.cancels!r}, and a job of it deploys: a deployment "
            f"must not be cancelled halfway; leave it at 'never'"
        )


def _check_followers(workflow: Workflow) -> None:
    if not any(isinstance(one, WorkflowRun) for one in workflow.on):
        return
    for job in workflow.all_jobs:
        guarded = job.when is not None and OF_A_PUSH_HERE in job.when.source
        if not guarded and not (job.needs and job.when in (None, FAILURE)):
            raise ValueError(
                f"{workflow.file}: job {job.id} has if = {job.when} and needs = {job.needs} in a workflow that follows "
                f"another: it would run with secrets for a fork's pull request; put OF_A_PUSH_HERE into its condition"
            )
