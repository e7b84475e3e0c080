"""What runs leave of their tests and scans: collected once with their attempt, and never taken on trust."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from histories import END, REPOSITORY, Recorded, recorded
from run_artifacts import Artifact, Left, left_by
from runs_api import Killed, RunsApi

from history.collector import Collector
from history.exposition import Exposition
from history.github import Source
from history.model import Findings, Job, Outcomes, Run
from history.store import Store
from infra import metrics, run_summary
from infra.github.client import Clock, GitHub
from infra.github.credentials import Token
from infra.run_summary import FiguresOfTests

TOKEN = "gh-token"  # noqa: S105


class World:
    """A collector of a history that GitHub tells."""

    def __init__(self, path: Path, made: Recorded) -> None:
        self.made, self.path = made, path
        self.api = RunsApi(made.runs, made.jobs)
        self.api.left = Left(left_by([*made.tests, *made.findings]))
        self.said: list[str] = []

    def collect(self) -> None:
        clock = Clock(now=END.timestamp, wait=lambda _: None)
        github = GitHub("https://github.example", Token(TOKEN), clock=clock, transport=self.api.transport())
        with Store(self.path) as store:
            Collector(store, Source(github, REPOSITORY), self.made.start, lambda: END, self.said.append).collect()

    def kept(self) -> tuple[list[Outcomes], list[Findings]]:
        with Store(self.path) as store:
            return list(store.of(Outcomes)), list(store.of(Findings))

    def samples(self, metric: metrics.Metric) -> dict[tuple[str, ...], float]:
        with Store(self.path) as store:
            found = Exposition(store, now=lambda: END).family(metric, [(END, None)])
        return {tuple(one.labels.values())[1:]: one.value for one in found.samples}

    def leave(self, name: str, content: bytes, **more: object) -> Run:
        """What the newest run of the default branch with tests has left, and nothing else, is this."""
        run = next(one for one in reversed(self.made.runs) if one.branch == "main" and one.event == "push")
        self.api.left.drop(run.id)
        new = Artifact(id=10**6, run=run.id, name=name, files={run_summary.FILE: content}, **more)  # type: ignore[arg-type]
        self.api.left.add(new)
        return run


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "history.db", recorded(60, 1, planted=("flaky tests",), days=10))


def test_each_attempt_has_its_tests_and_findings(world: World) -> None:
    world.collect()
    assert world.kept() == (world.made.tests, world.made.findings)
    assert any(one.attempt == 2 for one in world.made.tests)
    assert world.said == []


def test_a_collector_that_is_killed_between_run_and_archive_counts_nothing_twice(world: World) -> None:
    world.api.kill(lambda _: len(world.api.fetched) == 7)
    with pytest.raises(Killed):
        world.collect()
    world.api.before = lambda _: None
    world.collect()
    assert world.kept() == (world.made.tests, world.made.findings)


def test_the_host_that_holds_the_archives_is_not_told_the_token(world: World) -> None:
    world.api.storage = "https://storage.example"
    world.collect()
    assert world.kept()[0] == world.made.tests
    assert {one.url.host for one in world.api.fetched} == {"storage.example"}
    assert [one for one in world.api.fetched if "authorization" in one.headers] == []


def test_a_run_that_neither_tested_nor_scanned_is_not_asked_for_what_it_left(world: World) -> None:
    world.collect()
    asked = {int(path.split("/runs/")[1].split("/")[0]) for path in world.api.asked if "/artifacts?" in path}
    assert asked == {run.id for run in world.made.runs if run.workflow != "Continuous Deployment"}


@pytest.mark.parametrize(
    ("name", "content", "more", "said"),
    [
        ("tests", b"{", {}, "is no JSON"),
        ("tests", b"[]", {}, "the document = '[]': must be an object"),
        ("tests", b'{"version": 2}', {}, "version = '2': must be 1"),
        ("tests", b'{"version": 1, "kind": "tests", "passed": -1}', {}, "passed = '-1': must be a whole number from 0 to"),
        (
            "findings",
            b'{"version": 1, "kind": "findings", "scanners": {"a\\nb": {}}}',
            {},
            "must be a name of at most 50 letters",
        ),
        ("findings", b'{"version": 1, "kind": "findings", "scanners": {"trivy": {"low": 1.5}}}', {}, "low = '1.5'"),
        ("tests", b'{"version": 1, "kind": "findings", "scanners": {}}', {}, "is not of the kind tests"),
        ("tests", b" " * 10**6, {}, "summary.json has more than 65536 bytes"),
        ("tests", b"", {"size": 10**6}, "has 1000000 bytes: must have at most 65536"),
    ],
)
def test_what_cannot_be_read_is_told_counted_and_left_out(
    world: World, name: str, content: bytes, more: dict[str, int], said: str
) -> None:
    run = world.leave(run_summary.artifact(name, 1), content, **more)
    world.collect()
    (told,) = world.said
    assert said in told
    assert told.startswith(f"{run.url}: artifact lockgate-summary-{name}-1: ")
    assert world.samples(metrics.COLLECTOR_ERRORS) == {("unreadable",): 1.0}
    assert [one for one in world.kept()[0] if one.run == run.id] == []
    assert len(world.kept()[0]) >= len(world.made.tests) - 2


def test_an_archive_without_a_summary_is_told(world: World) -> None:
    run = world.leave("lockgate-summary-tests-1", b"")
    world.api.left.of(run.id)[-1].files = {"other.txt": b""}
    world.collect()
    assert "holds no summary.json that can be unpacked (KeyError)" in world.said[0]


def test_what_has_expired_is_not_asked_for(world: World) -> None:
    for one in world.api.left:
        one.expired = True
    world.collect()
    assert world.kept() == ([], [])
    assert world.said == []


def test_a_rerun_of_what_failed_keeps_the_findings_of_the_first_attempt_and_counts_no_job_again(world: World) -> None:
    """GitHub tells of the jobs that had passed again; what they left has the number of the first attempt."""
    newest = next(one for one in reversed(world.made.runs) if one.event == "push")
    world.api.left.drop(newest.id)
    found = Findings(
        repository=REPOSITORY,
        run=newest.id,
        attempt=newest.attempt,
        scanner="trivy",
        counts={"low": 0, "medium": 0, "high": 7, "critical": 0},
    )
    (left,) = left_by([found])
    world.api.left.add(replace(left, id=10**6))
    first = world.api.jobs[newest.id, newest.attempt]
    world.api.rerun(newest.id, END - timedelta(minutes=5))
    again = [replace(job, id=job.id + 10**7, attempt=newest.attempt + 1) for job in first[:-1]]
    world.api.jobs[newest.id, newest.attempt + 1][:-1] = again
    world.collect()
    assert world.samples(metrics.FINDINGS)["trivy", "high"] == 7.0
    with Store(world.path) as store:
        (rerun,) = store.of(Job, "run = ? AND attempt = ?", newest.id, newest.attempt + 1)
    assert rerun.name == first[-1].name


def test_tests_are_counted_by_what_they_came_to(world: World) -> None:
    world.collect()
    wanted = {(name,): sum(getattr(one, name) for one in world.made.tests) for name in ("failed", "passed", "skipped")}
    assert world.samples(metrics.TESTS) == wanted


def test_flaky_tests_are_those_of_the_newest_run(world: World) -> None:
    told = run_summary.document(FiguresOfTests(passed=5, failed=1, skipped=0, flaky=3)).encode()
    run = world.leave("lockgate-summary-tests-1", told)
    assert run.conclusion == "success"
    world.collect()
    assert world.samples(metrics.FLAKY) == {(): 3.0}
