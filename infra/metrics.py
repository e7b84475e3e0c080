"""The metrics that Lockgate exports: the one list, which the exporter serves, and rules and dashboards ask.

Names and units follow Prometheus' own conventions (https://prometheus.io/docs/practices/naming/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Metric:
    """``labels`` in the order in which they are served. ``buckets`` are the upper bounds of a histogram, in its unit."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_MINUTES = tuple(60.0 * minutes for minutes in (0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120))
_QUEUE = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)

RUNS = Metric(
    name="lockgate_runs_total",
    type="counter",
    help="Finished attempts of workflow runs.",
    labels=("repository", "workflow", "event", "conclusion"),
)
RUN_SECONDS = Metric(
    name="lockgate_run_duration_seconds",
    type="histogram",
    help="From the start of an attempt to its end.",
    labels=("repository", "workflow"),
    buckets=_MINUTES,
)
JOBS = Metric(
    name="lockgate_jobs_total",
    type="counter",
    help="Finished jobs.",
    labels=("repository", "workflow", "job", "stage", "conclusion"),
)
JOB_SECONDS = Metric(
    name="lockgate_job_duration_seconds",
    type="histogram",
    help="From the start of a job to its end.",
    labels=("repository", "workflow", "job", "stage"),
    buckets=_MINUTES,
)
JOB_QUEUE_SECONDS = Metric(
    name="lockgate_job_queue_seconds",
    type="histogram",
    help="From when a job was queued to when a runner began it.",
    labels=("repository", "workflow", "runner"),
    buckets=_QUEUE,
)
STAGE_SECONDS = Metric(
    name="lockgate_stage_last_duration_seconds",
    type="gauge",
    help="From the first start to the last end of the jobs of a stage, in the newest finished run on the default branch.",
    labels=("repository", "workflow", "stage"),
)
STAGE_SUCCESS = Metric(
    name="lockgate_stage_last_success",
    type="gauge",
    help="1 where no job of the stage failed in the newest finished run on the default branch, else 0.",
    labels=("repository", "workflow", "stage"),
)
LAST_SUCCESS = Metric(
    name="lockgate_workflow_last_run_success",
    type="gauge",
    help="1 where the newest finished run on the default branch succeeded, else 0.",
    labels=("repository", "workflow"),
)
LAST_TIME = Metric(
    name="lockgate_workflow_last_run_timestamp_seconds",
    type="gauge",
    help="When that run ended.",
    labels=("repository", "workflow"),
)
LAST_INFO = Metric(
    name="lockgate_workflow_last_run_info",
    type="gauge",
    help="Always 1: where that run is to be seen.",
    labels=("repository", "workflow", "conclusion", "commit", "url"),
)
RUNNER_MINUTES = Metric(
    name="lockgate_runner_minutes_total",
    type="counter",
    help="Minutes of runners, each job rounded up to a whole one as GitHub bills it.",
    labels=("repository", "workflow", "runner"),
)
RUNNER_COST = Metric(
    name="lockgate_runner_cost_total",
    type="counter",
    help="What these minutes cost at the rates that the exporter was told, in their currency.",
    labels=("repository", "workflow", "runner"),
)
TESTS = Metric(
    name="lockgate_tests_total",
    type="counter",
    help="Tests by what they came to, of all runs.",
    labels=("repository", "outcome"),
)
FLAKY = Metric(
    name="lockgate_flaky_tests",
    type="gauge",
    help="Flaky tests in the newest run on the default branch.",
    labels=("repository",),
)
FINDINGS = Metric(
    name="lockgate_findings",
    type="gauge",
    help="Findings of the newest scan on the default branch.",
    labels=("repository", "scanner", "severity"),
)
GATE_PASSED = Metric(
    name="lockgate_quality_gate_passed",
    type="gauge",
    help="1 where SonarQube's gate passed the newest analysis, else 0.",
    labels=("project",),
)
GATE_MEASURE = Metric(
    name="lockgate_quality_measure",
    type="gauge",
    help="SonarQube's measures of the newest analysis, by SonarQube's own metric keys.",
    labels=("project", "measure"),
)
DEPLOYMENTS = Metric(
    name="lockgate_deployments_total",
    type="counter",
    help="Entries of a stack's ledger.",
    labels=("stack", "kind"),
)
LIVE_INFO = Metric(
    name="lockgate_live_info",
    type="gauge",
    help="Always 1: the release that has the traffic.",
    labels=("stack", "service", "release", "version", "revision"),
)
LIVE_SINCE = Metric(
    name="lockgate_live_since_timestamp_seconds",
    type="gauge",
    help="Since when that release has had the traffic.",
    labels=("stack",),
)
FREQUENCY = Metric(
    name="lockgate_dora_deployments_per_day",
    type="gauge",
    help="Releases a day over the last 30 days.",
    labels=("stack",),
)
LEAD_TIME = Metric(
    name="lockgate_dora_lead_time_seconds",
    type="gauge",
    help="Median time from a commit to its release, over the last 30 days.",
    labels=("stack",),
)
FAILURE_RATIO = Metric(
    name="lockgate_dora_change_failure_ratio",
    type="gauge",
    help="Share of the releases of the last 30 days that were rolled back, from 0 to 1.",
    labels=("stack",),
)
RESTORE_SECONDS = Metric(
    name="lockgate_dora_time_to_restore_seconds",
    type="gauge",
    help="Median time that a release that was rolled back had the traffic, over the last 30 days.",
    labels=("stack",),
)
COLLECTED = Metric(
    name="lockgate_collector_last_success_timestamp_seconds",
    type="gauge",
    help="When everything was last collected from a source: github, ledgers or sonarqube.",
    labels=("source",),
)
COLLECTOR_ERRORS = Metric(
    name="lockgate_collector_errors_total",
    type="counter",
    help="Collections that ended early, and what runs left that cannot be read, by reason.",
    labels=("source", "reason"),
)
CALLS = Metric(
    name="lockgate_collector_calls_total",
    type="counter",
    help="Calls of a source's API; those answered from what is known already (304) cost nothing of GitHub's limit.",
    labels=("source", "status"),
)
LIMIT_LEFT = Metric(
    name="lockgate_github_rate_limit_remaining",
    type="gauge",
    help="Calls of GitHub's API that are left in this hour.",
)
SKEW = Metric(
    name="lockgate_clock_skew_total",
    type="counter",
    help="Times left out since they ended before they began.",
    labels=("repository",),
)
ALL: tuple[Metric, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Metric))
"""Every metric above."""
