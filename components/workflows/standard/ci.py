"""Continuous Integration: builds, tests, scans and checks every commit."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job, Matrix
from components.workflows.permissions import CHECKOUT
from components.workflows.standard.common import alert, download, flag, prepared, upload
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run, Use, local
from components.workflows.triggers import PullRequest, Push
from components.workflows.values import FAILURE, Expr, Value
from components.workflows.workflow import Workflow

NAME = "Continuous Integration"


def ci(options: PipelineOptions) -> Workflow:
    """Every job that a pull request runs is required."""
    jobs = (_build(options), *_tests(options), *_scan(options), _quality(options))
    return Workflow(
        file="ci",
        name=NAME,
        on=(
            Push(branches=(options.default_branch, *options.integration_branches)),
            PullRequest(branches=(options.default_branch,)),
        ),
        concurrency=Concurrency(group="ci-" + Expr("github.ref"), cancels="pull requests"),
        jobs=(*jobs, *alert(options, NAME, jobs, when=Expr(f"({FAILURE.source}) && github.event_name == 'push'"))),
    )


def _build(options: PipelineOptions) -> Job:
    env: dict[str, Value] = {
        "BASE_IMAGE": Expr("vars.BASE_IMAGE"),
        "BUILD_CACHE_ENABLED": flag(options.build_cache_enabled),
        "BUILD_PARALLEL_JOBS": options.build_parallel_jobs,
        "VERSION": Expr("github.sha"),
    }
    return Job(
        id="build",
        name="Build",
        permissions=CHECKOUT,
        required=True,
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(
            *prepared(options),
            Run(name="Build", script=options.commands.build, env=env),
            upload("build", options.artifact_folder, options.artifact_retention_days, needed=True),
        ),
    )


def _tests(options: PipelineOptions) -> tuple[Job, ...]:
    found = [_test(options, "test", "Tests", "kind", options.tests)]
    if options.e2e_test_enabled:
        found.append(_test(options, "e2e", "End-to-End Tests", "browser", options.browsers))
    if options.performance_test_enabled:
        found.append(_test(options, "performance", "Performance Tests", "scenario", options.load_scenarios))
    return tuple(found)


def _test(options: PipelineOptions, id_: str, name: str, axis: str, values: tuple[str, ...]) -> Job:
    """A job for each value of ``axis``: the kind of test itself, or a variant of the kind ``id_``."""
    one = Expr(f"matrix.{axis}")
    step = local("run-tests", "Test", kind=one) if axis == "kind" else local("run-tests", "Test", kind=id_, variant=one)
    return Job(
        id=id_,
        name=name,
        permissions=CHECKOUT,
        required=True,
        needs=("build",),
        matrix=Matrix({axis: values}),
        runs_on=options.runner_label,
        timeout_minutes=options.performance_test_timeout_minutes if id_ == "performance" else options.test_timeout_minutes,
        steps=(*prepared(options), download(options), step),
    )


def _scan(options: PipelineOptions) -> tuple[Job, ...]:
    if not options.scans:
        return ()
    return (
        Job(
            id="scan",
            name="Security Scan",
            permissions=CHECKOUT,
            required=True,
            needs=("build",),
            runs_on=options.runner_label,
            timeout_minutes=options.build_timeout_minutes,
            steps=(*prepared(options, whole_history=True), download(options), local("security-scan", "Scan")),
        ),
    )


def _quality(options: PipelineOptions) -> Job:
    env: dict[str, Value] = {
        "CODE_COVERAGE_REQUIRED": flag(options.code_coverage_required),
        "LINTING_ENFORCEMENT": flag(options.linting_enforcement),
        "TEST_COVERAGE_THRESHOLD": options.test_coverage_threshold,
    }
    reports = Use(
        name="Fetch the test reports",
        action="actions/download-artifact",
        inputs={"pattern": "test-reports-*", "path": options.report_folder},
    )
    return Job(
        id="quality",
        name="Quality Check",
        permissions=CHECKOUT,
        required=True,
        needs=("test",),
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(*prepared(options), reports, Run(name="Check the quality", script=options.commands.quality, env=env)),
    )
