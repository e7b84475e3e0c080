"""The workflow files in a pull request: what a person may have changed, and what rules keep from the branch, is asked for."""

from __future__ import annotations

from collections.abc import Mapping

import github_calls as calls
import pytest
from workflow_world import BOT, CD, CI, World, workflow, world

from infra.provider.proposal import BRANCH

__all__ = ["world"]


def test_a_persons_edit_is_answered_by_a_pull_request_that_names_it(world: World) -> None:
    world.want({CI: workflow("Tests")}, "Tests")
    made = world.edit(CI, workflow("Tests", "# mine\n"))
    state = world.want({CI: workflow("Tests", "# ours\n")}, "Tests")
    assert world.files() == {CI: workflow("Tests", "# mine\n")}
    assert world.files(BRANCH) == {CI: workflow("Tests", "# ours\n")}
    (pull,) = world.pulls()
    assert state["pullRequest"] == pull["number"]
    assert pull["title"] == "Update the workflow files"
    (warning,) = world.warned
    assert f"somebody else has changed these files: {CI} (alice in {made[:7]})" in warning
    assert f"proposed in pull request #{pull['number']} instead" in warning
    assert f"alice in {made[:7]}" in pull["body"]


def test_a_pull_request_of_a_person_that_touches_a_file_is_named(world: World) -> None:
    world.want({CI: workflow("Tests")})
    calls.branch(world.alice, "faster", {CI: workflow("Tests", "# faster\n"), "README.md": "hi\n"})
    theirs = calls.pull(world.alice, "faster")["number"]
    world.want({CI: workflow("Tests", "# ours\n")})
    assert world.files() == {CI: workflow("Tests")}
    assert f"pull request #{theirs} of alice changes {CI} too" in world.warned[0]
    assert {pull["number"] for pull in world.pulls()} == {theirs, (world.state or {})["pullRequest"]}


def test_a_pull_request_about_something_else_is_in_nobodys_way(world: World) -> None:
    world.want({CI: workflow("Tests")})
    calls.branch(world.alice, "words", {"README.md": "hi\n"})
    calls.pull(world.alice, "words")
    world.want({CI: workflow("Tests", "# ours\n")})
    assert world.files()[CI] == workflow("Tests", "# ours\n")
    assert world.warned == []


def test_rules_that_refuse_a_direct_commit_get_a_pull_request(world: World) -> None:
    world.want({CI: workflow("Tests")}, "Tests")
    calls.ruleset(world.client, {"type": "pull_request", "parameters": calls.PULL_REQUEST})
    state = world.want({CI: workflow("Tests", "# ours\n")}, "Tests")
    assert world.files() == {CI: workflow("Tests")}
    assert "the rules of main refuse a direct commit (" in world.warned[0]
    assert "pull request" in world.warned[0]
    assert state["published"] == ["Tests"]


def test_our_pull_request_is_brought_up_to_date_in_place(world: World) -> None:
    world.want({CI: workflow("Tests")})
    world.edit(CI, workflow("Tests", "# mine\n"))
    first = world.want({CI: workflow("Tests", "# one\n")})
    world.edit("src/main.py", "print()\n")
    second = world.want({CI: workflow("Tests", "# two\n"), CD: workflow("Deploy")}, message="Deploy too")
    assert second["pullRequest"] == first["pullRequest"]
    assert [pull["title"] for pull in world.pulls()] == ["Deploy too"]
    assert world.files(BRANCH) == {CI: workflow("Tests", "# two\n"), CD: workflow("Deploy"), "src/main.py": "print()\n"}
    again = world.want({CI: workflow("Tests", "# two\n"), CD: workflow("Deploy")}, message="Deploy too")
    assert again == second


def test_what_the_program_takes_back_goes_out_of_our_pull_request(world: World) -> None:
    world.want({CI: "1", BOT: "1"})
    calls.ruleset(world.client, {"type": "pull_request", "parameters": calls.PULL_REQUEST})
    first = world.want({CI: "2", BOT: "2", CD: "2"})
    second = world.want({CI: "2", BOT: "1"})
    assert second["pullRequest"] == first["pullRequest"]
    assert world.files(BRANCH) == {CI: "2", BOT: "1"}
    assert world.want({CI: "2", BOT: "1"}) == second
    world.merge(second["pullRequest"])
    assert world.files() == {CI: "2", BOT: "1"}


def test_a_push_of_a_person_to_a_file_that_we_do_not_change_is_left_alone_too(world: World) -> None:
    world.want({CI: "1", BOT: "1"})
    calls.ruleset(world.client, {"type": "pull_request", "parameters": calls.PULL_REQUEST})
    world.want({CI: "2", BOT: "1"})
    pushed = calls.commit(world.alice, {BOT: "mine"}, calls.tip(world.alice, BRANCH))
    calls.good(calls.move(world.alice, BRANCH, pushed))
    world.want({CI: "2", BOT: "1"})
    assert calls.tip(world.client, BRANCH) == pushed
    assert f"somebody has pushed {pushed[:7]} to {BRANCH}" in world.warned[0]


