"""Code Quality: SonarQube's gate on every commit of a pull request, and the technical debt of what was merged."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job
from components.workflows.permissions import CHECKOUT, writes
from components.workflows.standard.common import GITHUB_TOKEN, RUN_URL, prepared, upload
from components.workflows.standard.forks import no_secrets, with_secrets
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run, Use
from components.workflows.triggers import Dispatch, PullRequest, Push
from components.workflows.values import Expr, Text, Value, secret
from components.workflows.workflow import Workflow

NAME = "Code Quality"
HISTORY = "debt-history.json"


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
            **_server(options),
            "SONAR_PULL_REQUEST_TOKEN": secret("SONAR_PULL_REQUEST_TOKEN"),
            "GITHUB_TOKEN": GITHUB_TOKEN,
            "PULL_REQUEST": Expr("github.event.pull_request.number"),
            "RUN_URL": RUN_URL,
            "TEST_COVERAGE_THRESHOLD": options.test_coverage_threshold,
        },
    )
    return (
        Job(
            id="sonarqube",
            name="SonarQube",
            permissions=CHECKOUT | writes("pull-requests", "write the comment"),
            required=True,
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(*prepared(options, whole_history=True), no_secrets("SonarQube has not analysed this one"), analyse),
        ),
    )


def _server(options: PipelineOptions) -> dict[str, Value]:
    return {
        "SONAR_QUBE_URL": options.sonar_qube_url or Expr("vars.SONAR_QUBE_URL"),
        "SONAR_PROJECT_KEY": Expr("vars.SONAR_PROJECT_KEY"),
        "SONAR_TOKEN": secret("SONAR_TOKEN"),
    }


def _debt(options: PipelineOptions) -> Job:
    """After the analysis, whatever its gate says: its figures are part of it. A cache takes the history from run to run."""
    analysed, key = options.code_quality_enabled, Text.of("debt-history-", Expr("github.run_id"), "-", Expr("github.run_attempt"))
    history = Use(
        name="Remember the debt of earlier commits",
        action="actions/cache",
        inputs={"path": HISTORY, "key": key, "restore-keys": "debt-history-"},
    )
    env: dict[str, Value] = {"DEBT_HISTORY": HISTORY, **(_server(options) if analysed else {})}
    return Job(
        id="debt",
        name="Technical Debt",
        permissions=CHECKOUT,
        needs=("sonarqube",) if analysed else (),
        when=Expr("github.event_name != 'pull_request' && !cancelled()"),
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(
            *prepared(options),
            history,
            Run(name="Count the technical debt", script=options.commands.debt, env=env),
            upload("technical-debt", options.report_folder, options.artifact_retention_days),
        ),
    )
