"""Security Scanning: every day, and when somebody asks, since new vulnerabilities are found in old code."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job, Matrix
from components.workflows.permissions import CHECKOUT, reads, writes
from components.workflows.standard.common import alert, prepared, registry
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import LOCAL, Use, checkout
from components.workflows.triggers import Dispatch, Schedule
from components.workflows.values import Expr, Text
from components.workflows.workflow import Workflow

NAME = "Security Scanning"
FINDINGS = writes("security-events", "report the findings")
LANGUAGE = Expr("matrix.language")


def security(options: PipelineOptions) -> Workflow | None:
    """None where nothing is to be scanned."""
    jobs = (*_source(options), *_scan(options))
    if not jobs:
        return None
    return Workflow(
        file="security",
        name=NAME,
        on=(Schedule(cron="0 2 * * *"), Dispatch()),
        concurrency=Concurrency(group="security-" + Expr("github.ref")),
        jobs=(*jobs, *alert(options, NAME, jobs)),
    )


def _source(options: PipelineOptions) -> tuple[Job, ...]:
    if not options.sast_enabled:
        return ()
    begin = Use(
        name="Begin the analysis",
        action="github/codeql-action/init",
        inputs={"languages": LANGUAGE, "build-mode": "none", "queries": "security-extended"},
    )
    end = Use(
        name="Analyse the source",
        action="github/codeql-action/analyze",
        inputs={"category": Text.of("/language:", LANGUAGE)},
    )
    return (
        Job(
            id="sast",
            name="SAST",
            permissions=CHECKOUT | FINDINGS | reads("actions", "tell the analysis which run it is in"),
            matrix=Matrix({"language": options.languages}),
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(checkout(), begin, end),
        ),
    )


def _scan(options: PipelineOptions) -> tuple[Job, ...]:
    if not options.scans:
        return ()
    folder = f"{options.report_folder}/security"
    scan = Use(name="Scan", action=f"{LOCAL}security-scan", env=registry(options))
    report = Use(
        name="Report the findings",
        action="github/codeql-action/upload-sarif",
        when=Expr(f"!cancelled() && hashFiles('{folder}/*.sarif') != ''"),
        inputs={"sarif_file": folder, "category": "scan"},
    )
    return (
        Job(
            id="scan",
            name="Dependencies, Images and Secrets",
            permissions=CHECKOUT | FINDINGS | reads("packages", "scan the image"),
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(*prepared(options, whole_history=True), scan, report),
        ),
    )
