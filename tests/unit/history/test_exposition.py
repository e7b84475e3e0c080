"""The metrics of histories, as Prometheus' own parser reads them."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.core import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from histories import END, LABEL, REPOSITORY, Recorded, recorded
from known_ledgers import START, Known

from history import backfill
from history.exposition import Exposition
from history.store import Store
from infra import metrics

CI = "Continuous Integration"
Samples = dict[str, dict[tuple[tuple[str, str], ...], float]]


@pytest.fixture(scope="module")
def made() -> Recorded:
    return recorded(300, 1, planted=("flaky tests",))


@pytest.fixture
def store(tmp_path: Path, made: Recorded) -> Iterator[Store]:
    with Store(tmp_path / "history.db") as opened:
        made.fill(opened)
        yield opened


def read(store: Store, **rates: float) -> Samples:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Exposition(store, {label.replace("_", "-"): rate for label, rate in rates.items()}, lambda: END))  # type: ignore[arg-type]
    found: Samples = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def value(found: Samples, name: str, **labels: str) -> float:
    (one,) = [number for key, number in found[name].items() if labels.items() <= dict(key).items()]
    return one


def test_runs_are_counted_by_what_they_came_to(store: Store, made: Recorded) -> None:
    found = read(store)
    failed = [run for run in made.runs if run.workflow == CI and run.event == "push" and run.conclusion == "failure"]
    assert value(found, "lockgate_runs_total", workflow=CI, event="push", conclusion="failure") == len(failed)
    assert sum(found["lockgate_runs_total"].values()) == len(made.runs)


def test_a_histogram_has_each_time_in_its_buckets(store: Store, made: Recorded) -> None:
    found = read(store)
    times = [(job.ended - job.started).total_seconds() for job in made.jobs if job.name == "Build" and job.ended and job.started]
    of_build = {"job": "Build", "stage": "build", "workflow": CI}
    for bound in metrics.JOB_SECONDS.buckets:
        counted = value(found, "lockgate_job_duration_seconds_bucket", **of_build, le=str(bound))
        assert counted == sum(seconds <= bound for seconds in times)
    assert value(found, "lockgate_job_duration_seconds_count", **of_build) == len(times)
    assert value(found, "lockgate_job_duration_seconds_sum", **of_build) == pytest.approx(sum(times))


def test_collecting_the_same_once_more_changes_no_metric(store: Store, made: Recorded) -> None:
    before = read(store, **{"big": 0.02})
    made.fill(store)
    assert read(store, **{"big": 0.02}) == before


def test_the_newest_run_of_the_default_branch_is_told_of(store: Store, made: Recorded) -> None:
    newest = max((run for run in made.runs if run.workflow == CI and run.branch == "main"), key=lambda run: run.number)
    worse = replace(newest, number=newest.number + 1, id=9_000_001, conclusion="failure", url="https://github.example/bad")
    feature = replace(worse, number=worse.number + 1, id=9_000_002, branch="feature-1")
    fork = replace(worse, number=worse.number + 2, id=9_000_003, event="pull_request", conclusion="success")
    stopped = replace(worse, number=worse.number + 3, id=9_000_004, conclusion="cancelled")
    store.put(worse, feature, fork, stopped)
    found = read(store)
    assert value(found, "lockgate_workflow_last_run_success", workflow=CI) == 0
    assert value(found, "lockgate_workflow_last_run_info", workflow=CI, url=worse.url, conclusion="failure") == 1


def test_a_stage_that_failed_is_told_apart_from_those_that_did_not(store: Store, made: Recorded) -> None:
    (bad,) = [run for run in made.runs if run.conclusion == "failure" and run.branch == "main" and run.workflow == CI][-1:]
    store.put(replace(bad, number=10**6))
    found = read(store)
    assert value(found, "lockgate_stage_last_success", workflow=CI, stage="test") == 0
    assert value(found, "lockgate_stage_last_success", workflow=CI, stage="build") == 1
    (build,) = [job for job in made.jobs if (job.run, job.attempt, job.name) == (bad.id, bad.attempt, "Build")]
    assert build.started is not None
    assert build.ended is not None
    seconds = (build.ended - build.started).total_seconds()
    assert value(found, "lockgate_stage_last_duration_seconds", workflow=CI, stage="build") == seconds


def test_minutes_cost_what_the_rate_says_and_nothing_unknown(store: Store) -> None:
    found = read(store, **{LABEL.replace("-", "_"): 0.006})
    assert {dict(key)["runner"] for key in found["lockgate_runner_minutes_total"]} == {LABEL, "big"}
    assert {dict(key)["runner"] for key in found["lockgate_runner_cost_total"]} == {LABEL}
    for key, cost in found["lockgate_runner_cost_total"].items():
        assert cost == pytest.approx(found["lockgate_runner_minutes_total"][key] * 0.006)


def test_a_time_that_ended_before_it_began_is_counted_apart(store: Store, made: Recorded) -> None:
    before = read(store)
    run, job = made.runs[0], made.jobs[0]
    assert run.ended is not None
    assert job.started is not None
    store.put(replace(run, ended=run.started - timedelta(seconds=5)), replace(job, ended=job.started - timedelta(seconds=5)))
    found = read(store)
    assert value(found, "lockgate_clock_skew_total", repository=REPOSITORY) == 2
    counted = "lockgate_run_duration_seconds_count"
    assert value(found, counted, workflow=run.workflow) == value(before, counted, workflow=run.workflow) - 1


def test_figures_of_a_stack_are_left_out_where_they_are_not_known(tmp_path: Path) -> None:
    known = Known()
    known.release([])
    with Store(tmp_path / "other.db") as store:
        store.merge_ledger("prod", "shop", known.ledger)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Exposition(store, now=lambda: START + timedelta(days=1)))  # type: ignore[arg-type]
        text = generate_latest(registry).decode()
    assert 'lockgate_dora_deployments_per_day{stack="prod"} 1.0' in text
    assert 'lockgate_dora_change_failure_ratio{stack="prod"} 0.0' in text
    assert "lockgate_dora_lead_time_seconds{" not in text
    assert 'lockgate_live_info{release="r0",revision="rev-r0",service="shop",stack="prod",version="r0"} 1.0' in text


def test_every_metric_that_a_history_can_give_is_served(store: Store) -> None:
    found = read(store, **{LABEL.replace("-", "_"): 0.006})
    suffix = {"counter": "", "gauge": "", "histogram": "_count"}
    collectors = {metrics.COLLECTED, metrics.COLLECTOR_ERRORS, metrics.CALLS, metrics.LIMIT_LEFT, metrics.SKEW}
    missing = [one.name for one in metrics.ALL if one not in collectors and one.name + suffix[one.type] not in found]
    assert missing == []


def test_what_the_collector_counts_is_served(store: Store) -> None:
    store.add("lockgate_collector_calls_total", {"source": "github", "status": "304"}, 3)
    store.mark("lockgate_github_rate_limit_remaining", "4321")
    store.mark("lockgate_collector_last_success_timestamp_seconds ledgers", "1700000000")
    found = read(store)
    assert value(found, "lockgate_collector_calls_total", source="github", status="304") == 3
    assert value(found, "lockgate_github_rate_limit_remaining") == 4321
    assert value(found, "lockgate_collector_last_success_timestamp_seconds", source="ledgers") == 1.7e9


def test_the_past_is_told_as_it_was(store: Store, made: Recorded) -> None:
    out = io.BytesIO()
    exposition = Exposition(store, now=lambda: END)
    moments = backfill.write(exposition, out, timedelta(days=10), END)
    assert moments == 7
    runs = [line for line in out.getvalue().decode().splitlines() if "lockgate_runs" in line]
    (family,) = openmetrics("\n".join([*runs, "# EOF\n"]))
    wanted = {"workflow": CI, "event": "push", "conclusion": "success"}
    told = [sample for sample in family.samples if wanted.items() <= sample.labels.items()]
    for sample in told:
        until = float(sample.timestamp)
        ended = [run for run in made.runs if (run.workflow, run.event, run.conclusion) == (CI, "push", "success")]
        assert sample.value == sum(run.ended is not None and run.ended.timestamp() <= until for run in ended)
    assert told[-1].value > told[0].value
