"""What a repository's environments register, and what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc
from pydantic import SecretStr
from recording_engine import Recorder, Refused, run
from service_story import comes_before, find, names

from components import EnvironmentArgs, Environments, EnvironmentsArgs
from infra.errors import LockgateError

USER, TEAM = "github:index/getUser:getUser", "github:index/getTeam:getTeam"
IDS = {"alice": 12, "bob": 11, "platform": 21}
SECRET = {rpc._special_sig_key: rpc._special_secret_sig, "value": "hunter2"}


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    name = asked.get("username") or asked["slug"]
    if name not in IDS:
        raise Refused(f"GET https://github.test/api/v3/users/{name}: 404 Not Found []")
    return {"id": str(IDS[name])}


def made(*environments: EnvironmentArgs, repository: str = "podinfo") -> Recorder:
    args = EnvironmentsArgs(repository=repository, environments=environments)
    return run(lambda: Environments("podinfo", args), answers={USER: answer, TEAM: answer})


def one(**changes: Any) -> Recorder:
    return made(EnvironmentArgs(**{"name": "production", **changes}))


def environment(recorder: Recorder) -> Mapping[str, Any]:
    return find(recorder, "RepositoryEnvironment", "podinfo-production").inputs


def test_an_environment_that_waits_for_nothing_says_nothing_of_waiting() -> None:
    assert environment(one()) == {
        "repository": "podinfo",
        "environment": "production",
        "canAdminsBypass": False,
        "deploymentBranchPolicy": {"protectedBranches": False, "customBranchPolicies": True},
    }


def test_an_environment_waits_for_people_teams_and_time() -> None:
    inputs = environment(one(users=["alice", "bob"], teams=["platform"], wait_minutes=30, admins_bypass=True))
    assert inputs["reviewers"] == [{"users": [11, 12], "teams": [21]}]
    assert (inputs["preventSelfReview"], inputs["waitTimer"], inputs["canAdminsBypass"]) == (True, 30, True)


def test_a_kind_of_reviewer_that_nobody_is_of_is_not_said() -> None:
    assert environment(one(teams=["platform"], prevent_self_review=False))["reviewers"] == [{"teams": [21]}]


@pytest.mark.parametrize(("kind", "subject"), [("users", "user zoe"), ("teams", "team zoe")])
def test_a_reviewer_that_github_does_not_know_is_named_with_the_environment(kind: str, subject: str) -> None:
    with pytest.raises(LockgateError, match=f"^environment production: {kind}: GitHub knows no {subject}, .*; correct the name"):
        one(**{kind: ["zoe"]})


def test_every_pattern_is_a_policy_of_its_kind() -> None:
    recorder = one(branches=["main", "release/*"], tags=["v*"])
    found = {
        name: (made.inputs.get("branchPattern"), made.inputs.get("tagPattern"))
        for (kind, name), made in recorder.registered.items()
        if kind.endswith("DeploymentPolicy")
    }
    assert found == {
        "podinfo-production-branch-main": ("main", None),
        "podinfo-production-branch-release/*": ("release/*", None),
        "podinfo-production-tag-v*": (None, "v*"),
    }


@pytest.mark.parametrize("value", [SecretStr("hunter2"), "hunter2"])
def test_a_secret_is_a_secret_on_its_way_whatever_it_came_as(value: Any) -> None:
    secret = find(one(secrets={"TOKEN": value}), "ActionsEnvironmentSecret", "podinfo-production-TOKEN")
    assert secret.inputs == {"repository": "podinfo", "environment": "production", "secretName": "TOKEN", "value": "hunter2"}
    assert secret.raw["value"] == SECRET


def test_a_secret_that_flows_through_is_one_too() -> None:
    secret = find(
        one(secrets={"TOKEN": pulumi.Output.from_input("hunter2")}), "ActionsEnvironmentSecret", "podinfo-production-TOKEN"
    )
    assert secret.raw["value"] == SECRET


def test_a_variable_is_open() -> None:
    variable = find(one(variables={"REGION": "eu"}), "ActionsEnvironmentVariable", "podinfo-production-REGION")
    assert variable.raw == {"repository": "podinfo", "environment": "production", "variableName": "REGION", "value": "eu"}


def test_what_is_in_an_environment_comes_after_it_and_goes_with_it() -> None:
    recorder = one(secrets={"TOKEN": "x"}, variables={"REGION": "eu"})
    outer = find(recorder, "RepositoryEnvironment", "podinfo-production")
    inner = [made for (kind, _), made in recorder.registered.items() if kind.startswith("github:") and made is not outer]
    assert len(inner) == 3
    for made in inner:
        assert comes_before(recorder, outer, made)
        assert made.options["deletedWith"] == outer.urn


def test_environments_do_not_share_what_is_in_them() -> None:
    recorder = made(EnvironmentArgs(name="dev", variables={"A": "1"}), EnvironmentArgs(name="prod", variables={"A": "2"}))
    assert names(recorder, "ActionsEnvironmentVariable") == {"podinfo-dev-A", "podinfo-prod-A"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"branches": ()}, ["production", "branches and tags", "name a pattern"]),
        ({"users": list("abcd"), "teams": list("xyz")}, ["has 7 reviewers", "takes 6", "name a team"]),
        ({"wait_minutes": 43201}, ["wait_minutes = 43201", "0 to 43200"]),
        ({"wait_minutes": -1}, ["wait_minutes = -1", "0 to 43200"]),
        ({"secrets": {"token": "x"}}, ["token", "capital letters", "rename"]),
        ({"variables": {"GITHUB_ENV": "x"}}, ["GITHUB_ENV", "must not begin with GITHUB_"]),
        ({"variables": {"1ST": "x"}}, ["1ST", "no digit first"]),
    ],
)
def test_what_cannot_work_does_not_construct(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ValueError, match="environment production") as caught:
        one(**changes)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_two_names_that_are_one_to_github_are_refused() -> None:
    with pytest.raises(ValueError, match="environments Prod and prod are one to GitHub"):
        made(EnvironmentArgs(name="Prod"), EnvironmentArgs(name="prod"))
