"""The dashboards: the pipeline, its security and quality, the delivery, and the exporter itself."""

from __future__ import annotations

from components.monitoring.charts import Board, Chart, Kind, Query, Unit, growth, quantile, series
from infra import metrics as m
from infra.metrics import Metric

WEEK, DAY = "7d", "1d"


def _chart(title: str, help_: str, kind: Kind, unit: Unit, *queries: Query, width: int = 12) -> Chart:
    return Chart(title=title, help=help_, kind=kind, unit=unit, queries=queries, width=width)


def _query(expression: str, legend: str = "") -> Query:
    return Query(expression=expression, legend=legend)


def _times(metric: Metric, **labels: str) -> tuple[Query, Query]:
    return (
        _query(quantile(0.5, metric, WEEK, "workflow", **labels), "{{workflow}}, half of them"),
        _query(quantile(0.9, metric, WEEK, "workflow", **labels), "{{workflow}}, nine of ten"),
    )


def _ratio(metric: Metric, window: str, good: dict[str, str], every: dict[str, str], *by: str) -> str:
    return f"{growth(metric, window, *by, **good)} / {growth(metric, window, *by, **every)}"


def _measure(key: str) -> str:
    """A measure of SonarQube, of every project: a project is no repository that one could have chosen."""
    return f'{m.GATE_MEASURE.name}{{measure{"=~" if key.startswith("~") else "="}"{key.removeprefix("~")}"}}'


def _by_stack(metric: Metric) -> Query:
    return _query(series(metric), "{{stack}}")


_SUCCESS = {"conclusion": "success"}
_DECIDED = {"conclusion": "~success|failure|timed_out"}


def _passed(stage: str) -> str:
    return _ratio(m.JOBS, WEEK, {"stage": stage, **_SUCCESS}, {"stage": stage, **_DECIDED}, "workflow")


def _deploying(conclusions: dict[str, str]) -> str:
    return growth(m.JOBS, WEEK, "repository", repository="~.+", stage="deploy", **conclusions)


PIPELINE = Board(
    id="lockgate-pipeline",
    title="Lockgate: the pipeline",
    choice="repository",
    chosen_from=m.RUNS,
    charts=(
        _chart("Runs in a day", "Finished attempts.", "number", "short", _query(growth(m.RUNS, DAY)), width=6),
        _chart(
            "Success", "Share of the runs of seven days that succeeded; cancelled ones do not count.", "number", "percentunit",
            _query(_ratio(m.RUNS, WEEK, _SUCCESS, _DECIDED)), width=6,
        ),
        _chart(
            "Runner minutes in a day", "As GitHub bills them.", "number", "short", _query(growth(m.RUNNER_MINUTES, DAY)), width=6,
        ),
        _chart("Cost in a day", "At the rates of the exporter.", "number", "short", _query(growth(m.RUNNER_COST, DAY)), width=6),
        _chart("Build time", "Jobs that build, over seven days.", "lines", "s", *_times(m.JOB_SECONDS, stage="build")),
        _chart(
            "Build success", "Share of the jobs that build, over seven days.", "lines", "percentunit",
            _query(_passed("build"), "{{workflow}}"),
        ),
        _chart("Test time", "Jobs that test, over seven days.", "lines", "s", *_times(m.JOB_SECONDS, stage="test")),
        _chart(
            "Test pass rate", "Share of the tests that passed, of those that ran, over seven days.", "lines", "percentunit",
            _query(_ratio(m.TESTS, WEEK, {"outcome": "passed"}, {"outcome": "~passed|failed"}, "repository"), "{{repository}}"),
        ),
        _chart("Flaky tests", "In the newest run.", "lines", "short", _query(series(m.FLAKY), "{{repository}}")),
        _chart(
            "Waiting for a runner", "Nine of ten jobs waited less, over seven days.", "lines", "s",
            _query(quantile(0.9, m.JOB_QUEUE_SECONDS, WEEK, "runner"), "{{runner}}"),
        ),
        _chart("Run time", "From the start of a run to its end, over seven days.", "lines", "s", *_times(m.RUN_SECONDS)),
        _chart(
            "Newest run by stage", "What the alerts on slow stages look at.", "lines", "s",
            _query(series(m.STAGE_SECONDS), "{{workflow}} {{stage}}"),
        ),
        _chart(
            "Runner minutes by workflow", "In a day.", "bars", "short",
            _query(growth(m.RUNNER_MINUTES, DAY, "workflow"), "{{workflow}}"),
        ),
        _chart("Cost by workflow", "In a day.", "bars", "short", _query(growth(m.RUNNER_COST, DAY, "workflow"), "{{workflow}}")),
        _chart(
            "Newest runs", "On the default branch, with their links.", "table", "dateTimeFromNow",
            _query(f"{series(m.LAST_TIME)} * 1000 * on (repository, workflow) group_right () {series(m.LAST_INFO)}"), width=24,
        ),
        _chart(
            "Newest run of each workflow", "1 where it succeeded.", "lines", "short",
            _query(series(m.LAST_SUCCESS), "{{workflow}}"),
        ),
        _chart(
            "Newest run of each stage", "1 where no job of it failed.", "lines", "short",
            _query(series(m.STAGE_SUCCESS), "{{workflow}} {{stage}}"),
        ),
    ),
)  # fmt: skip

