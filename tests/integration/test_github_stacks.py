"""Stacks that have a repository on GitHub: one manages it, each has its environment, and the service is beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from github_lab import GitHubLab

from benchmarks.rig import Factory, Stack

pytestmark = pytest.mark.lab
ENVIRONMENTS = ("development", "staging", "production")
SECRET = "hunter2-of-the-jobs"  # noqa: S105


@pytest.fixture
def stacks(make_stack: Factory, github: GitHubLab) -> Iterator[dict[str, Stack]]:
    """One stack for each environment; the first manages the repository, the last names no release. Nothing is deployed yet."""
    common = {"github.repository": "lab/podinfo", "github.baseUrl": github.url, "smokeTestEnabled": False, "bakeSeconds": 0}
    strategy = {"development": "rolling"}
    approval = {"production": {"approvalRequired": True, "github.reviewers": "user:alice,team:platform"}}
    made = {
        name: make_stack(
            **common, **approval.get(name, {}), **{"github.environment": name, "strategy": strategy.get(name, "blue-green")}
        )
        for name in ENVIRONMENTS
    }
    first = made["development"]
    first.set(**{"github.manages": "repository", "github.deletion": "allow"})
    first.set(**{"github.stacks": ",".join(stack.name for stack in made.values())})
    for stack in made.values():
        for key, value in {"github.token": github.token, "github.secrets": json.dumps({"DATABASE_URL": SECRET})}.items():
            stack.start("pulumi", "config", "set", key, value, "--secret", "-s", stack.name).wait().good()
        if stack is not made["production"]:
            stack.want("1.0.0")
    yield made
    for stack in reversed(made.values()):
        if stack.state_file.exists():
            stack.pulumi("destroy", "--yes", "--skip-preview")


def ask(github: GitHubLab, path: str) -> Any:
    with github.client() as client:
        answer = client.get(path)
    assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
    return answer.json()


def required(github: GitHubLab) -> set[str]:
    """The checks without which nothing gets into the default branch."""
    rules = {one["type"]: one for one in ask(github, "/repos/lab/podinfo/rules/branches/main")}
    return {one["context"] for one in rules["required_status_checks"]["parameters"]["required_status_checks"]}


def settled(stack: Stack) -> None:
    """A second update changes nothing, and neither does one after a look at what is live."""
    stack.up("--expect-no-changes").good()
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes").good()
    stack.preview("--expect-no-changes").good()


def test_three_stacks_provision_a_repository_and_leave_nothing(stacks: dict[str, Stack], github: GitHubLab) -> None:
    for stack in stacks.values():
        stack.up().good()
        settled(stack)
    assert set(stacks["production"].outputs()) == {"repository", "repositoryUrl"}
    assert {one["name"] for one in ask(github, "/repos/lab/podinfo/environments")["environments"]} == set(ENVIRONMENTS)
    assert {github.secret("lab/podinfo", "DATABASE_URL", name) for name in ENVIRONMENTS} == {SECRET}
    variables = {name: ask(github, f"/repos/lab/podinfo/environments/{name}/variables")["variables"] for name in ENVIRONMENTS}
    assert {name: {one["name"]: one["value"] for one in given} for name, given in variables.items()} == {
        name: {"LOCKGATE_STACK": stack.name} for name, stack in stacks.items()
    }
    workflows = {one["name"] for one in ask(github, "/repos/lab/podinfo/contents/.github/workflows")}
    assert {"ci.yml", "cd.yml", "security.yml", "quality.yml", "release.yml", "rollback.yml", "preview.yml"} <= workflows
    assert "Build" in required(github)
    for stack in reversed(stacks.values()):
        stack.pulumi("destroy", "--yes", "--skip-preview").good()
    with github.client() as client:
        assert client.get("/repos/lab/podinfo").status_code == 404
    assert all(SECRET not in stack.state_text() and github.token not in stack.state_text() for stack in stacks.values())


def test_an_environment_without_its_repository_says_who_makes_it(stacks: dict[str, Stack]) -> None:
    done = stacks["staging"].up().bad()
    assert "github.repository = lab/podinfo: name: GitHub knows no repository podinfo" in done.output
    assert "it is made by the stack whose github.manages is repository" in done.output
