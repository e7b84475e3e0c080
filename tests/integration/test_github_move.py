"""A stack that has a past on GitHub goes elsewhere, and one without a past takes over what is there, as docs/github.md says."""

from __future__ import annotations

import json

import pytest
from github_lab import GitHubLab

from benchmarks.rig import Factory, Stack

pytestmark = pytest.mark.lab
FAST = {"smokeTestEnabled": False, "bakeSeconds": 0}
KEPT = {"pulumi:providers:github", "lockgate:index:Repository", "github:index/repository:Repository"}


@pytest.fixture
def stack(make_stack: Factory, github: GitHubLab) -> Stack:
    """One that manages lab/podinfo. Nothing is deployed yet."""
    made = make_stack(**{"github.repository": "lab/podinfo", "github.baseUrl": github.url, "strategy": "rolling", **FAST})
    made.set(**{"github.manages": "repository", "github.deletion": "allow", "github.stacks": made.name})
    made.start("pulumi", "config", "set", "github.token", github.token, "--secret", "-s", made.name).wait().good()
    made.want("1.0.0")
    return made


def status(github: GitHubLab, repository: str) -> int:
    with github.client() as client:
        return client.get(f"/repos/{repository}").status_code


def test_a_stack_moves_only_after_what_it_has_was_taken_away(stack: Stack, github: GitHubLab) -> None:
    stack.up().good()
    stack.set(**{"github.repository": "lab/other"})
    assert f"must stay {github.url}/lab/podinfo while stack {stack.name} has something there" in stack.up().bad().output
    stack.set(**{"github.repository": "lab/podinfo"})
    stack.up("--expect-no-changes").good()
    chosen = ("--target", "**pulumi:providers:github::github", "--target-dependents")
    stack.pulumi("destroy", "--yes", "--skip-preview", *chosen).good()
    asked = {(one["method"], one["path"]) for one in github.violations()}
    assert asked <= {("GET", "/repos/lab/")}, "more than the provider's looking for repositories without a name"
    github.forgive()
    assert stack.ledger().live, "the service went too"
    assert status(github, "lab/podinfo") == 404
    stack.set(**{"github.repository": "lab/other"})
    stack.up().good()
    assert status(github, "lab/other") == 200
    stack.pulumi("destroy", "--yes", "--skip-preview").good()


def test_a_repository_that_is_there_is_imported(stack: Stack, github: GitHubLab) -> None:
    with github.client() as client:
        before = client.post("/orgs/lab/repos", json={"name": "podinfo", "private": True, "auto_init": True}).json()
    stack.preview("--import-file", "import.json").good()
    file = stack.folder / "import.json"
    kept = [one for one in json.loads(file.read_text())["resources"] if one["type"] in KEPT]
    file.write_text(json.dumps({"resources": [{**one, "id": "podinfo"} if "id" in one else one for one in kept]}))
    stack.pulumi("import", "-f", "import.json", "--generate-code=false", "--yes", "--skip-preview").good()
    stack.up().good()
    stack.up("--expect-no-changes").good()
    with github.client() as client:
        assert client.get("/repos/lab/podinfo").json()["id"] == before["id"]
    stack.pulumi("destroy", "--yes", "--skip-preview").good()
