"""Security Scan: what every commit and every day is looked through for; other workflows call it."""

from __future__ import annotations

from components.workflows.jobs import Call, Concurrency, Job, Matrix
from components.workflows.permissions import CHECKOUT, Permissions, reads, writes
from components.workflows.standard.common import PLATFORM_TOKEN, download, prepared, registry, summary
from components.workflows.standard.forks import with_secrets
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import LOCAL, Use, checkout
from components.workflows.triggers import Input, WorkflowCall
from components.workflows.values import Expr, Text, secret
from components.workflows.workflow import Workflow
from infra import run_summary

FILE = "scan"
FINDINGS = writes("security-events", "report the findings")
ANALYSIS = reads("actions", "tell the analysis which run it is in")
IMAGE = reads("packages", "scan the image")
LANGUAGE = Expr("matrix.language")
BUILT = Expr("inputs.built")


def scan(options: PipelineOptions) -> Workflow | None:
    """None where nothing is to be scanned.

    With ``built`` the image is what this run has built, else the one that was published of the commit. A run of its own waits
    for no other: which of them was called from where, their group does not tell.
    """
    jobs = (*_source(options), *_rest(options))
    if not jobs:
        return None
    secrets = (PLATFORM_TOKEN,) if options.platform else ()
    built = Input(description="Whether this run has built what is scanned", type="boolean", default=False)
    return Workflow(
        file=FILE,
        name="Security Scan",
        on=(WorkflowCall(inputs={"built": built}, optional_secrets=secrets),),
        concurrency=Concurrency(group=Text.of("scan-", Expr("github.workflow"), "-", Expr("github.run_id"))),
        jobs=jobs,
    )


def call(options: PipelineOptions, *, built: bool = True) -> tuple[Call, ...]:
    """The call of it: in ci, of what the run has built; else of what is published."""
    if not (options.sast_enabled or options.scans):
        return ()
    return (
        Call(
            id=FILE,
            name="Security Scan" if built else "Scan of What Is Published",
            workflow=FILE,
            permissions=_permissions(options),
            required=built,
            needs=("build",) if built else (),
            inputs={"built": built},
            secrets={PLATFORM_TOKEN: secret(PLATFORM_TOKEN)} if options.platform else {},
        ),
    )


def _permissions(options: PipelineOptions) -> Permissions:
    """All that a job of it asks for."""
    needed = CHECKOUT | FINDINGS
    if options.sast_enabled:
        needed |= ANALYSIS
    return needed | IMAGE if options.scans else needed


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
            permissions=CHECKOUT | FINDINGS | ANALYSIS,
            matrix=Matrix({"language": options.languages}),
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(checkout(), begin, end),
        ),
    )


def _rest(options: PipelineOptions) -> tuple[Job, ...]:
    if not options.scans:
        return ()
    folder = f"{options.report_folder}/security"
    report = Use(
        name="Report the findings",
        action="github/codeql-action/upload-sarif",
        when=Expr(f"!cancelled() && hashFiles('{folder}/*.sarif') != '' && {with_secrets().source}"),
        inputs={"sarif_file": folder},
    )
    return (
        Job(
            id="rest",
            name="Dependencies, Images and Secrets",
            permissions=CHECKOUT | FINDINGS | IMAGE,
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(
                *prepared(options, whole_history=True),
                download(options, when=BUILT),
                Use(name="Scan", action=f"{LOCAL}security-scan", env=registry(options)),
                summary("findings", f"{folder}/{run_summary.FILE}", options.artifact_retention_days),
                report,
            ),
        ),
    )
