"""Collecting runs: whatever happens between two calls, each attempt is there exactly once in the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from histories import END, REPOSITORY, Recorded, recorded
from run_artifacts import Left, left_by
from runs_api import MOST, Killed, RunsApi

from history.collector import AGAIN, Collector
from history.github import Source, SpentError
from history.model import Job, Run
from history.store import Store
from infra.github.client import Clock, GitHub
from infra.github.credentials import Token
from infra.github.errors import GitHubError
from infra.github.page import Page

DAY = timedelta(days=1)


class World:
    """A collector of a history that GitHub tells, with a clock of its own."""

    def __init__(self, path: Path, made: Recorded) -> None:
        self.made = made
        self.api = RunsApi(made.runs, made.jobs, made.commits)
        self.api.left = Left(left_by([*made.tests, *made.findings]))
        self.said: list[str] = []
        self.path = path
        self.now = END
        self.waited: list[float] = []
        self.pages: list[Page] = []

    def collect(self) -> None:
        clock = Clock(now=lambda: self.now.timestamp(), wait=self.wait)
        github = GitHub("http://127.0.0.1:1", Token("t"), clock=clock, transport=self.api.transport())
        with Store(self.path) as store:
            source = Source(github, REPOSITORY, self.pages.append)
            Collector(store, source, self.made.start, lambda: self.now, self.said.append).collect()

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)

    def later(self, by: timedelta = AGAIN) -> None:
        self.now += by
        self.api.asked.clear()

    def runs(self) -> list[Run]:
        with Store(self.path) as store:
            return sorted(store.of(Run), key=_key)

    def jobs(self) -> list[Job]:
        with Store(self.path) as store:
            return sorted(store.of(Job), key=lambda job: job.id)

    def told(self) -> list[Run]:
        return sorted((run for attempts in self.api.runs.values() for run in attempts.values()), key=_key)


def _key(run: Run) -> tuple[int, int]:
    return run.id, run.attempt


def whole(runs: list[Run]) -> list[Run]:
    """GitHub tells whole seconds; a run's end is that of its last job."""
    cut = ("created", "started", "ended")
    return [replace(run, **{name: at.replace(microsecond=0) for name in cut if (at := getattr(run, name))}) for run in runs]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = recorded(120, 1, planted=("flaky tests",), days=20)
    return World(tmp_path / "history.db", made)


def test_everything_is_collected_with_its_jobs_and_earlier_attempts(world: World) -> None:
    world.collect()
    assert world.runs() == whole(world.told())
    assert [(job.id, job.name, job.labels, len(job.steps)) for job in world.jobs()] == [
        (job.id, job.name, job.labels, len(job.steps)) for job in world.made.jobs
    ]
    assert any(run.attempt == 2 for run in world.runs())


def test_a_second_collection_asks_for_no_run_again(world: World) -> None:
    world.collect()
    world.later(timedelta(minutes=1))
    world.collect()
    assert [path for path in world.api.asked if "/jobs" in path] == []
    assert len(world.api.asked) == 2
    assert world.runs() == whole(world.told())


def test_looking_through_the_last_month_costs_nothing_where_nothing_changed(world: World) -> None:
    world.collect()
    world.later()
    world.api.answered.clear()
    world.collect()
    assert world.api.answered[304] == 21
    assert world.api.answered[200] == 2


@pytest.mark.parametrize("moment", [1, 2, 3, 10, 37, 90, 150])
def test_a_collector_that_is_killed_goes_on_and_counts_nothing_twice(world: World, moment: int) -> None:
    world.api.kill(lambda number: number == moment)
    with pytest.raises(Killed):
        world.collect()
    world.api.before = lambda _: None
    world.collect()
    assert world.runs() == whole(world.told())
    assert len(world.jobs()) == len(world.made.jobs)


def test_a_run_that_is_run_again_weeks_later_has_another_attempt(world: World) -> None:
    world.collect()
    old = world.told()[5]
    world.later(5 * DAY)
    world.api.rerun(old.id, world.now)
    world.collect()
    assert world.runs() == whole(world.told())


def test_a_run_that_goes_on_is_counted_once_it_has_ended(world: World) -> None:
    run = world.told()[-1]
    world.api.runs[run.id][run.attempt] = replace(run, ended=None, conclusion="")
    world.collect()
    assert [one for one in world.runs() if one.ended is None] == [replace(whole([run])[0], ended=None, conclusion="")]
    world.api.add(run)
    world.later(timedelta(minutes=1))
    world.collect()
    assert world.runs() == whole(world.told())


