"""What each metric is, as a query of the store: its labels in their order, then its value, up to the moment ``:until``.

A counter is counted anew each time from what is kept, so that it neither falls behind nor counts twice after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping

from history.dora import FAILED
from infra import metrics
from infra.metrics import Metric

_FAILED = ", ".join(f"'{end}'" for end in sorted(FAILED))

NEWEST = f"""
SELECT * FROM (
  SELECT runs.*, row_number() OVER (PARTITION BY repository, workflow ORDER BY number DESC, attempt DESC) AS place
  FROM runs JOIN marks ON marks.name = 'default branch of ' || repository AND marks.value = branch
  WHERE ended <= :until AND event != 'pull_request' AND conclusion IN ('success', {_FAILED}))
WHERE place = 1"""
"""The newest run of each workflow on the default branch that succeeded or failed; one that was cancelled says neither."""

_OF_NEWEST = f"FROM ({NEWEST}) AS r JOIN jobs AS j ON (j.repository, j.run, j.attempt) = (r.repository, r.id, r.attempt)"
_JOBS = "FROM jobs AS j JOIN runs AS r ON (j.repository, j.run, j.attempt) = (r.repository, r.id, r.attempt)"
_LEFT = """
  ({0}.repository, {0}.run) = (r.repository, r.id) AND {0}.attempt = (
    SELECT max(attempt) FROM {1} WHERE (repository, run) = (r.repository, r.id) AND attempt <= r.attempt)"""
"""What the run left most lately: an attempt that runs only the failed jobs again may leave nothing of the others."""

_RAN = "j.started IS NOT NULL AND j.ended IS NOT NULL AND j.conclusion != 'skipped'"

SAMPLES: Mapping[Metric, str] = {
    metrics.RUNS: "SELECT repository, workflow, event, conclusion, count(*) FROM runs WHERE ended <= :until GROUP BY 1, 2, 3, 4",
    metrics.JOBS: f"""
        SELECT j.repository, workflow, name, stage, j.conclusion, count(*) {_JOBS}
        WHERE j.ended <= :until GROUP BY 1, 2, 3, 4, 5""",
    metrics.STAGE_SECONDS: f"""
        SELECT j.repository, workflow, stage, max(j.ended) - min(j.started) {_OF_NEWEST}
        WHERE {_RAN} GROUP BY 1, 2, 3 HAVING max(j.ended) >= min(j.started)""",
    metrics.STAGE_SUCCESS: f"""
        SELECT j.repository, workflow, stage, min(j.conclusion NOT IN ({_FAILED})) {_OF_NEWEST}
        WHERE j.conclusion != 'skipped' GROUP BY 1, 2, 3""",
    metrics.LAST_SUCCESS: f"SELECT repository, workflow, conclusion = 'success' FROM ({NEWEST})",
    metrics.LAST_TIME: f"SELECT repository, workflow, ended FROM ({NEWEST})",
    metrics.LAST_INFO: f'SELECT repository, workflow, conclusion, "commit", url, 1 FROM ({NEWEST})',
    metrics.RUNNER_MINUTES: f"""
        SELECT j.repository, workflow, runner, sum(minutes) {_JOBS} WHERE j.ended <= :until GROUP BY 1, 2, 3
        HAVING sum(minutes) > 0""",
    metrics.TESTS: """
        SELECT repository, outcome, sum(number) FROM (
          SELECT repository, run, attempt, 'passed' AS outcome, passed AS number FROM tests UNION ALL
          SELECT repository, run, attempt, 'failed', failed FROM tests UNION ALL
          SELECT repository, run, attempt, 'skipped', skipped FROM tests) AS t
        WHERE (repository, run, attempt) IN (SELECT repository, id, attempt FROM runs WHERE ended <= :until) GROUP BY 1, 2""",
    metrics.FLAKY: f"""
        SELECT t.repository, max(flaky) FROM ({NEWEST}) AS r JOIN tests AS t ON {_LEFT.format("t", "tests")} GROUP BY 1""",
    metrics.FINDINGS: f"""
        SELECT f.repository, scanner, severity.key, max(severity.value) FROM ({NEWEST}) AS r
        JOIN findings AS f ON {_LEFT.format("f", "findings")} JOIN json_each(f.counts) AS severity GROUP BY 1, 2, 3""",
    metrics.GATE_PASSED: """
        SELECT project, passed FROM gates AS g
        WHERE at = (SELECT max(at) FROM gates WHERE project = g.project AND at <= :until) GROUP BY 1""",
    metrics.GATE_MEASURE: """
        SELECT project, measure.key, measure.value FROM gates AS g JOIN json_each(g.measures) AS measure
        WHERE at = (SELECT max(at) FROM gates WHERE project = g.project AND at <= :until) GROUP BY 1, 2""",
    metrics.DEPLOYMENTS: "SELECT stack, kind, count(*) FROM deployments WHERE at <= :until GROUP BY 1, 2",
    metrics.LIVE_INFO: """
        SELECT stack, service, release, version, revision, 1 FROM deployments AS d JOIN services USING (stack)
        WHERE position = (SELECT max(position) FROM deployments WHERE stack = d.stack AND at <= :until)""",
    metrics.LIVE_SINCE: """
        SELECT stack, at FROM deployments AS d
        WHERE position = (SELECT max(position) FROM deployments WHERE stack = d.stack AND at <= :until)""",
    metrics.SKEW: """
        SELECT repository, sum(wrong) FROM (
          SELECT repository, count(*) AS wrong FROM runs WHERE ended < started AND ended <= :until GROUP BY 1 UNION ALL
          SELECT repository, count(*) FROM jobs WHERE ended < started AND ended <= :until AND conclusion != 'skipped' GROUP BY 1)
        GROUP BY 1 HAVING sum(wrong) > 0""",
}

OBSERVATIONS: Mapping[Metric, str] = {
    metrics.RUN_SECONDS: """
        SELECT repository, workflow, ended - started AS seconds FROM runs WHERE ended <= :until AND ended >= started""",
    metrics.JOB_SECONDS: f"""
        SELECT j.repository, workflow, name, stage, j.ended - j.started AS seconds {_JOBS}
        WHERE j.ended <= :until AND j.ended >= j.started AND {_RAN}""",
    metrics.JOB_QUEUE_SECONDS: f"""
        SELECT j.repository, workflow, runner, j.started - j.created AS seconds {_JOBS}
        WHERE j.ended <= :until AND j.started >= j.created AND {_RAN} AND stage NOT IN ('deploy', 'rollback')""",
}
"""Of a histogram: one row for each time that was measured. Waiting for an approval is no queue."""


def histogram(metric: Metric) -> str:
    """The counts up to each bound, the count of all, and the sum."""
    labels = ", ".join(str(place) for place in range(1, len(metric.labels) + 1))
    counts = ", ".join(f"sum(seconds <= {bound})" for bound in metric.buckets)
    names = ", ".join(_names(metric))
    return f"SELECT {names}, {counts}, count(*), sum(seconds) FROM ({OBSERVATIONS[metric]}) GROUP BY {labels}"


def _names(metric: Metric) -> list[str]:
    return ["name" if label == "job" else label for label in metric.labels]
