"""Review: labels, size and owners of a pull request, and the checklist in its text."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job
from components.workflows.permissions import CHECKOUT, Permissions, reads, writes
from components.workflows.standard.common import GITHUB_TOKEN, prepared
from components.workflows.standard.forks import with_secrets
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run
from components.workflows.triggers import PullRequest
from components.workflows.values import Expr
from components.workflows.workflow import Workflow

NAME = "Review"
MINUTES = 10
TYPES = ("opened", "synchronize", "reopened", "edited", "ready_for_review")
BY_A_PERSON = Expr("github.event.pull_request.user.type != 'Bot'")
"""A bot ticks no boxes."""
LABELS = writes("pull-requests", "label it and ask for reviews") | writes("issues", "make a label that is not there yet")


def review(options: PipelineOptions) -> Workflow:
    """Neither check is required. A fork's token may not write, so that its pull request gets no labels and asks nobody."""
    return Workflow(
        file="review",
        name=NAME,
        on=(PullRequest(branches=(options.default_branch,), types=TYPES),),
        concurrency=Concurrency(group="review-" + Expr("github.ref"), cancels="pull requests"),
        jobs=(
            _job(options, "prepare", "Labels and Owners", options.commands.review, LABELS, with_secrets()),
            _job(
                options,
                "checklist",
                "Checklist",
                options.commands.checklist,
                reads("pull-requests", "read its text"),
                BY_A_PERSON,
            ),
        ),
    )


def _job(options: PipelineOptions, id_: str, name: str, script: str, permissions: Permissions, when: Expr) -> Job:
    env = {"GITHUB_TOKEN": GITHUB_TOKEN, "PULL_REQUEST": Expr("github.event.pull_request.number")}
    return Job(
        id=id_,
        name=name,
        permissions=CHECKOUT | permissions,
        when=when,
        runs_on=options.runner_label,
        timeout_minutes=MINUTES,
        steps=(*prepared(options), Run(name=name, script=script, env=env)),
    )