def test_a_run_that_is_deleted_before_it_ended_never_was(world: World) -> None:
    run = world.told()[-1]
    world.api.runs[run.id][run.attempt] = replace(run, ended=None, conclusion="")
    world.collect()
    del world.api.runs[run.id]
    world.later(timedelta(minutes=1))
    world.collect()
    assert world.runs() == whole(world.told())


def test_a_run_that_is_deleted_after_it_was_seen_still_counts(world: World) -> None:
    world.collect()
    before = world.runs()
    for run in world.told()[:30]:
        world.api.runs.pop(run.id, None)
    world.later()
    world.collect()
    assert world.runs() == before


def test_runs_that_come_and_go_between_two_pages_make_none_slip_through(tmp_path: Path) -> None:
    made = recorded(700, 2, days=1)
    world = World(tmp_path / "history.db", made)
    gone = [run.id for run in sorted(made.runs, key=lambda run: run.created)[-150:-1:7]]

    def delete(number: int) -> None:
        if gone and number % 60 == 0:
            world.api.runs.pop(gone.pop(), None)

    world.api.before = delete
    world.collect()
    assert {_key(run) for run in whole(world.told())} <= {_key(run) for run in world.runs()}


def test_a_list_that_goes_on_shifting_is_read_again_by_the_next_collection(world: World) -> None:
    """So long ago that nothing else would look there again: one run slips through, and the list counts it."""
    world.now = END + 60 * DAY
    slipped = world.told()[3].id

    def without(request: httpx2.Request, _: int) -> httpx2.Response | None:
        if not request.url.path.endswith("/actions/runs"):
            return None
        told = world.api._answer(request).json()
        told["workflow_runs"] = [run for run in told["workflow_runs"] if run["id"] != slipped]
        return httpx2.Response(200, json=told)

    world.api.refuse = without
    world.collect()
    assert slipped not in {run.id for run in world.runs()}
    world.api.refuse = lambda *_: None
    world.collect()
    assert world.runs() == whole(world.told())


def test_more_runs_than_github_lists_are_listed_in_parts(tmp_path: Path) -> None:
    world = World(tmp_path / "history.db", recorded(2600, 3, days=1))
    world.collect()
    assert len(world.runs()) == len(world.made.runs) > 2 * MOST


def limited(number: int, *, reset: datetime | None = None, **headers: str) -> httpx2.Response:
    text = "You have exceeded a secondary rate limit." if not reset else "API rate limit exceeded"
    told = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(reset.timestamp()))} if reset else headers
    return httpx2.Response(number, json={"message": text}, headers={name.replace("_", "-"): one for name, one in told.items()})


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda: limited(403, retry_after="30"), id="secondary limit with a time"),
        pytest.param(lambda: limited(429), id="secondary limit without a time"),
        pytest.param(lambda: httpx2.Response(502, text="<html>"), id="bad gateway"),
    ],
)
def test_what_github_refuses_for_a_while_is_asked_again(world: World, fault: object) -> None:
    world.api.refuse = lambda _, number: fault() if number % 25 == 0 else None  # type: ignore[operator]
    world.collect()
    assert world.runs() == whole(world.told())
    assert world.waited


def test_a_spent_hour_ends_a_collection_and_the_next_one_goes_on(world: World) -> None:
    reset = world.now + timedelta(minutes=50)
    world.api.refuse = lambda _, number: limited(403, reset=reset) if number > 100 and world.now < reset else None
    with pytest.raises(GitHubError, match="the token's calls of this hour are spent; run again in 51 min"):
        world.collect()
    kept = world.runs()
    assert 0 < len(kept) < len(world.told())
    world.now = reset
    world.collect()
    assert world.runs() == whole(world.told())


def test_a_share_of_the_hour_is_left_to_others(world: World) -> None:
    world.api.limit = (5000, 900)
    with pytest.raises(SpentError, match="900 of 5000 calls of this hour are left, which others may need"):
        world.collect()
    world.api.limit = (5000, 4000)
    world.collect()
    assert world.runs() == whole(world.told())


def test_a_token_that_may_not_see_it_is_an_error_and_no_empty_history(world: World) -> None:
    world.collect()
    before = world.runs()
    world.api.refuse = lambda *_: httpx2.Response(404, json={"message": "Not Found"})
    world.later()
    with pytest.raises(GitHubError, match="it is not there, or the token may not see it"):
        world.collect()
    assert world.runs() == before
