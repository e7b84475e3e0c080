"""Code Quality: SonarQube's gate on every commit of a pull request, and the technical debt of what was merged."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job
from components.workflows.permissions import CHECKOUT
from components.workflows.standard.common import prepared, upload
from components.workflows.standard.forks import no_secrets, with_secrets
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run
from components.workflows.triggers import Dispatch, PullRequest, Push
from components.workflows.values import Expr, secret
from components.workflows.workflow import Workflow

NAME = "Code Quality"


def quality(options: PipelineOptions) -> Workflow:
    """The analysis is required. A pull request that gets no secrets passes it, and its summary says so."""
    pull_requests = (PullRequest(branches=(options.default_branch,)),) if options.code_quality_enabled else ()
    return Workflow(
        file="quality",
        name=NAME,
        on=(Push(branches=(options.default_branch,)), *pull_requests, Dispatch()),
        concurrency=Concurrency(group="quality-" + Expr("github.ref"), cancels="pull requests"),
        jobs=(*_analysis(options), _debt(options)),
    )


def _analysis(options: PipelineOptions) -> tuple[Job, ...]:
    if not options.code_quality_enabled:
        return ()
    analyse = Run(
        name="Analyse the code",
        when=with_secrets(),
        script=options.commands.analysis,
        env={
            "SONAR_QUBE_URL": options.sonar_qube_url or Expr("vars.SONAR_QUBE_URL"),
            "SONAR_TOKEN": secret("SONAR_TOKEN"),
            "TEST_COVERAGE_THRESHOLD": options.test_coverage_threshold,
        },
    )
    return (
        Job(
            id="sonarqube",
            name="SonarQube",
            permissions=CHECKOUT,
            required=True,
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(*prepared(options, whole_history=True), no_secrets("SonarQube has not analysed this one"), analyse),
        ),
    )


def _debt(options: PipelineOptions) -> Job:
    return Job(
        id="debt",
        name="Technical Debt",
        permissions=CHECKOUT,
        when=Expr("github.event_name != 'pull_request'"),
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(
            *prepared(options),
            Run(name="Count the technical debt", script=options.commands.debt),
            upload("technical-debt", options.report_folder, options.artifact_retention_days),
        ),
    )
