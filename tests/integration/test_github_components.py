"""The components of GitHub on the real provider, against a GitHub that keeps state and validates what it hears."""

from __future__ import annotations

from typing import Any

import pytest
from github_world import ALL, CD, PRODUCTION, REPOSITORY, RULES, RUNNERS, SAFE, World, world

__all__ = ["world"]


def test_a_repository_with_all_is_made_settles_and_goes_without_a_trace(world: World) -> None:
    program = world.want(**ALL)
    program.up()
    program.settles()
    program.good("destroy", "--yes", "--skip-preview")
    with world.github.client() as client:
        assert client.get("repos/lab/podinfo").status_code == 404
    assert world.ask("orgs/lab/repos") == []


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


def test_a_runner_group_is_for_named_workflows_and_settles(world: World) -> None:
    program = world.want(repository=REPOSITORY, runners=RUNNERS)
    program.up()
    program.steady()
    world.want(repository=REPOSITORY, runners={**RUNNERS, "workflows": [f"{CD}@refs/heads/main", f"{CD}@refs/heads/next"]})
    assert program.changes() == {"ActionsRunnerGroup podinfo": "update"}
    program.up()
    program.steady()
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
    program.steady()
    assert world.github.secret("lab/podinfo", "DATABASE_URL", "production") == "postgres://hunter3"
    (rule,) = world.ask("repos/lab/podinfo/environments/production")["protection_rules"]
    assert rule["type"] == "branch_policy"


def test_a_renamed_repository_is_the_same_one_and_as_safe_as_before(world: World) -> None:
    program = world.want(**SAFE)
    program.up()
    before = world.ask("repos/lab/podinfo")["id"]
    world.want(**{**SAFE, "repository": {**REPOSITORY, "name": "sample"}})
    program.up()
    program.steady()
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
        for part in ("variables/REGION", "secrets/DATABASE_URL"):
            assert client.delete(f"repos/lab/podinfo/environments/production/{part}").is_success
    program.up("--refresh")
    assert world.ask("repos/lab/podinfo")["allow_merge_commit"] is False
    assert world.required() == {"Build", "Tests"}
    program.steady()


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
    program.steady()
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