SECURITY = Board(
    id="lockgate-security",
    title="Lockgate: security and quality",
    choice="repository",
    chosen_from=m.RUNS,
    charts=(
        _chart(
            "Findings by severity", "Of the newest scan.", "lines", "short",
            _query(f"sum by (severity) ({series(m.FINDINGS)})", "{{severity}}"),
        ),
        _chart(
            "Findings by scanner", "Of the newest scan.", "lines", "short",
            _query(f"sum by (scanner) ({series(m.FINDINGS)})", "{{scanner}}"),
        ),
        _chart(
            "Scans that passed", "Share of the jobs that scan, over seven days.", "lines", "percentunit",
            _query(_passed("scan"), "{{workflow}}"),
        ),
        _chart("Quality gate", "1 where it passed.", "lines", "short", _query(m.GATE_PASSED.name, "{{project}}")),
        _chart("Coverage", "Of the newest analysis.", "lines", "percent", _query(_measure("coverage"), "{{project}}")),
        _chart(
            "Duplicated lines", "Of the newest analysis.", "lines", "percent",
            _query(_measure("duplicated_lines_density"), "{{project}}"),
        ),
        _chart(
            "Bugs, vulnerabilities and code smells", "Of the newest analysis.", "lines", "short",
            _query(_measure("~bugs|vulnerabilities|code_smells"), "{{project}} {{measure}}"),
        ),
        _chart(
            "Technical debt", "Time to mend all code smells, as SonarQube reckons.", "lines", "s",
            _query(f"{_measure('sqale_index')} * 60", "{{project}}"),
        ),
    ),
)  # fmt: skip

DELIVERY = Board(
    id="lockgate-delivery",
    title="Lockgate: the delivery",
    choice="stack",
    chosen_from=m.DEPLOYMENTS,
    charts=(
        _chart("Deployment frequency", "Releases a day, over 30 days.", "number", "short", _by_stack(m.FREQUENCY), width=6),
        _chart("Lead time", "Median from commit to release, over 30 days.", "number", "s", _by_stack(m.LEAD_TIME), width=6),
        _chart(
            "Change failure rate", "Share of the releases of 30 days that were rolled back.", "number", "percentunit",
            _by_stack(m.FAILURE_RATIO), width=6,
        ),
        _chart(
            "Time to restore", "Median that a bad release had the traffic, over 30 days.", "number", "s",
            _by_stack(m.RESTORE_SECONDS), width=6,
        ),
        _chart("Frequency over time", "Releases a day, over the 30 days before.", "lines", "short", _by_stack(m.FREQUENCY)),
        _chart("Lead time over time", "Median of the 30 days before.", "lines", "s", _by_stack(m.LEAD_TIME)),
        _chart(
            "Change failure rate over time", "Of the 30 days before.", "lines", "percentunit", _by_stack(m.FAILURE_RATIO),
        ),
        _chart("Time to restore over time", "Median of the 30 days before.", "lines", "s", _by_stack(m.RESTORE_SECONDS)),
        _chart(
            "What is live, since when", "The release that has the traffic.", "table", "dateTimeFromNow",
            _query(f"{series(m.LIVE_SINCE)} * 1000 * on (stack) group_right () {series(m.LIVE_INFO)}"), width=24,
        ),
        _chart(
            "Deployments", "In seven days, by what they were.", "bars", "short",
            _query(growth(m.DEPLOYMENTS, WEEK, "stack", "kind"), "{{stack}} {{kind}}"),
        ),
        _chart(
            "Rollbacks", "In seven days.", "bars", "short",
            _query(growth(m.DEPLOYMENTS, WEEK, "stack", kind="rollback"), "{{stack}}"),
        ),
        _chart(
            "Deployment success", "Share of the jobs that deploy, over seven days, of every repository.", "lines", "percentunit",
            _query(f"{_deploying(_SUCCESS)} / {_deploying(_DECIDED)}", "{{repository}}"),
        ),
    ),
)  # fmt: skip

EXPORTER = Board(
    id="lockgate-exporter",
    title="Lockgate: the exporter",
    choice="source",
    chosen_from=m.COLLECTED,
    charts=(
        _chart(
            "Age of what is known", "Since the last collection from each source.", "lines", "s",
            _query(f"time() - {series(m.COLLECTED)}", "{{source}}"),
        ),
        _chart(
            "What could not be collected", "In a day.", "bars", "short",
            _query(growth(m.COLLECTOR_ERRORS, DAY, "source", "reason"), "{{source}} {{reason}}"),
        ),
        _chart("Calls", "In a day.", "bars", "short", _query(growth(m.CALLS, DAY, "source", "status"), "{{source}} {{status}}")),
        _chart("Calls of GitHub that are left", "In this hour.", "lines", "short", _query(series(m.LIMIT_LEFT), "left")),
        _chart(
            "Times left out", "They ended before they began.", "bars", "short",
            _query(f"sum by (repository) (increase({m.SKEW.name}[{DAY}]))", "{{repository}}"),
        ),
    ),
)  # fmt: skip

BOARDS = (PIPELINE, SECURITY, DELIVERY, EXPORTER)
