"""The workflow files on a GitHub that keeps state: what a person sees on the branch and in the pull requests."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import github_calls as calls
import httpx2
import pytest
from github_lab import GitHubLab

from infra.errors import LockgateError
from infra.github import Clock, GitHub, GitHubError, Token
from infra.provider.github_context import GitHubContext
from infra.provider.proposal import BRANCH
from infra.provider.workflow_files import WorkflowFiles

CI, CD, BOT = ".github/workflows/ci.yml", ".github/workflows/cd.yml", ".github/dependabot.yml"


def workflow(name: str, more: str = "") -> str:
    return f"on: pull_request\njobs:\n  job:\n    name: {name}\n    runs-on: ubuntu-latest\n    steps: [{{run: 'true'}}]\n{more}"


@dataclass
class World:
    """``lab/podinfo``, and the resource as the engine drives it; ``said`` and ``warned`` are what the user reads."""

    lab: GitHubLab
    client: httpx2.Client
    alice: httpx2.Client
    state: dict[str, Any] | None = None
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    @property
    def context(self) -> GitHubContext:
        def wait(_: float) -> None:
            """Nobody waits in these tests."""

        github = GitHub(self.lab.url, Token(self.lab.token), self.said.append, Clock(wait=wait))
        return GitHubContext(github, self.said.append, self.warned.append, wait)

    def want(self, files: Mapping[str, str], *checks: str, message: str = "Update the workflow files") -> dict[str, Any]:
        """One update; the new state."""
        new = {"repository": "lab/podinfo", "branch": "main", "files": files, "checks": list(checks), "message": message}
        self.said.clear()
        self.warned.clear()
        self.state = WorkflowFiles().apply(self.state, new, self.context)
        return self.state

    def refresh(self) -> dict[str, Any] | None:
        self.state = WorkflowFiles().read(self.state or {}, self.context)
        return self.state

    def delete(self) -> None:
        self.warned.clear()
        WorkflowFiles().delete(self.state or {}, self.context)

    def files(self, branch: str = "main") -> dict[str, str]:
        """What is on a branch, without the first commit's README."""
        tree = calls.good(self.client.get(f"{calls.ROOT}/git/trees/{calls.tip(self.client, branch)}?recursive=1"))["tree"]
        blobs = {one["path"]: one["sha"] for one in tree if one["type"] == "blob" and one["path"] != "README.md"}
        read = {path: calls.good(self.client.get(f"{calls.ROOT}/git/blobs/{sha}"))["content"] for path, sha in blobs.items()}
        return {path: base64.b64decode(content).decode() for path, content in read.items()}

    def commits(self, branch: str = "main") -> list[str]:
        """The titles of its commits, newest first."""
        found = calls.good(self.client.get(f"{calls.ROOT}/commits?sha={branch}"))
        return [one["commit"]["message"].partition("\n")[0] for one in found]

    def pulls(self, state: str = "open") -> list[dict[str, Any]]:
        return list(calls.good(self.client.get(f"{calls.ROOT}/pulls?state={state}")))

    def edit(self, path: str, text: str) -> str:
        """Alice commits to main."""
        made = calls.commit(self.alice, {path: text}, calls.tip(self.alice))
        calls.good(calls.move(self.alice, "main", made))
        return made

    def merge(self, number: int, method: str = "squash") -> None:
        calls.good(self.client.put(f"{calls.ROOT}/pulls/{number}/merge", json={"merge_method": method}))


@pytest.fixture
def world(github: GitHubLab) -> World:
    client = github.client()
    calls.make_repository(client)
    calls.good(client.put(f"{calls.ROOT}/collaborators/alice", json={"permission": "push"}))
    return World(github, client, github.client(github.token_of("alice")))


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


def test_a_file_of_a_persons_own_is_not_overwritten_the_first_time_either(world: World) -> None:
    world.edit(CI, "on: push\n")
    world.want({CI: workflow("Tests")}, "Tests")
    assert world.files() == {CI: "on: push\n"}
    assert len(world.pulls()) == 1


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


def test_a_refresh_shows_a_persons_edit_as_it_is(world: World) -> None:
    world.want({CI: workflow("Tests"), CD: workflow("Deploy")}, "Tests", "Deploy")
    world.edit(CI, workflow("Renamed"))
    refreshed = world.refresh() or {}
    assert refreshed["files"] == {CI: workflow("Renamed"), CD: workflow("Deploy")}
    assert refreshed["published"] == ["Deploy"]


def test_a_refresh_with_our_pull_request_open_shows_what_it_proposes(world: World) -> None:
    world.want({CI: workflow("Tests")})
    world.edit(CI, workflow("Tests", "# mine\n"))
    state = world.want({CI: workflow("Tests", "# ours\n")})
    assert world.refresh() == state


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


def test_with_the_files_our_pull_request_goes_too(world: World) -> None:
    world.want({CI: workflow("Tests")})
    world.edit(CI, workflow("Tests", "# mine\n"))
    world.want({CI: workflow("Tests", "# ours\n")})
    world.delete()
    assert world.pulls() == []
    assert world.client.get(f"{calls.ROOT}/git/ref/heads/{BRANCH}").status_code == 404


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
