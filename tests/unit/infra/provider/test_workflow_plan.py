"""What is done about workflow files, for everything that may be on the branch."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.provider.workflow_plan import Own, Pull, blob_hash, listed, plan

CI, CD = ".github/workflows/ci.yml", ".github/workflows/cd.yml"
HASHES = st.dictionaries(st.sampled_from([CI, CD, "a", "b"]), st.sampled_from(["1", "2", "3"]))
PULLS = st.lists(
    st.builds(
        Pull, number=st.integers(1, 99), author=st.just("alice"), paths=st.frozensets(st.sampled_from([CI, CD, "a", "other"]))
    ),
    max_size=3,
)


def pull(*paths: str) -> Pull:
    return Pull(number=12, author="alice", paths=frozenset(paths))


def test_the_first_files_are_committed() -> None:
    decision = plan({}, {}, {CI: "1"}, [])
    assert (decision.action, decision.changed) == ("commit", {CI})


def test_a_change_of_ours_is_committed_where_nobody_else_made_one() -> None:
    decision = plan({CI: "1", CD: "1"}, {CI: "1", CD: "1"}, {CI: "2", CD: "1"}, [])
    assert (decision.action, decision.changed) == ("commit", {CI})


def test_a_file_that_is_no_longer_wanted_is_taken_away() -> None:
    decision = plan({CI: "1", CD: "1"}, {CI: "1", CD: "1"}, {CI: "1"}, [])
    assert (decision.action, decision.changed) == ("commit", {CD})


def test_files_that_are_there_already_are_taken_over() -> None:
    assert plan({}, {CI: "1"}, {CI: "1"}, []).action == "keep"
    assert plan({CI: "0"}, {CI: "1"}, {CI: "1"}, []).action == "keep"


@pytest.mark.parametrize("theirs", [{CI: "person"}, {}])
def test_a_file_that_somebody_has_changed_or_taken_away_is_proposed(theirs: dict[str, str]) -> None:
    decision = plan({CI: "1"}, theirs, {CI: "2"}, [])
    assert (decision.action, decision.edited) == ("propose", (CI,))
    assert decision.reason == "somebody else has changed these files"


def test_a_file_of_somebodys_that_was_there_first_is_not_overwritten() -> None:
    assert plan({}, {CI: "person"}, {CI: "1"}, []).action == "propose"


def test_a_pull_request_that_changes_the_same_file_is_named_and_not_passed_by() -> None:
    decision = plan({CI: "1"}, {CI: "1"}, {CI: "2"}, [pull(CI, "README.md")])
    assert decision.action == "propose"
    assert decision.reason == f"pull request #12 of alice changes {CI} too"


def test_a_pull_request_about_something_else_is_in_nobodys_way() -> None:
    assert plan({CI: "1", CD: "1"}, {CI: "1", CD: "1"}, {CI: "2", CD: "1"}, [pull(CD)]).action == "commit"


@given(HASHES, HASHES, HASHES)
def test_ours_is_what_was_merged_and_besides_what_was_written(
    written: dict[str, str], offered: dict[str, str], theirs: dict[str, str]
) -> None:
    last = Own(written, offered).last(theirs)
    for path in {*written, *offered, *theirs, *last}:
        merged = theirs.get(path) == offered.get(path)
        assert last.get(path) == (offered if merged else written).get(path)


def test_a_file_whose_end_was_merged_may_come_again() -> None:
    last = Own({CI: "1", CD: "1"}, {CI: "1"}).last({CI: "1"})
    assert plan(last, {CI: "1"}, {CI: "1", CD: "1"}, []).action == "commit"


@given(HASHES, HASHES, HASHES, PULLS)
def test_a_persons_change_is_never_overwritten(
    last: dict[str, str], theirs: dict[str, str], wanted: dict[str, str], pulls: list[Pull]
) -> None:
    decision = plan(last, theirs, wanted, pulls)
    different = {path for path in {*last, *wanted} if theirs.get(path) != wanted.get(path)}
    assert decision.changed == different
    assert (decision.action == "keep") == (not different)
    if decision.action == "commit":
        assert all(theirs.get(path) == last.get(path) for path in different)
        assert not any(one.paths & different for one in pulls)


def test_a_files_hash_is_the_one_that_git_gives(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("größe: 1\n")
    done = subprocess.run(["git", "hash-object", "file"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert blob_hash("größe: 1\n") == done.stdout.strip()


def test_many_paths_are_cut_short() -> None:
    assert listed(["d", "c", "b", "a"]) == "a, b, c and 1 more"
