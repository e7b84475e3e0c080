"""What a repository registers, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime import rpc
from recording_engine import Recorder, Refused, run
from service_story import find, names

from components import Repository, RepositoryArgs
from infra.errors import LockgateError

GET = "github:index/getRepository:getRepository"
FOUND = {
    "name": "podinfo",
    "fullName": "lab/podinfo",
    "repoId": 7,
    "nodeId": "R_7",
    "defaultBranch": "trunk",
    "visibility": "public",
    "htmlUrl": "https://github.com/lab/podinfo",
    "httpCloneUrl": "https://github.com/lab/podinfo.git",
}
SETTINGS = {
    "name": "podinfo",
    "description": "",
    "homepageUrl": "",
    "topics": ["delivery", "sample"],
    "visibility": "private",
    "hasIssues": True,
    "hasWiki": False,
    "hasProjects": False,
    "hasDiscussions": False,
    "allowSquashMerge": True,
    "allowRebaseMerge": False,
    "allowMergeCommit": False,
    "allowAutoMerge": True,
    "allowUpdateBranch": True,
    "deleteBranchOnMerge": True,
    "autoInit": True,
    "squashMergeCommitTitle": "PR_TITLE",
    "squashMergeCommitMessage": "PR_BODY",
}
SWITCHES = ("RepositoryVulnerabilityAlerts", "RepositoryDependabotSecurityUpdates")


def made(**changes: Any) -> Recorder:
    usual: dict[str, Any] = {"name": "podinfo", "topics": ["sample", "delivery"]}
    return run(lambda: Repository("podinfo", RepositoryArgs(**{**usual, **changes})))


def itself(recorder: Recorder) -> Any:
    return recorder.registered["github:index/repository:Repository", "podinfo"]


def test_a_repository_has_exactly_these_settings() -> None:
    assert itself(made()).inputs == SETTINGS


def test_a_repository_is_protected_from_deletion_unless_that_is_allowed() -> None:
    assert itself(made()).options["protect"] is True
    assert itself(made(deletion="allow")).options["protect"] is False


def test_nothing_else_of_it_is_protected_and_all_goes_with_it() -> None:
    recorder = made()
    for kind in ("ActionsRepositoryPermissions", "WorkflowRepositoryPermissions", *SWITCHES):
        part = find(recorder, kind, "podinfo")
        assert part.options["protect"] is False
        assert part.options["deletedWith"] == itself(recorder).urn or part.options["retainOnDelete"]


def test_workflows_may_use_only_known_actions_by_full_sha() -> None:
    permissions = find(made(allowed_actions=["z/z@*", "a/a@*"]), "ActionsRepositoryPermissions", "podinfo").inputs
    assert permissions == {
        "repository": "podinfo",
        "enabled": True,
        "allowedActions": "selected",
        "allowedActionsConfig": {"githubOwnedAllowed": True, "verifiedAllowed": True, "patternsAlloweds": ["a/a@*", "z/z@*"]},
        "shaPinningRequired": True,
    }


def test_a_workflows_own_token_reads_and_approves_nothing() -> None:
    assert find(made(), "WorkflowRepositoryPermissions", "podinfo").inputs == {
        "repository": "podinfo",
        "defaultWorkflowPermissions": "read",
        "canApprovePullRequestReviews": False,
    }


@pytest.mark.parametrize(
    ("visibility", "word", "status"),
    [
        ("public", "free", "enabled"),
        ("private", "free", None),
        ("internal", "free", None),
        ("private", "licensed", "enabled"),
        ("public", "off", "disabled"),
        ("private", "off", "disabled"),
    ],
)
def test_secrets_are_scanned_for_where_the_plan_has_it(visibility: str, word: str, status: str | None) -> None:
    inputs = itself(made(visibility=visibility, secret_scanning=word)).inputs
    switch = {"status": status}
    wanted = {"secretScanning": switch, "secretScanningPushProtection": switch} if status else None
    assert inputs.get("securityAndAnalysis") == wanted


@pytest.mark.parametrize("on", [True, False])
def test_alerts_and_updates_are_switched_as_said(on: bool) -> None:
    recorder = made(vulnerability_alerts=on, dependabot_updates=on)
    for kind in SWITCHES:
        assert find(recorder, kind, "podinfo").inputs == {"repository": "podinfo", "enabled": on}


def test_a_rename_never_switches_off_what_it_has_switched_on() -> None:
    recorder = made()
    for kind in SWITCHES:
        assert find(recorder, kind, "podinfo").options["retainOnDelete"] is True


def test_a_squashs_words_are_not_said_where_nothing_is_squashed() -> None:
    inputs = itself(made(merge_methods=["rebase"])).inputs
    assert "squashMergeCommitTitle" not in inputs
    assert (inputs["allowSquashMerge"], inputs["allowRebaseMerge"]) == (False, True)


def test_a_squashs_words_stay_as_they_are_where_nothing_is_squashed_any_more() -> None:
    assert itself(made()).options["ignoreChanges"] == []
    ignored = itself(made(merge_methods=["rebase"])).options["ignoreChanges"]
    assert ignored == ["squashMergeCommitMessage", "squashMergeCommitTitle"]


def test_its_secrets_and_variables_are_those_of_jobs_in_no_environment() -> None:
    recorder = made(secrets={"TOKEN": "hunter2"}, variables={"REGION": "eu"})
    secret, variable = find(recorder, "ActionsSecret", "podinfo-TOKEN"), find(recorder, "ActionsVariable", "podinfo-REGION")
    assert secret.inputs == {"repository": "podinfo", "secretName": "TOKEN", "value": "hunter2"}
    assert secret.raw["value"][rpc._special_sig_key] == rpc._special_secret_sig
    assert variable.inputs == {"repository": "podinfo", "variableName": "REGION", "value": "eu"}


def test_an_existing_repository_is_looked_up_and_nothing_of_it_is_registered() -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        repository = Repository("podinfo", RepositoryArgs(name="podinfo", existing=True))
        for attribute in ("name", "full_name", "repository_id", "node_id", "default_branch", "visibility", "url", "clone_url"):
            getattr(repository, attribute).apply(lambda value, attribute=attribute: seen.update({attribute: value}))

    recorder = run(program, answers={GET: lambda asked: FOUND if asked == {"name": "podinfo"} else {}})
    assert names(recorder, "Repository") == {"podinfo"}
    assert len(recorder.registered) == 1
    assert sorted(seen.values(), key=str) == sorted(FOUND.values(), key=str)


def test_a_repository_that_is_not_there_is_named() -> None:
    with pytest.raises(LockgateError, match=r"^name: GitHub knows no repository podinfo, or the token may not see it"):
        run(lambda: Repository("podinfo", RepositoryArgs(name="podinfo", existing=True)), answers={GET: lambda _: {}})


def test_a_look_up_that_fails_says_why() -> None:
    def broken(_: Any) -> dict[str, Any]:
        raise Refused("GET https://github.test/api/v3/repos/lab/podinfo: 502 Bad Gateway []")

    with pytest.raises(LockgateError, match=r"^name: repository podinfo could not be looked up: .* 502 Bad Gateway"):
        run(lambda: Repository("podinfo", RepositoryArgs(name="podinfo", existing=True)), answers={GET: broken})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"existing": True}, ["existing = True", "topics", "take it away"]),
        ({"existing": True, "secrets": {"TOKEN": "x"}}, ["existing = True", "secrets"]),
        ({"name": "lab/podinfo"}, ["name = lab/podinfo", "provider's owner"]),
        ({"merge_methods": ()}, ["merge_methods = ()", "at least one"]),
        ({"vulnerability_alerts": False}, ["dependabot_updates = True", "vulnerability_alerts, which is False"]),
    ],
)
def test_what_cannot_work_does_not_construct(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ValueError, match="=") as caught:
        made(**changes)
    assert all(word in str(caught.value) for word in words), str(caught.value)
