"""The rules on workflows, environments, branches and repositories, beside their own examples."""

from __future__ import annotations

from typing import Any

import pytest
from asking import said

from infra.plan import UNKNOWN, Plan
from policy import check
from policy.examples import DIGEST, change, github, one, plan, ruleset, workflow


def environment(name: str = "production", **new: Any) -> Plan:
    return plan(github("RepositoryEnvironment", name, repository="web", environment=name, **new))


@pytest.mark.parametrize(
    ("uses", "pinned"),
    [
        (f"actions/checkout@{'b' * 40}", True),
        (f"acme/web/.github/workflows/ci.yml@{'b' * 40}", True),
        ("./.github/actions/deploy", True),
        (f"docker://alpine:3.20@{DIGEST}", True),
        ("docker://alpine:3.20", False),
        ("actions/checkout@main", False),
        (f"actions/checkout@{'b' * 39}", False),
        ("actions/checkout", False),
    ],
)
def test_what_a_step_uses_is_pinned(uses: str, pinned: bool) -> None:
    assert said(workflow(uses)) == (set() if pinned else {("pinned-actions", "deny")})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".github/workflows/ci.yml", "jobs:\n  call:\n    uses: acme/web/.github/workflows/ci.yml@v1\n"),
        (".github/workflows/ci.yaml", "jobs:\n  test:\n    container: node:24\n"),
        (".github/workflows/ci.yml", "jobs:\n  test:\n    container:\n      image: node:24\n"),
        (".github/workflows/ci.yml", "jobs:\n  test:\n    services:\n      db:\n        image: postgres:18\n"),
        (".github/templates/job.yml", "jobs:\n  test:\n    steps:\n      - uses: a/b@v1\n"),
        (".github/actions/deploy/action.yml", "runs:\n  using: composite\n  steps:\n    - uses: a/b@v1\n"),
        ("action.yml", "runs:\n  using: docker\n  image: docker://alpine:3\n"),
    ],
)
def test_every_way_to_run_what_others_made_is_seen(path: str, text: str) -> None:
    written = github("RepositoryFile", "ci", repository="web", file=path, content=text)
    assert said(plan(written)) == {("pinned-actions", "deny")}
    assert said(one("lockgate:index:WorkflowFiles", "ci", {"files": {path: text}})) == {("pinned-actions", "deny")}


def test_files_that_run_nothing_are_not_read_as_workflows() -> None:
    files = {".github/dependabot.yml": "jobs: {a: {uses: b@v1}}", "docs/a.md": ":", ".github/workflows/x.txt": "\t"}
    assert said(one("lockgate:index:WorkflowFiles", "ci", {"files": files})) == set()


@pytest.mark.parametrize("files", [UNKNOWN, {".github/workflows/ci.yml": UNKNOWN}, {".github/workflows/ci.yml": "a: [b"}])
def test_a_workflow_that_cannot_be_read_is_said_to_be_one(files: Any) -> None:
    (found,) = check(one("lockgate:index:WorkflowFiles", "ci", {"files": files}))
    assert found.severity == "warn"
    assert "cannot tell" in found.message


@pytest.mark.parametrize("name", ["production", "prod", "Production", "web-prod-eu", "live"])
def test_an_open_environment_of_production_is_denied(name: str) -> None:
    assert said(environment(name)) == {("environment-protection", "deny")}


@pytest.mark.parametrize("name", ["development", "staging", "product-tests", "reproduction"])
def test_any_other_open_environment_is_warned_of(name: str) -> None:
    assert said(environment(name)) == {("environment-protection", "warn")}


CUSTOM = {"customBranchPolicies": True, "protectedBranches": False}


@pytest.mark.parametrize(
    "new",
    [
        {"reviewers": [{"users": [1], "teams": []}]},
        {"reviewers": UNKNOWN},
        {"deploymentBranchPolicy": {"protectedBranches": True, "customBranchPolicies": False}},
        {"deploymentBranchPolicy": CUSTOM},
    ],
)
def test_reviewers_or_a_branch_policy_protect_an_environment(new: dict[str, Any]) -> None:
    assert said(environment(**new)) == set()


