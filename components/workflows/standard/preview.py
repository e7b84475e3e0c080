"""Preview: one comment on a pull request that says what it would change in every stack."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job
from components.workflows.permissions import CHECKOUT, writes
from components.workflows.standard.common import GITHUB_TOKEN, LOOK, access, prepared, registry, upload
from components.workflows.standard.forks import WITHOUT_SECRETS, no_secrets, with_secrets
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run
from components.workflows.triggers import PullRequest
from components.workflows.values import Expr
from components.workflows.workflow import Workflow

NAME = "Preview"
REPORT = "preview.md"


def preview(options: PipelineOptions) -> Workflow:
    """Required, since it holds the policy. A pull request that gets no secrets is previewed as far as that goes."""
    return Workflow(
        file="preview",
        name=NAME,
        on=(PullRequest(branches=(options.default_branch,)),),
        concurrency=Concurrency(group="preview-" + Expr("github.ref"), cancels="pull requests"),
        jobs=(_preview(options),),
    )


def _preview(options: PipelineOptions) -> Job:
    left_out = "this preview leaves out what only the stacks' state and clusters know, and there is no comment"
    return Job(
        id="preview",
        name="Preview",
        permissions=CHECKOUT | writes("pull-requests", "write the comment") | LOOK,
        required=True,
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(
            *prepared(options),
            no_secrets(left_out),
            *_reports(options),
            upload("preview", REPORT, options.artifact_retention_days),
        ),
    )


def _reports(options: PipelineOptions) -> tuple[Run, Run]:
    report = f"{options.commands.lockgate} preview-report --output {REPORT}"
    fork = Run(
        name="Preview without secrets",
        when=Expr(WITHOUT_SECRETS),
        script=f'{report} --fork --markdown >> "$GITHUB_STEP_SUMMARY"',
    )
    comment = Run(
        name="Preview all stacks, and comment",
        when=with_secrets(),
        script=f'{report} --comment "$PULL_REQUEST"',
        env={
            **access(options),
            **registry(options),
            "GITHUB_TOKEN": GITHUB_TOKEN,
            "PULL_REQUEST": Expr("github.event.pull_request.number"),
        },
    )
    return fork, comment
