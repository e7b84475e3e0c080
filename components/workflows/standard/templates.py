"""Two workflows to begin one's own with, for whoever writes YAML and not Python."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job
from components.workflows.permissions import CHECKOUT
from components.workflows.standard.common import prepared
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run
from components.workflows.triggers import Dispatch, Input, PullRequest, WorkflowCall
from components.workflows.values import Expr
from components.workflows.workflow import Workflow


def templates(options: PipelineOptions) -> tuple[Workflow, ...]:
    """A workflow, and a job that other workflows call. To use one, copy it to ``.github/workflows`` under a name of its own."""
    return (_workflow(options), _job(options))


def _workflow(options: PipelineOptions) -> Workflow:
    return Workflow(
        file="workflow-template",
        name="My workflow",
        on=(PullRequest(branches=(options.default_branch,)), Dispatch()),
        concurrency=Concurrency(group="my-workflow-" + Expr("github.ref"), cancels="pull requests"),
        jobs=(_base(options, "My check", Run(name="Check", script="echo 'Replace this by what is to be checked'")),),
    )


def _job(options: PipelineOptions) -> Workflow:
    subject = Run(
        name="Work",
        script='echo "Replace this by what is to be done with $SUBJECT"',
        env={"SUBJECT": Expr("inputs.subject")},
    )
    return Workflow(
        file="job-template",
        name="My job",
        on=(WorkflowCall(inputs={"subject": Input(description="What the job works on", required=True)}),),
        concurrency=Concurrency(group="my-job-" + Expr("github.run_id")),
        jobs=(_base(options, "My job", subject),),
    )


def _base(options: PipelineOptions, name: str, step: Run) -> Job:
    return Job(
        id="mine",
        name=name,
        permissions=CHECKOUT,
        runs_on=options.runner_label,
        timeout_minutes=options.test_timeout_minutes,
        steps=(*prepared(options), step),
    )
