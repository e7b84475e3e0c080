"""DORA's figures of ledgers whose answers are known."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from known_ledgers import MINUTE, START, Known, known_ledgers

from history.dora import Figures, Window, figures, success, weekly

DAY = timedelta(days=1)


def of(known: Known, window: Window | None = None) -> Figures:
    whole = Window(start=START - DAY, end=known.now + DAY)
    return figures("prod", known.ledger, known.brought, window or whole)


@given(known_ledgers())
def test_every_story_has_exactly_its_figures(known: Known) -> None:
    found = of(known)
    assert (found.releases, found.rollbacks, found.failed) == (known.releases, known.rollbacks, known.failed)
    assert found.lead_seconds == (median(known.leads) if known.leads else None)
    assert found.restore_seconds == (median(known.restores) if known.restores else None)
    assert found.failure_ratio == known.failed / known.releases
    assert found.left_out == known.left_out
    ended = success(known.jobs)
    assert (ended.succeeded, ended.failed) == (known.succeeded, known.broken)


@given(known_ledgers(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_changes_nothing(known: Known, random: object) -> None:
    before = of(known)
    random.shuffle(known.ledger)  # type: ignore[attr-defined]
    assert of(known) == before


@given(known_ledgers(), st.integers(1, 6))
def test_weeks_add_up_to_what_the_whole_time_has(known: Known, spare: int) -> None:
    end = known.now + MINUTE
    weeks = -(-(end - START) // (7 * DAY)) + spare
    parts = weekly("prod", known.ledger, known.brought, end, weeks)
    whole = figures("prod", known.ledger, known.brought, Window(start=parts[0].window.start, end=end))
    assert sum(part.releases for part in parts) == whole.releases == known.releases
    assert sum(part.rollbacks for part in parts) + _before(known, parts[0]) == known.rollbacks


def _before(known: Known, first: Figures) -> int:
    """Rollbacks that a clock which is behind puts before the first week."""
    return sum(one.kind == "rollback" and one.at < first.window.start for one in known.ledger)


@pytest.fixture
def known() -> Known:
    """A first release, and one that stays a day later."""
    known = Known()
    known.release([])
    known.now += DAY
    known.release([60])
    return known


def test_nothing_known_is_not_nothing_done() -> None:
    found = figures("prod", [], lambda _: [], Window.before(START))
    assert not found.known
    assert (found.per_day, found.lead_seconds, found.failure_ratio, found.restore_seconds) == (None, None, None, None)


def test_a_month_without_a_release_is_none_a_day(known: Known) -> None:
    found = of(known, Window.before(known.now + 60 * DAY))
    assert (found.releases, found.per_day) == (0, 0.0)
    assert found.failure_ratio is None


def test_days_before_the_first_entry_do_not_count(known: Known) -> None:
    found = of(known, Window.before(START + 4 * DAY))
    assert found.per_day == 2 / 4


def test_the_first_release_of_a_stack_has_no_lead_time(known: Known) -> None:
    known.commits["r0"] = known.commits["r1"]
    assert of(known).lead_seconds == 3600.0


def test_going_back_counts_as_a_failure_that_was_recovered_from(known: Known) -> None:
    known.go_back("r0", 12)
    found = of(known)
    assert (found.failed, found.failure_ratio, found.restore_seconds) == (1, 0.5, 720.0)


def test_a_failure_belongs_to_the_time_of_its_release(known: Known) -> None:
    known.now += 3 * DAY
    known.go_back("r0", 0)
    last = Window(start=known.now - DAY, end=known.now + DAY)
    assert (of(known, last).failed, of(known, last).rollbacks) == (0, 1)
    assert of(known, last).restore_seconds == 3 * 86400.0


def test_an_entry_that_the_ledger_has_forgotten_leaves_the_time_open(known: Known) -> None:
    known.release([])
    known.go_back("r0", 5)
    whole = [one for one in known.ledger if one.release != "r2"]
    left = [*whole[:2], replace(whole[2], previous="r1", position=7)]
    gap = [left[0], left[1], replace(left[1], release="r9", position=2), left[2]]
    found = figures("prod", gap, known.brought, Window(start=START - DAY, end=known.now + DAY))
    assert (found.failed, found.restore_seconds) == (1, None)


def test_a_cancelled_deployment_neither_succeeded_nor_failed(known: Known) -> None:
    known.deploy_job(["success"])
    known.jobs.append(replace(known.jobs[0], run=5, conclusion="cancelled"))
    assert success(known.jobs).ratio == 1.0
    assert success([]).ratio is None
