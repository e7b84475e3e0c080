"""Security Scanning: every day, and when somebody asks, since new vulnerabilities are found in old code."""

from __future__ import annotations

from components.workflows.jobs import AnyJob, Concurrency, Job
from components.workflows.permissions import CHECKOUT, writes
from components.workflows.standard import scan
from components.workflows.standard.common import alert, fetch, prepared, registry
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run
from components.workflows.triggers import Dispatch, Schedule
from components.workflows.values import Expr
from components.workflows.workflow import Workflow

NAME = "Security Scanning"


def security(options: PipelineOptions) -> Workflow | None:
    """None where nothing is to be scanned. Pull requests and pushes are scanned by ci."""
    calls = scan.call(options, built=False)
    if not calls:
        return None
    jobs: tuple[AnyJob, ...] = (*calls, *_findings(options))
    return Workflow(
        file="security",
        name=NAME,
        on=(Schedule(cron="0 2 * * *"), Dispatch()),
        concurrency=Concurrency(group="security-" + Expr("github.ref")),
        jobs=(*jobs, *alert(options, NAME, jobs)),
    )


def _findings(options: PipelineOptions) -> tuple[Job, ...]:
    """In a job of its own: it may write to the registry, and no scanner runs in it."""
    if not options.container_scan_enabled:
        return ()
    signing = writes("packages", "keep the findings beside the image") | writes("id-token", "get a certificate to sign with")
    return (
        Job(
            id="findings",
            name="Findings of the Image",
            permissions=CHECKOUT | signing,
            needs=(scan.FILE,),
            when=Expr("!cancelled()"),
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(
                *prepared(options, cached=False),
                fetch("Fetch the reports", "security-reports", f"{options.report_folder}/security"),
                Run(
                    name="Keep the findings beside the image",
                    script=options.commands.findings,
                    env={**registry(options), "REVISION": Expr("github.sha")},
                ),
            ),
        ),
    )
