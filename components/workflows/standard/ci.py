"""Continuous Integration: builds, tests, scans and checks every commit."""

from __future__ import annotations

from components.workflows.jobs import AnyJob, Concurrency, Job, Matrix
from components.workflows.permissions import CHECKOUT, writes
from components.workflows.standard import scan
from components.workflows.standard.common import GITHUB_TOKEN, RUN_URL, alert, download, flag, prepared, summary, upload
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run, Use, local
from components.workflows.triggers import PullRequest, Push
from components.workflows.values import FAILURE, Expr, Text, Value, literal
from components.workflows.workflow import Workflow
from infra import run_summary

NAME = "Continuous Integration"
SET_UP_MINUTES = 10
"""What a test job has to get ready, besides its tests."""
HISTORY = "test-history.json"


def ci(options: PipelineOptions) -> Workflow:
    """Every job that a pull request runs is required, but for the report of the tests, which only shows what they said."""
    tests = _tests(options)
    needed: tuple[AnyJob, ...] = (_build(options), *tests, *scan.call(options), _quality(options))
    return Workflow(
        file="ci",
        name=NAME,
        on=(
            Push(branches=(options.default_branch, *options.integration_branches)),
            PullRequest(branches=(options.default_branch,)),
        ),
        concurrency=Concurrency(group="ci-" + Expr("github.ref"), cancels="pull requests"),
        jobs=(
            *needed,
            _report(options, tests),
            *alert(options, NAME, needed, when=Expr(f"({FAILURE.source}) && github.event_name == 'push'")),
        ),
    )


def _build(options: PipelineOptions) -> Job:
    env: dict[str, Value] = {
        "BASE_IMAGE": Expr("vars.BASE_IMAGE"),
        "BUILD_CACHE_ENABLED": flag(options.build_cache_enabled),
        "BUILD_PARALLEL_JOBS": options.build_parallel_jobs,
        "IMAGE_PYTHON": Expr("vars.IMAGE_PYTHON"),
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
    kinds = values if axis == "kind" else (id_,)
    inputs: dict[str, Value] = {"kind": one} if axis == "kind" else {"kind": id_, "variant": one}
    return Job(
        id=id_,
        name=name,
        permissions=CHECKOUT,
        required=True,
        needs=("build",),
        matrix=Matrix({axis: values}),
        runs_on=options.runner_label,
        timeout_minutes=max(map(options.test_minutes, kinds)) + SET_UP_MINUTES,
        steps=(
            *prepared(options),
            download(options),
            local("run-tests", "Test", **inputs, timeout_minutes=_limit(options, kinds)),
        ),
    )


def _limit(options: PipelineOptions, kinds: tuple[str, ...]) -> Value:
    """Minutes of the one kind, or of the matrix's one."""
    last = options.test_minutes(kinds[-1])
    pairs = (f"matrix.kind == {literal(kind)} && {options.test_minutes(kind)} || " for kind in kinds[:-1])
    return Expr(f"{''.join(pairs)}{last}") if len(kinds) > 1 else str(last)


def _report(options: PipelineOptions, tests: tuple[Job, ...]) -> Job:
    """The history goes from run to run by a cache, which a pull request reads from its base and keeps for itself."""
    key = Text.of("test-history-", Expr("github.run_id"), "-", Expr("github.run_attempt"))
    history = Use(
        name="Remember the tests of earlier runs",
        action="actions/cache",
        inputs={"path": HISTORY, "key": key, "restore-keys": "test-history-"},
    )
    env: dict[str, Value] = {
        "GITHUB_TOKEN": GITHUB_TOKEN,
        "PULL_REQUEST": Expr("github.event.pull_request.number"),
        "RUN_URL": RUN_URL,
        "TEST_HISTORY": HISTORY,
    }
    return Job(
        id="report",
        name="Test Report",
        permissions=CHECKOUT | writes("pull-requests", "write the comment"),
        needs=tuple(job.id for job in tests),
        when=Expr("!cancelled()"),
        runs_on=options.runner_label,
        timeout_minutes=SET_UP_MINUTES,
        steps=(
            *prepared(options),
            _reports(options),
            history,
            Run(name="Say how the tests went", script=options.commands.report, env=env),
            summary("tests", f"{options.report_folder}/{run_summary.FILE}", options.artifact_retention_days),
        ),
    )


def _quality(options: PipelineOptions) -> Job:
    env: dict[str, Value] = {
        "CODE_COVERAGE_REQUIRED": flag(options.code_coverage_required),
        "COVERAGE_MAX_DROP": options.coverage_max_drop,
        "LINTING_ENFORCEMENT": flag(options.linting_enforcement),
        "TEST_COVERAGE_THRESHOLD": options.test_coverage_threshold,
    }
    return Job(
        id="quality",
        name="Quality Check",
        permissions=CHECKOUT,
        required=True,
        needs=("test",),
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(*prepared(options), _reports(options), Run(name="Check the quality", script=options.commands.quality, env=env)),
    )


def _reports(options: PipelineOptions) -> Use:
    return Use(
        name="Fetch the test reports",
        action="actions/download-artifact",
        inputs={"pattern": "test-reports-*", "path": options.report_folder},
    )
