"""A program of one's own with the component of workflow files, on the real engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import github_calls as calls
import httpx2
import pytest
from github_lab import GitHubLab
from github_program import Program

CI, CD = ".github/workflows/ci.yml", ".github/workflows/cd.yml"
TESTS = "on: pull_request\njobs:\n  test:\n    name: Tests\n    runs-on: ubuntu-latest\n    steps: [{run: 'true'}]\n"
PROGRAM = '''
import json
from pathlib import Path

import pulumi

from components import WorkflowFiles, WorkflowFilesArgs
from infra.provider.resources import GitHubAccess, Provider

wanted = json.loads(Path("wanted.json").read_text())
access = GitHubAccess(**wanted.pop("provider")) if "provider" in wanted else None
opts = pulumi.ResourceOptions(providers=[Provider("own", github=access)] if access else None)
files = WorkflowFiles("podinfo", WorkflowFilesArgs(repository="lab/podinfo", **wanted), opts)
pulumi.export("published", files.published)
pulumi.export("pullRequest", files.pull_request)
'''


class World:
    """The program above, which wants what it is told, and its repository."""

    def __init__(self, folder: Path, github: GitHubLab) -> None:
        self.folder, self.github = folder, github
        self.client: httpx2.Client = github.client()
        calls.make_repository(self.client)
        (folder / "Pulumi.yaml").write_text("name: files\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self.program = Program(folder, github)

    def want(self, files: dict[str, str], **more: Any) -> Program:
        (self.folder / "wanted.json").write_text(json.dumps({"files": files, "published": ["Tests"], **more}))
        return self.program


@pytest.fixture
def world(tmp_path: Path, github: GitHubLab) -> World:
    return World(tmp_path, github)


def test_the_files_come_stay_and_go(world: World) -> None:
    program = world.want({CI: TESTS, CD: "on: push\n"})
    program.up()
    assert program.outputs()["published"] == ["Tests"]
    program.settles()
    assert world.github.token not in program.state()
    program.good("destroy", "--yes", "--skip-preview")
    assert world.client.get(f"{calls.ROOT}/contents/{CI}").status_code == 404


def test_a_preview_shows_which_files_change_and_how(world: World) -> None:
    world.want({CI: TESTS, CD: "on: push\n"}).up()
    shown = world.want({CI: TESTS.replace("true", "false"), "CODEOWNERS": "* @lab/platform\n"}).good("preview", "--diff")
    assert '~ run: "true" => "false"' in shown
    assert "- .github/workflows/cd.yml" in shown.replace('"', "")
    assert "+ CODEOWNERS" in shown.replace('"', "")


def test_a_pull_request_is_warned_of_looked_at_again_and_settles_once_merged(world: World) -> None:
    world.want({CI: TESTS}).up()
    calls.ruleset(world.client, {"type": "pull_request", "parameters": calls.PULL_REQUEST})
    program = world.want({CI: TESTS + "# more\n"})
    said = program.up()
    number = program.outputs()["pullRequest"]
    assert "warning: lab/podinfo: the rules of main refuse a direct commit" in said
    assert f"proposed in pull request #{number} instead" in said
    assert program.changes() == {"WorkflowFiles podinfo": "update"}
    calls.good(world.client.put(f"{calls.ROOT}/pulls/{number}/merge", json={"merge_method": "squash"}))
    program.up()
    assert "pullRequest" not in program.outputs() or program.outputs()["pullRequest"] is None
    program.settles()


def test_an_edit_by_hand_is_seen_by_a_refresh_and_not_overwritten(world: World) -> None:
    program = world.want({CI: TESTS})
    program.up()
    edited = calls.commit(world.client, {CI: TESTS + "# mine\n"}, calls.tip(world.client))
    calls.good(calls.move(world.client, "main", edited))
    program.good("refresh", "--yes", "--skip-preview")
    assert program.changes() == {"WorkflowFiles podinfo": "update"}
    assert "somebody else has changed these files" in program.up()
    assert calls.tip(world.client) == edited


def test_a_token_of_the_program_is_encrypted_in_the_state(world: World) -> None:
    token = world.github.token
    world.program.environment.update(GITHUB_TOKEN="", GITHUB_BASE_URL="")
    program = world.want({CI: TESTS}, provider={"url": world.github.url, "token": token})
    said = program.up()
    assert token not in program.state() + said
    program.settles()


def test_without_a_token_the_user_is_told_what_to_give(world: World) -> None:
    world.program.environment.update(GITHUB_TOKEN="")
    assert "GitHub: nothing to sign in with: give the provider a githubToken" in world.want({CI: TESTS}).bad("up", "--yes")


def test_a_deleted_repository_takes_its_files_out_of_the_state(world: World) -> None:
    program = world.want({CI: TESTS})
    program.up()
    calls.good(world.client.delete(calls.ROOT))
    program.good("refresh", "--yes", "--skip-preview")
    assert program.changes() == {"WorkflowFiles podinfo": "create"}
    program.good("destroy", "--yes", "--skip-preview")
