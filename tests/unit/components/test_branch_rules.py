"""What the rules of branches and tags register, and what is said of checks that wait and of protection that is left."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from recording_engine import Recorder, Refused, run
from service_story import find

from components import BranchRules, BranchRulesArgs, BypassActor
from components.branch_rules import waiting_words
from components.protection import Leftover, leftover

REPOSITORY, REST = "github:index/getRepository:getRepository", "github:index/getRestApi:getRestApi"
TEAM, APP = "github:index/getTeam:getTeam", "github:index/getGithubApp:getGithubApp"
NOT_FOUND = {"code": 404, "body": '{"message":"Branch not protected"}'}
PROTECTED = "repos/lab/podinfo/branches?protected=true&per_page=100"
PULL_REQUEST = {
    "requiredApprovingReviewCount": 1,
    "dismissStaleReviewsOnPush": True,
    "requireCodeOwnerReview": True,
    "allowedMergeMethods": ["squash"],
}


def here(**endpoints: Any) -> Mapping[str, Any]:
    """Answers of a GitHub that has the repository lab/podinfo."""
    known = {PROTECTED: {"code": 200, "body": '[{"name": "main"}]'}, **endpoints}
    return {
        REPOSITORY: lambda _: {"fullName": "lab/podinfo"},
        REST: lambda asked: known.get(asked["endpoint"], NOT_FOUND),
        TEAM: lambda asked: {"id": "21"} if asked["slug"] == "platform" else {},
        APP: lambda _: {"id": "99"},
    }


def made(answers: Mapping[str, Any] | None = None, **changes: Any) -> Recorder:
    args = BranchRulesArgs(**{"repository": "podinfo", **changes})
    return run(lambda: BranchRules("rules", args), answers=answers or here())


def branch(recorder: Recorder) -> Mapping[str, Any]:
    return find(recorder, "RepositoryRuleset", "rules-branch").inputs


def warnings(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == level]


def test_the_default_branch_has_exactly_these_rules_and_nobody_passes_them() -> None:
    assert branch(made()) == {
        "repository": "podinfo",
        "name": "Default branch",
        "target": "branch",
        "enforcement": "active",
        "bypassActors": [],
        "conditions": {"refName": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}},
        "rules": {"deletion": True, "nonFastForward": True, "requiredLinearHistory": True, "pullRequest": PULL_REQUEST},
    }


def test_release_tags_are_made_by_whoever_may_push_and_changed_by_nobody() -> None:
    inputs = find(made(tags=["v*", "release-*"]), "RepositoryRuleset", "rules-tags").inputs
    assert inputs["conditions"] == {"refName": {"includes": ["refs/tags/v*", "refs/tags/release-*"], "excludes": []}}
    assert inputs["rules"] == {"deletion": True, "nonFastForward": True, "update": True}
    assert (inputs["target"], inputs["bypassActors"]) == ("tag", [])


@pytest.mark.parametrize("strict", [True, False])
def test_required_checks_must_have_passed(strict: bool) -> None:
    rule = branch(made(required_checks=["Tests", "Build"], strict=strict))["rules"]["requiredStatusChecks"]
    assert rule == {
        "requiredChecks": [{"context": "Build"}, {"context": "Tests"}],
        "strictRequiredStatusChecksPolicy": strict,
    }


def test_reviews_are_as_many_as_said() -> None:
    rule = branch(made(approvals=0, code_owners=False, merge_methods=["rebase", "squash"]))["rules"]["pullRequest"]
    assert rule == {
        **PULL_REQUEST,
        "requiredApprovingReviewCount": 0,
        "requireCodeOwnerReview": False,
        "allowedMergeMethods": ["rebase", "squash"],
    }


def test_a_check_that_nobody_publishes_yet_waits_and_the_update_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    recorder = made(required_checks=["Build", "Licences"], published=["Build", "Tests"])
    assert branch(recorder)["rules"]["requiredStatusChecks"]["requiredChecks"] == [{"context": "Build"}]
    assert waiting_words(["Licences"]) in warnings(caplog, logging.INFO)
    assert '"Licences"' in waiting_words(["Licences"])


def test_where_no_check_may_be_required_yet_the_other_rules_hold() -> None:
    rules = branch(made(required_checks=["Build"], published=[]))["rules"]
    assert "requiredStatusChecks" not in rules
    assert rules["pullRequest"] == PULL_REQUEST


def test_nothing_is_said_of_checks_that_do_not_wait(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    made(required_checks=["Build"], published=["Build"])
    assert not warnings(caplog, logging.INFO)


def test_a_bypass_is_for_whom_it_is_said_in_both_rulesets() -> None:
    actors = [BypassActor(kind="team", name="platform"), BypassActor(kind="app", name="bot", mode="always")]
    recorder = made(bypass=[*actors, BypassActor(kind="role", name="admin")])
    wanted = [
        {"actorId": 21, "actorType": "Team", "bypassMode": "pull_request"},
        {"actorId": 99, "actorType": "Integration", "bypassMode": "always"},
        {"actorId": 5, "actorType": "RepositoryRole", "bypassMode": "pull_request"},
    ]
    assert branch(recorder)["bypassActors"] == wanted
    assert find(recorder, "RepositoryRuleset", "rules-tags").inputs["bypassActors"] == wanted


def test_a_rulesets_name_is_not_its_identity() -> None:
    before, after = made(), made(branch_ruleset="Main", tag_ruleset="Versions")
    assert before.registered.keys() == after.registered.keys()
    assert branch(after)["name"] == "Main"


CLASSIC = {
    "required_status_checks": {"strict": True, "contexts": ["Old build"], "checks": [{"context": "Old build"}]},
    "enforce_admins": {"enabled": True},
    "required_pull_request_reviews": {"required_approving_review_count": 2},
    "required_linear_history": {"enabled": False},
    "allow_force_pushes": {"enabled": False},
    "restrictions": {"users": [], "teams": [], "apps": []},
}


def test_classic_protection_that_is_left_is_named_with_what_it_adds_and_how_it_goes(caplog: pytest.LogCaptureFixture) -> None:
    endpoint = "repos/lab/podinfo/branches/main/protection"
    made(here(**{endpoint: {"code": 200, "body": json.dumps(CLASSIC)}}))
    (warning,) = warnings(caplog)
    assert warning.startswith("lab/podinfo: branch main has classic protection beside the ruleset, which adds ")
    assert 'the checks "Old build"' in warning
    assert "2 approvals" in warning
    assert warning.endswith("`gh api -X DELETE repos/lab/podinfo/branches/main/protection`")


def test_a_branch_that_only_the_ruleset_protects_is_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    made()
    assert warnings(caplog) == []


def test_a_repository_that_is_not_there_yet_has_nothing_left(caplog: pytest.LogCaptureFixture) -> None:
    made({REPOSITORY: lambda _: {}})
    assert warnings(caplog) == []


def test_a_look_that_fails_ends_nothing_but_is_said(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Any) -> dict[str, Any]:
        raise Refused("GET https://github.test/api/v3/repos/lab/podinfo/branches: 502 Bad Gateway []")

    assert branch(made({**here(), REST: broken}))["name"] == "Default branch"
    (warning,) = warnings(caplog)
    assert "could not be looked for" in warning
    assert "502 Bad Gateway" in warning


@pytest.mark.parametrize(
    ("protection", "adds"),
    [
        ({}, ()),
        ({"required_signatures": {"enabled": True}, "lock_branch": {"enabled": True}}, ("signed commits", "no changes at all")),
        ({"required_status_checks": {"contexts": []}}, ("the checks (none)",)),
        ({"restrictions": {"users": []}}, ("a list of who may push",)),
        ({"required_pull_request_reviews": {}}, ("0 approvals",)),
        ({"required_conversation_resolution": {"enabled": False}, "restrictions": None}, ()),
    ],
)
def test_what_classic_protection_adds(protection: dict[str, Any], adds: tuple[str, ...]) -> None:
    assert leftover("main", protection) == Leftover(branch="main", adds=adds)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"approvals": 11}, ["approvals = 11", "0 to 10"]),
        ({"merge_methods": ()}, ["merge_methods = ()", "squash, rebase or both"]),
        ({"branch_ruleset": "Rules", "tag_ruleset": "Rules"}, ["both Rules", "rename one"]),
    ],
)
def test_what_cannot_work_does_not_construct(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ValueError, match=words[0].split(" ")[0]) as caught:
        BranchRulesArgs(repository="podinfo", **changes)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_role_that_github_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="bypass role = owner: must be one of maintain, write, admin"):
        BypassActor(kind="role", name="owner")