def test_a_push_of_a_person_to_our_branch_is_left_alone(world: World) -> None:
    world.want({CI: workflow("Tests")})
    world.edit(CI, workflow("Tests", "# mine\n"))
    world.want({CI: workflow("Tests", "# one\n")})
    pushed = calls.commit(world.alice, {CI: workflow("Tests", "# better\n")}, calls.tip(world.alice, BRANCH))
    calls.good(calls.move(world.alice, BRANCH, pushed))
    world.want({CI: workflow("Tests", "# two\n")})
    assert calls.tip(world.client, BRANCH) == pushed
    assert f"somebody has pushed {pushed[:7]} to {BRANCH}, which is left as it is" in world.warned[0]


@pytest.mark.parametrize("method", ["squash", "merge", "rebase"])
def test_once_merged_it_is_as_if_it_had_been_committed(world: World, method: str) -> None:
    wanted = {CI: workflow("Unit tests")}
    world.want({CI: workflow("Tests")}, "Tests")
    world.edit(CI, workflow("Tests", "# mine\n"))
    assert world.want(wanted, "Unit tests")["published"] == ["Tests"]
    world.merge((world.state or {})["pullRequest"], method)
    state = world.want(wanted, "Unit tests")
    assert (state["published"], state["pullRequest"], state["commit"]) == (["Unit tests"], None, calls.tip(world.client))
    assert world.warned == []
    assert world.client.get(f"{calls.ROOT}/git/ref/heads/{BRANCH}").status_code == 404
    world.want({CI: workflow("Unit tests", "# next\n")})
    assert world.files() == {CI: workflow("Unit tests", "# next\n")}


def test_a_refresh_sees_the_merge_and_the_next_change_begins_anew(world: World) -> None:
    world.want({CI: workflow("Tests")}, "Tests")
    world.edit(CI, workflow("Tests", "# mine\n"))
    world.want({CI: workflow("Unit tests")}, "Unit tests")
    world.merge((world.state or {})["pullRequest"])
    refreshed = world.refresh() or {}
    assert (refreshed["pullRequest"], refreshed["published"]) == (None, ["Unit tests"])
    assert refreshed["files"] == {CI: workflow("Unit tests")}
    assert refreshed["commit"] == calls.tip(world.client)
    world.edit(CI, workflow("Unit tests", "# mine again\n"))
    world.want({CI: workflow("Unit tests", "# ours\n")}, "Unit tests")
    assert [pull["state"] for pull in world.pulls("all")] == ["open", "closed"]


def proposed_and_merged(world: World, first: Mapping[str, str], then: Mapping[str, str], *, refreshed: bool) -> None:
    """``first`` is committed, ``then`` comes by a pull request of ours that the rules asked for; afterwards they are gone."""
    world.want(first)
    rules = calls.ruleset(world.client, {"type": "pull_request", "parameters": calls.PULL_REQUEST})
    world.merge(world.want(then)["pullRequest"])
    calls.good(world.client.delete(f"{calls.ROOT}/rulesets/{rules['id']}"))
    if refreshed:
        world.refresh()


@pytest.mark.parametrize("refreshed", [True, False])
def test_what_was_merged_is_ours_and_the_next_change_accuses_nobody(world: World, refreshed: bool) -> None:
    proposed_and_merged(world, {CI: "1", BOT: "1"}, {CI: "2", CD: "2"}, refreshed=refreshed)
    world.want({CI: "3", BOT: "3"})
    assert world.warned == []
    assert world.files() == {CI: "3", BOT: "3"}


@pytest.mark.parametrize("refreshed", [True, False])
def test_what_was_merged_goes_with_the_rest(world: World, refreshed: bool) -> None:
    proposed_and_merged(world, {CI: "1"}, {CI: "2", CD: "2"}, refreshed=refreshed)
    world.delete()
    assert world.warned == []
    assert world.files() == {}


@pytest.mark.parametrize("refreshed", [True, False])
def test_a_persons_change_to_what_was_merged_is_a_persons(world: World, refreshed: bool) -> None:
    proposed_and_merged(world, {CI: "1"}, {CI: "2", CD: "2"}, refreshed=refreshed)
    made = world.edit(CD, "mine")
    world.refresh()
    world.want({CI: "3", CD: "3"})
    assert f"somebody else has changed these files: {CD} (alice in {made[:7]})" in world.warned[0]
    assert world.files() == {CI: "2", CD: "mine"}


def test_a_file_of_a_persons_own_at_a_path_that_we_only_proposed_stays_with_them(world: World) -> None:
    world.want({CI: "1"})
    world.edit(CI, "mine")
    world.want({CI: "2", CD: "2"})
    world.edit(CD, "mine")
    world.delete()
    assert world.files() == {CI: "mine", CD: "mine"}
    assert world.warned == [f"lab/podinfo: {CI} stay, since somebody else has changed them; remove them by hand"]


def test_a_refresh_with_our_pull_request_open_shows_what_it_proposes(world: World) -> None:
    world.want({CI: workflow("Tests")})
    world.edit(CI, workflow("Tests", "# mine\n"))
    state = world.want({CI: workflow("Tests", "# ours\n")})
    assert world.refresh() == state


def test_with_the_files_our_pull_request_goes_too(world: World) -> None:
    world.want({CI: workflow("Tests")})
    world.edit(CI, workflow("Tests", "# mine\n"))
    world.want({CI: workflow("Tests", "# ours\n")})
    world.delete()
    assert world.pulls() == []
    assert world.client.get(f"{calls.ROOT}/git/ref/heads/{BRANCH}").status_code == 404
