"""The components of GitHub on the real provider, against a GitHub that keeps state and validates what it hears."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from github_lab import GitHubLab
from github_program import Program

PROGRAM = '''
import json
from pathlib import Path

import pulumi
import pulumi_github

from components import (
    BranchRules, BranchRulesArgs, BypassActor, EnvironmentArgs, Environments, EnvironmentsArgs, OidcTrust, OidcTrustArgs,
    Repository, RepositoryArgs, RunnerScaleSetArgs,
)
from components.runners import group

wanted = json.loads(Path("wanted.json").read_text())
opts = pulumi.ResourceOptions(providers=[pulumi_github.Provider("github", write_delay_ms=1)])
repository = Repository("podinfo", RepositoryArgs(**wanted["repository"]), opts)
if "environments" in wanted:
    args = [EnvironmentArgs(**each) for each in wanted["environments"]]
    Environments("podinfo", EnvironmentsArgs(repository=repository.name, environments=args), opts)
if "rules" in wanted:
    bypass = [BypassActor(**each) for each in wanted["rules"].pop("bypass", [])]
    rules = BranchRules("podinfo", BranchRulesArgs(repository=repository.name, bypass=bypass, **wanted["rules"]), opts)
    pulumi.export("leftovers", rules.leftovers)
if "trust" in wanted:
    trust = OidcTrust("podinfo", OidcTrustArgs(repository="lab/podinfo", **wanted["trust"]), pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(depends_on=[repository])))
    pulumi.export("subject", trust.subject)
if "runners" in wanted:
    args = RunnerScaleSetArgs(repository_ids=[repository.repository_id], **wanted["runners"])
    group(pulumi.ComponentResource("world:index:Runners", "podinfo", None, opts), "podinfo", args)
pulumi.export("repository", repository.full_name)
pulumi.export("branch", repository.default_branch)
'''
REPOSITORY = {"name": "podinfo", "deletion": "allow", "topics": ["sample", "delivery"], "description": "A sample"}
PRODUCTION = {
    "name": "production",
    "tags": ["v*"],
    "wait_minutes": 30,
    "users": ["bob"],
    "teams": ["platform"],
    "secrets": {"DATABASE_URL": "postgres://hunter2"},
    "variables": {"REGION": "eu"},
}
RULES = {"required_checks": ["Tests", "Build"]}
TRUST = {"environment": "production", "branch": "main", "template": "new"}
CD = "lab/podinfo/.github/workflows/cd.yml"
RUNNERS = {
    "organization_url": "https://github.com/lab",
    "label": "podinfo-runners",
    "workflows": [f"{CD}@refs/heads/main"],
    "app": "app",
    "image": "ghcr.io/actions/actions-runner@sha256:" + "a" * 64,
}
SAFE = {"repository": REPOSITORY, "environments": [{"name": "dev"}, PRODUCTION], "rules": RULES}
ALL = {**SAFE, "trust": TRUST}


class World:
    """The program above, which wants what it is told."""

    def __init__(self, folder: Path, github: GitHubLab) -> None:
        self.folder, self.github = folder, github
        (folder / "Pulumi.yaml").write_text("name: world\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self.program = Program(folder, github)

    def want(self, **wanted: Any) -> Program:
        (self.folder / "wanted.json").write_text(json.dumps(wanted))
        return self.program

    def ask(self, path: str) -> Any:
        with self.github.client() as client:
            answer = client.get(path)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()


@pytest.fixture
def world(tmp_path: Path, github: GitHubLab) -> World:
    return World(tmp_path, github)


def test_a_repository_with_all_is_made_settles_and_goes_without_a_trace(world: World) -> None:
    program = world.want(**ALL)
    program.up()
    program.settles()
    program.good("destroy", "--yes", "--skip-preview")
    with world.github.client() as client:
        assert client.get("repos/lab/podinfo").status_code == 404


def test_github_has_what_was_said(world: World) -> None:
    program = world.want(**ALL)
    program.up()
    repository = world.ask("repos/lab/podinfo")
    assert (repository["visibility"], sorted(repository["topics"])) == ("private", ["delivery", "sample"])
    assert [repository[f"allow_{way}"] for way in ("squash_merge", "rebase_merge", "merge_commit")] == [True, False, False]
    assert world.ask("repos/lab/podinfo/actions/permissions") | {"selected_actions_url": ""} == {
        "enabled": True,
        "allowed_actions": "selected",
        "selected_actions_url": "",
        "sha_pinning_required": True,
    }
    assert world.ask("repos/lab/podinfo/actions/permissions/workflow") == {
        "default_workflow_permissions": "read",
        "can_approve_pull_request_reviews": False,
    }
    assert world.ask("repos/lab/podinfo/automated-security-fixes")["enabled"] is True
    assert world.ask("repos/lab/podinfo/actions/oidc/customization/sub")["include_claim_keys"] == ["repo", "environment", "ref"]
    assert program.outputs() == {
        "repository": "lab/podinfo",
        "branch": "main",
        "leftovers": [],
        "subject": "repo:lab/podinfo:environment:production:ref:refs/heads/main",
    }


def test_an_environment_is_protected_and_its_secrets_arrive_and_stay_secret(world: World) -> None:
    program = world.want(**ALL)
    program.up()
    production = world.ask("repos/lab/podinfo/environments/production")
    rules = {rule["type"]: rule for rule in production["protection_rules"]}
    assert rules["wait_timer"]["wait_timer"] == 30
    review = rules["required_reviewers"]
    reviewers = {one["reviewer"].get("login") or one["reviewer"]["slug"] for one in review["reviewers"]}
    assert (reviewers, review["prevent_self_review"]) == ({"bob", "platform"}, True)
    assert production["can_admins_bypass"] is False
    policies = world.ask("repos/lab/podinfo/environments/production/deployment-branch-policies")["branch_policies"]
    assert {(policy["type"], policy["name"]) for policy in policies} == {("branch", "main"), ("tag", "v*")}
    assert world.github.secret("lab/podinfo", "DATABASE_URL", "production") == "postgres://hunter2"
    assert world.ask("repos/lab/podinfo/environments/production/variables/REGION")["value"] == "eu"
    assert "hunter2" not in program.state()


def required(world: World) -> set[str]:
    """The checks that GitHub requires on the default branch."""
    rules = world.ask("repos/lab/podinfo/rules/branches/main")
    found = [rule["parameters"]["required_status_checks"] for rule in rules if rule["type"] == "required_status_checks"]
    return {check["context"] for checks in found for check in checks}


def kinds(world: World) -> set[str]:
    return {rule["type"] for rule in world.ask("repos/lab/podinfo/rules/branches/main")}


def test_the_rules_hold_and_a_check_that_waits_does_not(world: World) -> None:
    program = world.want(repository=REPOSITORY, rules={**RULES, "published": ["Build"]})
    assert 'not required yet: "Tests"' in program.up()
    assert required(world) == {"Build"}
    assert kinds(world) == {"deletion", "non_fast_forward", "pull_request", "required_linear_history", "required_status_checks"}
    world.want(repository=REPOSITORY, rules={**RULES, "published": ["Build", "Tests"]}).up()
    assert required(world) == {"Build", "Tests"}


def test_a_change_of_rules_or_of_their_names_is_one_request_that_leaves_no_gap(world: World) -> None:
    program = world.want(repository=REPOSITORY, rules=RULES)
    program.up()
    bypass = [{"kind": "team", "name": "platform"}, {"kind": "role", "name": "admin", "mode": "always"}]
    others = {"required_checks": ["Lint"], "branch_ruleset": "Main", "tag_ruleset": "Versions", "approvals": 2, "bypass": bypass}
    world.want(repository=REPOSITORY, rules=others)
    assert program.changes() == {"RepositoryRuleset podinfo-branch": "update", "RepositoryRuleset podinfo-tags": "update"}
    world.github.forget_requests()
    program.up()
    program.settles()
    written = [request["method"] for request in world.github.requests(path="/rulesets") if request["method"] != "GET"]
    assert written == ["PUT", "PUT"]
    assert required(world) == {"Lint"}


def test_a_runner_group_is_for_named_workflows_and_settles(world: World) -> None:
    program = world.want(repository=REPOSITORY, runners=RUNNERS)
    program.up()
    program.settles()
    world.want(repository=REPOSITORY, runners={**RUNNERS, "workflows": [f"{CD}@refs/heads/main", f"{CD}@refs/heads/next"]})
    assert program.changes() == {"ActionsRunnerGroup podinfo": "update"}
    program.up()
    program.settles()
    (made,) = [one for one in world.ask("orgs/lab/actions/runner-groups")["runner_groups"] if one["name"] == "podinfo-runners"]
    assert (made["visibility"], made["allows_public_repositories"], made["restricted_to_workflows"]) == ("selected", False, True)
    assert made["selected_workflows"] == [f"{CD}@refs/heads/main", f"{CD}@refs/heads/next"]
    assert world.ask(f"orgs/lab/actions/runner-groups/{made['id']}/repositories")["total_count"] == 1


def test_everything_can_be_changed_in_place_and_settles_again(world: World) -> None:
    program = world.want(**ALL)
    program.up()
    repository = {**REPOSITORY, "topics": [], "merge_methods": ["rebase"], "secret_scanning": "licensed", "discussions": True}
    production = {**PRODUCTION, "tags": [], "branches": ["main", "release/*"], "wait_minutes": 0, "users": [], "teams": []}
    production["secrets"] = {"DATABASE_URL": "postgres://hunter3"}
    production["variables"] = {"REGION": "us", "ZONE": "b"}
    world.want(**{**ALL, "repository": repository, "environments": [{"name": "dev", "users": ["alice"]}, production]})
    assert "replace" not in program.changes().values()
    program.up()
    program.settles()
    assert world.github.secret("lab/podinfo", "DATABASE_URL", "production") == "postgres://hunter3"
    (rule,) = world.ask("repos/lab/podinfo/environments/production")["protection_rules"]
    assert rule["type"] == "branch_policy"


def test_a_renamed_repository_is_the_same_one_and_as_safe_as_before(world: World) -> None:
    program = world.want(**SAFE)
    program.up()
    before = world.ask("repos/lab/podinfo")["id"]
    world.want(**{**SAFE, "repository": {**REPOSITORY, "name": "sample"}})
    program.up()
    program.settles()
    assert world.ask("repos/lab/sample")["id"] == before
    assert world.ask("repos/lab/sample/automated-security-fixes")["enabled"] is True
    with world.github.client() as client:
        assert client.get("repos/lab/sample/vulnerability-alerts").status_code == 204
    assert len(world.ask("repos/lab/sample/rulesets")) == 2


def test_what_is_edited_by_hand_is_seen_and_put_right(world: World) -> None:
    program = world.want(repository=REPOSITORY, environments=[PRODUCTION], rules=RULES)
    program.up()
    (ruleset, _) = sorted(world.ask("repos/lab/podinfo/rulesets"), key=lambda one: str(one["target"]))
    with world.github.client() as client:
        assert client.patch("repos/lab/podinfo", json={"allow_merge_commit": True}).is_success
        assert client.delete(f"repos/lab/podinfo/rulesets/{ruleset['id']}").is_success
        assert client.delete("repos/lab/podinfo/environments/production/variables/REGION").is_success
    program.up("--refresh")
    assert world.ask("repos/lab/podinfo")["allow_merge_commit"] is False
    assert required(world) == {"Build", "Tests"}
    program.settles()


def test_a_repository_is_not_deleted_where_that_is_refused(world: World) -> None:
    program = world.want(repository={"name": "podinfo"})
    program.up()
    assert "protect" in program.bad("destroy", "--yes", "--skip-preview")
    assert world.ask("repos/lab/podinfo")["full_name"] == "lab/podinfo"
    world.want(repository={"name": "podinfo", "deletion": "allow"}).up()
    program.good("destroy", "--yes", "--skip-preview")


def test_an_existing_repository_is_used_and_stays_as_it_was(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    world.want(repository={"name": "podinfo", "description": "Theirs"}).up()
    other = World(tmp_path_factory.mktemp("other"), world.github)
    wanted = {"repository": {"name": "podinfo", "existing": True}, "environments": [{"name": "dev"}], "rules": RULES}
    program = other.want(**wanted)
    program.up()
    program.settles()
    assert program.outputs()["repository"] == "lab/podinfo"
    program.good("destroy", "--yes", "--skip-preview")
    assert world.ask("repos/lab/podinfo")["description"] == "Theirs"
    assert world.ask("repos/lab/podinfo/environments")["total_count"] == 0


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"repository": {"name": "nowhere", "existing": True}}, "name: GitHub knows no repository nowhere"),
        (
            {"repository": REPOSITORY, "environments": [{"name": "production", "users": ["zoe"]}]},
            "environment production: users: GitHub knows no user zoe",
        ),
        (
            {"repository": REPOSITORY, "environments": [{"name": "production", "teams": ["nobody"]}]},
            "environment production: teams: GitHub knows no team nobody",
        ),
        (
            {"repository": REPOSITORY, "rules": {"bypass": [{"kind": "app", "name": "nobot"}]}},
            "bypass: GitHub knows no app nobot",
        ),
    ],
)
def test_a_name_that_github_does_not_know_ends_the_preview_with_that_name(world: World, wanted: Any, words: str) -> None:
    assert words in world.want(**wanted).bad("preview")
    assert not [request for request in world.github.requests() if request["method"] != "GET"]


def test_classic_protection_that_is_left_is_said_and_left_alone(world: World) -> None:
    program = world.want(repository=REPOSITORY)
    program.up()
    classic = {
        "required_status_checks": {"strict": False, "contexts": ["Old build"]},
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }
    with world.github.client() as client:
        assert client.put("repos/lab/podinfo/branches/main/protection", json=classic).is_success
    said = world.want(repository=REPOSITORY, rules=RULES).up()
    assert "lab/podinfo: branch main has classic protection beside the ruleset" in said
    assert 'the checks "Old build"' in said
    assert program.outputs()["leftovers"] == ["main"]
    assert world.ask("repos/lab/podinfo/branches/main/protection")["enforce_admins"]["enabled"] is True


@pytest.mark.parametrize(("kind", "which"), [("bad_gateway", {}), ("secondary_rate_limit", {"retry_after": 1})])
def test_rules_change_although_github_stumbles(world: World, kind: str, which: dict[str, Any]) -> None:
    program = world.want(repository=REPOSITORY, rules=RULES)
    program.up()
    world.want(repository=REPOSITORY, rules={"required_checks": ["Lint"]})
    with world.github.fault(kind, method="PUT", path="/rulesets/", times=1, **which) as fault:
        program.up()
        assert fault.hits == 1
    assert required(world) == {"Lint"}
    program.settles()


def test_rules_that_may_not_be_changed_stay_and_the_update_says_why(world: World) -> None:
    program = world.want(repository=REPOSITORY, rules=RULES)
    program.up()
    world.want(repository=REPOSITORY, rules={"required_checks": ["Lint"]})
    with world.github.fault("forbidden", method="PUT", path="/rulesets/"):
        assert "403" in program.bad("up", "--yes", "--skip-preview")
        assert required(world) == {"Build", "Tests"}
        assert "pull_request" in kinds(world)
    program.up()
    assert required(world) == {"Lint"}
