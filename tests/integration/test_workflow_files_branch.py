"""The workflow files on the branch: what an update commits there, takes away, and leaves alone."""

from __future__ import annotations

import github_calls as calls
import pytest
from workflow_world import BOT, CD, CI, World, workflow, world

from infra.errors import LockgateError
from infra.github import GitHubError

__all__ = ["world"]


def test_all_files_come_in_one_commit_and_a_second_update_makes_none(world: World) -> None:
    state = world.want({CI: workflow("Tests"), CD: workflow("Deploy")}, "Tests")
    assert world.files() == {CI: workflow("Tests"), CD: workflow("Deploy")}
    assert (state["published"], state["pullRequest"], state["commit"]) == (["Tests"], None, calls.tip(world.client))
    assert world.want({CI: workflow("Tests"), CD: workflow("Deploy")}, "Tests") == state
    assert world.refresh() == state
    assert len(world.commits()) == 2


def test_a_change_is_one_commit_that_writes_adds_and_takes_away(world: World) -> None:
    world.want({CI: workflow("Tests"), CD: workflow("Deploy")})
    world.want({CI: workflow("Tests", "# more\n"), BOT: "version: 2\n"}, message="Let the bot look\n\nEach week.")
    assert world.files() == {CI: workflow("Tests", "# more\n"), BOT: "version: 2\n"}
    assert world.commits()[:2] == ["Let the bot look", "Update the workflow files"]


def test_what_else_is_on_the_branch_stays_as_it_is(world: World) -> None:
    world.want({CI: workflow("Tests")})
    world.edit("src/main.py", "print()\n")
    world.want({CI: workflow("Tests", "# more\n")})
    assert world.files() == {CI: workflow("Tests", "# more\n"), "src/main.py": "print()\n"}
    assert world.warned == []


def test_files_that_are_there_already_are_taken_over_without_a_commit(world: World) -> None:
    before = world.edit(CI, workflow("Tests"))
    state = world.want({CI: workflow("Tests")}, "Tests")
    assert (calls.tip(world.client), state["commit"], state["published"]) == (before, before, ["Tests"])


def test_a_file_of_a_persons_own_is_not_overwritten_the_first_time_either(world: World) -> None:
    world.edit(CI, "on: push\n")
    world.want({CI: workflow("Tests")}, "Tests")
    assert world.files() == {CI: "on: push\n"}
    assert len(world.pulls()) == 1


def test_a_refresh_shows_a_persons_edit_as_it_is(world: World) -> None:
    world.want({CI: workflow("Tests"), CD: workflow("Deploy")}, "Tests", "Deploy")
    world.edit(CI, workflow("Renamed"))
    refreshed = world.refresh() or {}
    assert refreshed["files"] == {CI: workflow("Renamed"), CD: workflow("Deploy")}
    assert refreshed["published"] == ["Deploy"]


def test_a_repository_that_is_gone_leaves_the_state(world: World) -> None:
    world.want({CI: workflow("Tests")})
    state = world.state
    calls.good(world.client.delete(calls.ROOT))
    assert world.refresh() is None
    world.state = state
    world.delete()
    assert world.warned == []


def test_what_was_written_here_is_taken_away_and_what_others_changed_stays(world: World) -> None:
    world.want({CI: workflow("Tests"), CD: workflow("Deploy"), BOT: "version: 2\n"})
    world.edit(CD, workflow("Deploy", "# mine\n"))
    world.delete()
    assert world.files() == {CD: workflow("Deploy", "# mine\n")}
    assert world.warned == [f"lab/podinfo: {CD} stay, since somebody else has changed them; remove them by hand"]


def test_rules_that_refuse_to_take_them_away_leave_them_with_a_word(world: World) -> None:
    world.want({CI: workflow("Tests")})
    calls.ruleset(world.client, {"type": "pull_request", "parameters": calls.PULL_REQUEST})
    world.delete()
    assert world.files() == {CI: workflow("Tests")}
    assert f"lab/podinfo: {CI} stay, since main takes no direct commit" in world.warned[0]


def test_a_branch_that_moves_in_between_is_looked_at_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.github.repository import Repository

    world.want({CI: workflow("Tests")})
    move, moved = Repository.move, []

    def race(repository: Repository, branch: str, commit: str) -> None:
        if not moved:
            moved.append(world.edit("src/main.py", "print()\n"))
        move(repository, branch, commit)

    monkeypatch.setattr(Repository, "move", race)
    world.want({CI: workflow("Tests", "# ours\n")})
    assert world.files() == {CI: workflow("Tests", "# ours\n"), "src/main.py": "print()\n"}
    assert "somebody moves main at the same time: looking again" in world.said


def test_a_repository_without_the_branch_is_an_error_that_names_both(world: World) -> None:
    calls.good(world.client.delete(calls.ROOT))
    with pytest.raises(LockgateError, match="lab/podinfo has no branch main with a commit in it that the token may see"):
        world.want({CI: workflow("Tests")})


@pytest.mark.parametrize("kind", ["secondary_rate_limit", "bad_gateway"])
def test_limits_and_gateways_are_survived(world: World, kind: str) -> None:
    with world.lab.fault(kind, times=3, retry_after=1) as fault:
        world.want({CI: workflow("Tests")}, "Tests")
        assert fault.hits == 3
    assert world.files() == {CI: workflow("Tests")}
    assert len(world.commits()) == 2


def test_a_token_that_may_not_write_changes_nothing_and_the_permission_is_named(world: World) -> None:
    world.want({CI: workflow("Tests")})
    with world.lab.fault("forbidden", method="POST"), pytest.raises(GitHubError, match="the token needs contents and workflows"):
        world.want({CI: workflow("Tests", "# ours\n")})
    assert world.files() == {CI: workflow("Tests")}


def test_the_token_is_in_nothing_that_is_kept_or_said(world: World) -> None:
    world.want({CI: workflow("Tests")})
    assert world.lab.token not in repr((world.state, world.said, world.warned, world.context))
