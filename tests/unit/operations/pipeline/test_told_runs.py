"""What the lab's GitHub is told of a run of the pipeline, the collector takes up as it happened."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "support"))

from github_calls import make_repository
from github_lab import GitHubLab

from history.collector import Collector
from history.github import Source
from history.model import Job, Outcomes
from history.model import Run as PastRun
from history.store import Store
from infra import run_summary
from infra.github import GitHub, Token
from infra.run_summary import FiguresOfTests
from operations.pipeline import events
from operations.pipeline.jobs import JobRun, Run
from operations.pipeline.told import run_told


def test_a_run_is_there_with_its_times_its_jobs_and_what_it_left(github: GitHubLab, tmp_path: Path) -> None:
    with github.client() as client:
        make_repository(client)
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    jobs = (
        JobRun(id="test", name="Tests (unit)", needs=(), result="failure", began=began.timestamp(), waited=4, seconds=50),
        JobRun(id="quality", name="Quality Check", needs=("test",), result="skipped"),
    )
    named = {"number": 7, "file": "ci.yml", "name": "Continuous Integration", "event": "push", "log": ""}
    run = Run(**named, jobs=jobs, seconds=60, began=began.timestamp())  # type: ignore[arg-type]
    left = tmp_path / "artifacts" / run_summary.artifact("tests", 1) / run_summary.FILE
    left.parent.mkdir(parents=True)
    left.write_text(run_summary.document(FiguresOfTests(passed=3, failed=1, skipped=0, flaky=0)))
    (tmp_path / "artifacts" / "build").mkdir()
    event = events.push("lab/podinfo", "main", "a" * 40)
    github.lab("POST", "runs", json=run_told(run, event, tmp_path / "artifacts"))
    with Store(tmp_path / "history.db") as store:
        Collector(store, Source(GitHub(github.url, Token(github.token)), "lab/podinfo"), began - timedelta(days=1)).collect()
        (kept,) = store.of(PastRun)
        known = {job.name: job for job in store.of(Job)}
        (tests,) = store.of(Outcomes)
    assert (kept.workflow, kept.conclusion, kept.started, kept.commit) == ("Continuous Integration", "failure", began, "a" * 40)
    assert known["Tests (unit)"].started == began + timedelta(seconds=4)
    assert known["Tests (unit)"].ended == began + timedelta(seconds=54)
    assert known["Quality Check"].conclusion == "skipped"
    assert (tests.passed, tests.failed) == (3, 1)
