"""Which checks the workflows publish, and which a branch may require at an instant. Pure.

At every instant the required checks are among those that the workflow files on the branch publish. Where the branch has no
workflow files yet, an update writes the files first and the rules after; else the rules first, from what is published
before, and the files after. Both orders are safe only with the checks that ``required_now`` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.workflows.jobs import AnyJob, Call
from components.workflows.values import ALWAYS
from components.workflows.workflow import Workflow


def required_now(required: Sequence[str], published_before: Sequence[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The checks of ``required`` that this update may require, and those that wait for the next one; in the given order.

    ``published_before`` are the checks that the files on the branch publish when the rules are written; None where this
    update has just committed the first files there, so that nothing has to wait. Files that only wait in a pull request
    publish nothing yet: then it is empty, not None.
    """
    if published_before is None:
        return tuple(required), ()
    published = frozenset(published_before)
    now = tuple(name for name in required if name in published)
    return now, tuple(name for name in required if name not in published)


def published(workflow: Workflow, workflows: Mapping[str, Workflow], branch: str) -> Iterator[str]:
    """The checks that every commit of every pull request into ``branch`` gets from ``workflow``.

    Left out are those that some pull request does not get: of workflows with a path filter, of jobs with a condition, and of
    jobs that need such a job. ``workflows`` are all of the spec by their files' names.
    """
    trigger = workflow.pull_request
    if trigger and trigger.sees_every_commit() and trigger.covers(branch):
        for job in steady(workflow):
            yield from names(job, workflows)


def required(workflow: Workflow, workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """The checks of ``workflow`` that a pull request needs; the former names of a job that was renamed."""
    for job in workflow.all_jobs:
        if job.required and not job.formerly:
            yield from names(job, workflows)


def names(job: AnyJob, workflows: Mapping[str, Workflow], *, conditional: bool = False) -> Iterator[str]:
    """The names under which GitHub shows the job's checks; a call's are ``its name / the called job's``.

    With ``conditional``, those of called jobs that do not always run too.
    """
    if not isinstance(job, Call):
        yield from job.own_names
        return
    called = workflows[job.workflow]
    for own in job.own_names:
        for inner in called.all_jobs if conditional else steady(called):
            yield from (f"{own} / {name}" for name in names(inner, workflows, conditional=conditional))


def steady(workflow: Workflow) -> Iterator[AnyJob]:
    """The jobs that no condition holds back, neither their own nor that of a job they need."""
    found: set[str] = set()
    for job in workflow.all_jobs:
        if job.when == ALWAYS or (job.when is None and found.issuperset(job.needs)):
            found.add(job.id)
            yield job
