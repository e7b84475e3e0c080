"""Advice on histories with problems planted in them, and on sound ones."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "support"))

from histories import END, LABEL, PROBLEMS, recorded

from history.advice.all import advise
from history.advice.model import Advice, Past

RATES = {LABEL: 0.006, "big": 0.02}


def past(seed: int, *planted: str, rates: dict[str, float] | None = None) -> Past:
    made = recorded(700, seed, planted=planted)
    return Past(made.runs, made.jobs, made.start, END, RATES if rates is None else rates)


def of(found: list[Advice]) -> set[str]:
    return {one.kind for one in found}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sound_history_gets_no_advice(seed: int) -> None:
    assert [one.title for one in advise(past(seed))] == []


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_planted_problem_is_found_and_nothing_else(problem: str, seed: int) -> None:
    found = advise(past(seed, problem))
    assert of(found) == {problem}
    for one in found:
        assert one.evidence[-1].url.startswith("https://github.example/lab/shop/actions/runs/")
        assert one.saving.wait_minutes + one.saving.runner_minutes > 0


def test_all_five_are_found_at_once() -> None:
    assert of(advise(past(4, *PROBLEMS))) == set(PROBLEMS)


def test_what_saves_most_waiting_comes_first() -> None:
    waits = [one.saving.wait_minutes for one in advise(past(4, *PROBLEMS))]
    assert waits == sorted(waits, reverse=True)


def test_a_cost_that_is_not_known_is_not_nothing() -> None:
    found = advise(past(1, "repeated runs", rates={}))
    assert [one.saving.cost for one in found] == [None]
    (known,) = advise(past(1, "repeated runs"))
    assert known.saving.cost == pytest.approx(known.saving.runner_minutes * RATES[LABEL])


def test_few_runs_are_no_reason_for_advice() -> None:
    made = recorded(20, 1, planted=tuple({*PROBLEMS} - {"repeated runs"}), days=1)
    assert advise(Past(made.runs, made.jobs, made.start, END, RATES)) == []


def test_waiting_for_somebody_to_approve_is_no_queue() -> None:
    found = past(1)
    late = [replace(job, started=job.ended) if job.name.startswith("Deploy") else job for job in found.jobs]
    assert advise(replace(found, jobs=late)) == []


def test_a_clock_that_runs_backwards_is_no_evidence() -> None:
    found = past(1)
    wrong = [replace(job, created=job.ended, started=job.ended, ended=job.started) for job in found.jobs]
    assert advise(replace(found, jobs=wrong)) == []