@pytest.mark.parametrize(("pattern", "open_"), [("main", False), ("release/*", False), ("*", True), ("**", True)])
def test_a_branch_policy_that_every_branch_fits_protects_nothing(pattern: str, open_: bool) -> None:
    of = {"repository": "web", "environment": "production"}
    allowed = github("RepositoryEnvironmentDeploymentPolicy", "main", **of, branchPattern=pattern)
    (made,) = environment(deploymentBranchPolicy=CUSTOM).changes
    assert said(plan(made, allowed)) == ({("environment-protection", "deny")} if open_ else set())


@pytest.mark.parametrize("enforcement", ["disabled", "evaluate"])
def test_a_ruleset_that_does_not_bind_is_denied_on_the_default_branch_only(enforcement: str) -> None:
    elsewhere = {"refName": {"includes": ["refs/heads/topic"], "excludes": []}}
    trunk = {"refName": {"includes": ["refs/heads/trunk"], "excludes": []}}
    repository = github("Repository", "web", visibility="private", vulnerabilityAlerts=True, defaultBranch="trunk")
    assert said(plan(ruleset(enforcement=enforcement))) == {("ruleset-active", "deny")}
    assert said(plan(ruleset(enforcement=enforcement, conditions=elsewhere))) == set()
    assert said(plan(ruleset(enforcement=enforcement, conditions=trunk), repository)) == {("ruleset-active", "deny")}


def test_administrators_may_bypass_a_ruleset() -> None:
    admin = {"actorType": "RepositoryRole", "actorId": 5, "bypassMode": "always"}
    assert said(plan(ruleset(bypassActors=[admin]))) == set()


REVIEWS = {"pullRequest": {"requiredApprovingReviewCount": 1, "requireCodeOwnerReview": True}}


@pytest.mark.parametrize(
    ("after", "text"),
    [
        ({"rules": {}}, "rules.pullRequest: would be taken away"),
        ({"rules": {"pullRequest": {"requireCodeOwnerReview": True}}}, "requiredApprovingReviewCount: goes from 1"),
        ({"rules": {"pullRequest": {"requiredApprovingReviewCount": 2}}}, "requireCodeOwnerReview: goes from True"),
        ({"rules": REVIEWS, "conditions": {"refName": {"includes": []}}}, "no longer names ~DEFAULT_BRANCH"),
        ({"rules": REVIEWS, "bypassActors": [{"actorType": "Team", "actorId": 7}]}, "bypassActors: more"),
    ],
)
def test_a_weaker_ruleset_is_warned_of_with_what_gets_weaker(after: dict[str, Any], text: str) -> None:
    old, new = ruleset(rules=REVIEWS), ruleset(**after)
    (found,) = check(plan(change(new.type, "main", new.new, "update", old=old.new)))
    assert (found.rule, found.severity) == ("weaker-protection", "warn")
    assert text in found.message


@pytest.mark.parametrize("kind", ["RepositoryRuleset", "BranchProtection"])
def test_a_deleted_protection_is_warned_of(kind: str) -> None:
    made = github(kind, "main")
    assert said(plan(change(made.type, "main", None, "delete", old={}))) == {("weaker-protection", "warn")}


def test_a_repository_is_public_where_it_says_nothing_as_the_provider_has_it() -> None:
    assert said(plan(github("Repository", "web", vulnerabilityAlerts=True))) == {("public-repository", "warn")}
    assert said(plan(github("Repository", "web", vulnerabilityAlerts=True, private=True))) == set()


@pytest.mark.parametrize(("repository", "seen"), [("web", True), (UNKNOWN, True), ("other", False)])
def test_alerts_may_be_a_resource_of_their_own(repository: str, seen: bool) -> None:
    made = github("Repository", "web", name="web", visibility="private")
    alerts = github("RepositoryVulnerabilityAlerts", "web", repository=repository, enabled=True)
    assert said(plan(made, alerts)) == (set() if seen else {("security-features", "warn")})


@pytest.mark.parametrize("claims", [["repo"], ["context"], ["repository_owner", "ref"], []])
def test_a_subject_names_the_repository_and_the_branch_or_environment(claims: list[str]) -> None:
    kind = "ActionsRepositoryOidcSubjectClaimCustomizationTemplate"
    assert said(plan(github(kind, "web", useDefault=False, includeClaimKeys=claims))) == {("oidc-template", "deny")}
    assert said(plan(github(kind, "web", useDefault=True))) == set()
