"""The history holds each run once, stays short, and is never taken for empty where it cannot be read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs_of_tests import BEGIN, KEY, cases, ids, run, runs

from infra.errors import UsageError
from operations.checks import history, history_file
from operations.checks.history import KEPT, NEEDED, Result
from operations.checks.junit import Case

DOCS = (Path(__file__).parents[4] / "docs" / "test-history.md").read_text()
ATTEMPTS = st.lists(st.tuples(st.integers(1, 70), st.integers(1, 3)), max_size=120)
LETTERS = st.dictionaries(st.tuples(st.sampled_from(["unit", "e2e/a"]), st.text(max_size=5)), st.sampled_from("pfs"), max_size=4)


@given(ATTEMPTS)
def test_it_never_holds_a_run_twice_and_keeps_the_last(attempts: list[tuple[int, int]]) -> None:
    kept: tuple[history.Run, ...] = ()
    for number, attempt in attempts:
        kept = history.remember(kept, run(number, "p", attempt=attempt))
        assert (str(number), attempt) in ids(kept)
        assert len(kept) == len(set(ids(kept))) <= KEPT


def test_a_run_given_again_takes_the_place_of_the_first() -> None:
    kept = history.remember(runs("ppp"), run(2, "f"))
    assert ids(kept) == [("1", 1), ("2", 1), ("3", 1)]
    assert [one.results[KEY].outcome for one in kept] == ["passed", "failed", "passed"]


def test_the_oldest_run_goes_first() -> None:
    kept = history.remember(runs("p" * KEPT), run(KEPT + 1, "f"))
    assert [ids(kept)[0], ids(kept)[-1]] == [("2", 1), (str(KEPT + 1), 1)]


@given(st.lists(LETTERS, max_size=5))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, given: list[dict[tuple[str, str], str]]) -> None:
    file = tmp_path_factory.getbasetemp() / "history.json"
    made = tuple(run(number, results) for number, results in enumerate(given))
    history_file.write(file, made)
    assert history_file.read(file) == made


def test_fifty_runs_of_two_thousand_tests_are_less_than_a_megabyte(tmp_path: Path) -> None:
    keys = [("integration-python", f"tests.integration.test_links_in_databases › test_number_{count}") for count in range(2000)]
    file = tmp_path / "history.json"
    history_file.write(file, [run(number, dict.fromkeys(keys, "p")) for number in range(KEPT)])
    assert file.stat().st_size < 1_000_000


def test_the_first_run_makes_the_file_and_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "history.json"
    assert history_file.read(file) == ()
    history_file.write(file, runs("p"))
    assert [one.name for one in file.parent.iterdir()] == ["history.json"]


def test_the_documents_example_is_a_history(tmp_path: Path) -> None:
    (tmp_path / "h").write_text(re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)[0])
    first, second = history_file.read(tmp_path / "h")
    assert [one.results["unit-python", "tests.unit.test_api › test_links"].outcome for one in (first, second)] == [
        "failed",
        "passed",
    ]


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """A history of two runs, after ``change``."""
    test = {"outcomes": "pf", "seconds": [1.0, 2.0]}
    heads = [
        {"id": str(number), "attempt": 1, "commit": "c", "branch": "main", "time": "2026-01-05T10:00:00Z"} for number in (1, 2)
    ]
    whole: dict[str, Any] = {"version": 1, "runs": heads, "tests": {"unit": {"test_a": test}}}
    change(whole)
    return json.dumps(whole)


BAD = {
    "": "must be the JSON of a history",
    '{"version": 1, "ru': "must be the JSON of a history",
    "[]": "version = null: must be 1",
    changed(lambda all_: all_.update(version=2)): "version = 2: must be 1",
    changed(lambda all_: all_.pop("tests")): "tests = .*: Field required",
    changed(lambda all_: all_["runs"][0].update(attempt=0)): r"runs\.0\.attempt = 0",
    changed(lambda all_: all_["runs"][0].update(time="yesterday")): r"runs\.0\.time = yesterday",
    changed(lambda all_: all_["runs"][1].update(id="1")): "an attempt of a run is in it twice",
    changed(lambda all_: all_["tests"]["unit"]["test_a"].update(outcomes="p")): "unit: test_a: must have an outcome",
    changed(lambda all_: all_["tests"]["unit"]["test_a"].update(outcomes="px")): r"outcomes = px",
    changed(lambda all_: all_["tests"]["unit"]["test_a"].update(outcomes="p-")): "unit: test_a: must have an outcome",
    changed(lambda all_: all_["tests"]["unit"]["test_a"].update(seconds=[1.0, float("nan")])): r"seconds\.1",
}


@pytest.mark.parametrize(("text", "said"), BAD.items(), ids=range(len(BAD)))
def test_one_that_cannot_be_read_is_an_error_and_stays_as_it_is(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "history.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=rf"history\.json: .*{said}.*remove it to begin a new history"):
        history_file.read(file)
    assert file.read_text() == text


def test_a_folder_or_bytes_in_its_place_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name in ("", "bytes"):
        with pytest.raises(UsageError, match="must be the JSON"):
            history_file.read(tmp_path / name)


def test_a_run_is_what_the_workflows_variables_say() -> None:
    environ = dict(zip(NEEDED, ("812", "2", "5f3c2a9", "12/merge"), strict=True))
    made = history.this_run(cases(run(1, "f")), environ, BEGIN)
    assert (made.id, made.attempt, made.commit, made.branch, made.time) == ("812", 2, "5f3c2a9", "12/merge", BEGIN)
    assert made.results == {KEY: Result(outcome="failed", seconds=1.0)}


@pytest.mark.parametrize("attempt", ["0", "-1", "two", "²"])
def test_an_attempt_that_is_no_number_is_refused(attempt: str) -> None:
    with pytest.raises(UsageError, match=f"GITHUB_RUN_ATTEMPT = {attempt}: must be a whole number"):
        history.this_run([], {"GITHUB_RUN_ATTEMPT": attempt}, BEGIN)


def test_tests_of_one_name_are_one_that_failed_where_one_did() -> None:
    same = [Case(report="a", name="b", seconds=0.2504, outcome=one, said="") for one in ("passed", "failed", "skipped")]
    assert history.this_run(same, {}, BEGIN).results == {("a", "b"): Result(outcome="failed", seconds=0.75)}
