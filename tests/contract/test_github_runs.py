"""The lab's GitHub tells of runs as the collector asks for them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from github_calls import make_repository
from github_lab import GitHubLab
from run_artifacts import left_by

from history.collector import Collector
from history.github import Source
from history.model import Job, Outcomes, Run
from history.store import Store
from infra.github import GitHub, Token

JOB = {
    "name": "Build",
    "conclusion": "failure",
    "started_at": "2026-11-27T10:00:05Z",
    "completed_at": "2026-11-27T10:03:00Z",
    "steps": [
        {
            "name": "Build",
            "number": 1,
            "status": "completed",
            "conclusion": "failure",
            "started_at": "2026-11-27T10:00:06Z",
            "completed_at": "2026-11-27T10:02:59Z",
        }
    ],
}


def test_what_runs_leave_is_collected_from_where_it_lies(github: GitHubLab, tmp_path: Path) -> None:
    with github.client() as client:
        make_repository(client)
    counts = Outcomes(repository="lab/podinfo", run=1, attempt=1, passed=7, failed=1, skipped=0, flaky=1)
    left = [{"name": one.name, "archive": b64encode(one.archive).decode()} for one in left_by([counts])]
    run = github.add_run("lab/podinfo", jobs=[{**JOB, "name": "Tests (unit)"}], artifacts=left)
    source = Source(GitHub(github.url, Token(github.token)), "lab/podinfo")
    with Store(tmp_path / "history.db") as store:
        Collector(store, source, datetime.now(UTC) - timedelta(days=3)).collect()
        assert list(store.of(Outcomes)) == [replace(counts, run=run)]
    with github.client() as client:
        assert client.get("/repos/lab/podinfo/actions/artifacts/99/zip").status_code == 404


def test_runs_of_the_lab_are_collected_with_their_jobs(github: GitHubLab, tmp_path: Path) -> None:
    with github.client() as client:
        make_repository(client)
    now = datetime.now(UTC)
    bad = github.add_run("lab/podinfo", workflow="ci.yml", name="CI", conclusion="failure", event="push", jobs=[JOB])
    github.add_run("lab/podinfo", workflow="cd.yml", name="CD", event="workflow_run")
    source = Source(GitHub(github.url, Token(github.token)), "lab/podinfo")
    with Store(tmp_path / "history.db") as store:
        for _ in range(2):
            Collector(store, source, now - timedelta(days=3)).collect()
        runs = {run.workflow: run for run in store.of(Run)}
        (job,) = store.of(Job)
    assert {name: run.conclusion for name, run in runs.items()} == {"CI": "failure", "CD": "success"}
    assert (job.run, job.name, job.conclusion) == (bad, "Build", "failure")
    assert (job.steps[0].name, job.ended) == ("Build", datetime(2026, 11, 27, 10, 3, tzinfo=UTC))
