"""Flaky is what passes and fails without a reason in the code; broken is what only fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs_of_tests import KEY, run, runs

from operations.checks import flaky
from operations.checks.flaky import Flaky
from operations.checks.history import Result, Run


def found(*given: Run) -> Flaky | None:
    """Of the newest run, with all before it."""
    return flaky.known(given[:-1], given[-1]).flaky.get(KEY)


@pytest.mark.parametrize(
    ("letters", "how_often"),
    [
        ("pfpf", "2 of the last 4 runs"),
        ("fpfp", "2 of the last 4 runs"),
        ("ppfppfpp", "2 of the last 8 runs"),
        ("pfsp-f", "2 of the last 4 runs"),
        ("pfp" + "p" * 16 + "f", "2 of the last 20 runs"),
        ("pfpffff", "5 of the last 7 runs"),
    ],
)
def test_three_changes_on_one_branch_are_flaky(letters: str, how_often: str) -> None:
    made = found(*runs(letters))
    assert made is not None
    assert made.how_often == how_often


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        ("p" * 30, "it never failed"),
        ("f" * 30, "it always failed"),
        ("ppppf", "it began to fail"),
        ("pppffff", "it began to fail and stays failing"),
        ("pffp", "it was broken and mended"),
        ("pfpfffff", "whatever it did before, it fails five times in a row"),
        ("pfpf" + "p" * 20, "it has not failed in its last 20 runs"),
        ("pfp" + "p" * 17 + "f", "only one of its three changes is in the last 20 runs"),
        ("psfspsp", "a skip is no change"),
        ("f", "there is one run"),
    ],
)
def test_fewer_changes_or_only_failures_are_not_flaky(letters: str, why: str) -> None:
    assert found(*runs(letters)) is None, why


def test_two_attempts_of_one_commit_that_differ_are_enough() -> None:
    first, second = run(1, "f"), run(1, "p", attempt=2)
    assert found(first, second) == Flaky(failed=1, runs=2, last=first)
    assert found(run(1, "p"), run(2, "f")) is None


def test_two_runs_of_one_commit_that_differ_are_enough_whatever_their_branch() -> None:
    assert found(run(1, "p", commit="c"), run(2, "f", commit="c", branch="release")) is not None


def test_changes_are_counted_on_each_branch_alone() -> None:
    mixed = [run(number, "pf"[number % 2], branch=("main", "develop")[number % 2]) for number in range(12)]
    assert found(*mixed) is None


def test_runs_of_which_commit_and_branch_are_unknown_prove_nothing() -> None:
    assert found(*(run(number, letter, commit="", branch="") for number, letter in enumerate("pfpf"))) is None


def test_the_same_attempt_read_again_is_counted_once() -> None:
    past = runs("pfpf")
    assert found(*past, past[-1]) == found(*past)


def test_the_last_failure_is_told_not_the_last_run() -> None:
    past = runs("pfpfpp")
    made = found(*past)
    assert made is not None
    assert made.last is past[3]


def test_a_test_that_this_run_does_not_have_is_forgotten() -> None:
    past = runs("pfpfp")
    now = run(9, {("unit-python", "test_renamed"): "p"})
    assert flaky.known(past, now).flaky == {}


def test_one_browser_tells_nothing_of_another() -> None:
    chromium, firefox = ("e2e-chromium", "test_page"), ("e2e-firefox", "test_page")
    past = [run(number, {chromium: "pf"[number % 2], firefox: "p"}) for number in range(6)]
    assert set(flaky.known(past[:-1], past[-1]).flaky) == {chromium}


def test_what_a_test_usually_takes_is_the_median_of_the_earlier_runs_in_which_it_passed() -> None:
    times = [("passed", 1.0), ("passed", 9.0), ("passed", 2.0), ("failed", 0.1), ("passed", 50.0)]
    past = [
        replace(one, results={KEY: Result(outcome=outcome, seconds=seconds)})  # type: ignore[arg-type]
        for one, (outcome, seconds) in zip(runs("ppppp"), times, strict=True)
    ]
    assert flaky.known(past[:-1], past[-1]).usual == {KEY: 2.0}


@given(st.text("pfs-", max_size=60), st.integers(0, 60))
def test_one_change_from_passing_to_failing_is_never_flaky(before: str, failures: int) -> None:
    letters = before.replace("f", "p") + "f" * failures
    assert not letters or found(*runs(letters)) is None


@given(st.text("pfs-", min_size=1, max_size=60))
def test_a_flaky_test_failed_and_passed_within_its_last_twenty_runs(letters: str) -> None:
    made = found(*runs(letters))
    judged = [letter for letter in letters if letter in "pf"][-20:]
    if made is not None:
        assert (made.failed, made.runs) == (judged.count("f"), len(judged))
        assert 0 < made.failed < made.runs
