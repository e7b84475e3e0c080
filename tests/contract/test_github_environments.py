"""Environments, secrets and variables of the GitHub stand-in."""

from __future__ import annotations

import base64
from typing import Any

import httpx2 as httpx
import pytest
from github_calls import ROOT, good, make_repository
from github_lab import GitHubLab
from nacl.public import PublicKey, SealedBox

DEV = f"{ROOT}/environments/dev"
CUSTOM = {"protected_branches": False, "custom_branch_policies": True}


def put(client: httpx.Client, **settings: Any) -> httpx.Response:
    return client.put(DEV, json=settings)


def seal(client: httpx.Client, root: str, plain: str) -> dict[str, str]:
    key = good(client.get(f"{root}/secrets/public-key"))
    box = SealedBox(PublicKey(base64.b64decode(key["key"])))
    return {"encrypted_value": base64.b64encode(box.encrypt(plain.encode())).decode(), "key_id": key["key_id"]}


def test_an_environment_is_protected_as_was_asked(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        alice = good(client.get("/users/alice"))["id"]
        team = good(client.get("/orgs/lab/teams/platform"))["id"]
        reviewers = [{"type": "User", "id": alice}, {"type": "Team", "id": team}]
        good(put(client, wait_timer=30, prevent_self_review=True, reviewers=reviewers, deployment_branch_policy=CUSTOM))
        found = good(client.get(DEV))
        rules = {rule["type"]: rule for rule in found["protection_rules"]}
        assert rules["wait_timer"]["wait_timer"] == 30
        assert rules["required_reviewers"]["prevent_self_review"] is True
        names = [one["reviewer"].get("login") or one["reviewer"]["slug"] for one in rules["required_reviewers"]["reviewers"]]
        assert names == ["alice", "platform"]
        assert found["deployment_branch_policy"] == CUSTOM


def test_what_is_left_out_of_an_environment_is_taken_away(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(put(client, wait_timer=30))
        good(put(client))
        assert good(client.get(DEV))["protection_rules"] == []


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"wait_timer": 43_201}, "wait_timer must be between 0 and 43200"),
        ({"wait_timer": -1}, "wait_timer must be between 0 and 43200"),
        ({"reviewers": [{"type": "User", "id": 404}]}, "reviewer User 404 is not valid"),
        ({"reviewers": [{"type": "Team", "id": 404}]}, "reviewer Team 404 is not valid"),
        ({"reviewers": [{"type": "User", "id": 1}] * 7}, "at most 6"),
        ({"deployment_branch_policy": {**CUSTOM, "protected_branches": True}}, "cannot have the same value"),
    ],
)
def test_protection_that_github_would_refuse_is_refused(github: GitHubLab, settings: dict[str, Any], says: str) -> None:
    with github.client() as client:
        make_repository(client)
        refused = put(client, **settings)
        assert refused.status_code == 422
        assert says in refused.json()["errors"][0]
        assert client.get(DEV).status_code == 404


def test_branch_and_tag_policies_are_there_while_the_environment_has_them(github: GitHubLab) -> None:
    policies = f"{DEV}/deployment-branch-policies"
    with github.client() as client:
        make_repository(client)
        good(put(client))
        assert client.post(policies, json={"name": "main"}).status_code == 404
        good(put(client, deployment_branch_policy=CUSTOM))
        branch = good(client.post(policies, json={"name": "main"}))
        good(client.post(policies, json={"name": "v*", "type": "tag"}))
        assert client.post(policies, json={"name": "main"}).status_code == 303
        good(client.put(f"{policies}/{branch['id']}", json={"name": "release/*"}))
        found = good(client.get(policies))["branch_policies"]
        assert [(one["name"], one["type"]) for one in found] == [("release/*", "branch"), ("v*", "tag")]
        good(client.delete(f"{policies}/{branch['id']}"))
        good(put(client))
        assert good(client.get(policies))["total_count"] == 0


@pytest.mark.parametrize(("scope", "environment"), [("actions", ""), ("environments/dev", "dev")])
def test_a_secret_is_decrypted_to_what_was_meant(github: GitHubLab, scope: str, environment: str) -> None:
    root = f"{ROOT}/{scope}"
    with github.client() as client:
        make_repository(client)
        good(put(client))
        assert client.put(f"{root}/secrets/token", json=seal(client, root, "first")).status_code == 201
        assert github.secret("lab/podinfo", "TOKEN", environment) == "first"
        assert client.put(f"{root}/secrets/TOKEN", json=seal(client, root, "sécond")).status_code == 204
        assert github.secret("lab/podinfo", "TOKEN", environment) == "sécond"
        listed = good(client.get(f"{root}/secrets"))["secrets"]
        assert [set(one) for one in listed] == [{"name", "created_at", "updated_at"}]
        good(client.delete(f"{root}/secrets/TOKEN"))
        assert client.get(f"{root}/secrets/TOKEN").status_code == 404


def test_a_secret_that_is_not_sealed_for_its_place_is_refused(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(put(client))
        sealed = seal(client, f"{ROOT}/actions", "plain")
        assert client.put(f"{DEV}/secrets/A", json=sealed).status_code == 422
        broken = {**sealed, "encrypted_value": base64.b64encode(b"plain").decode()}
        assert client.put(f"{ROOT}/actions/secrets/A", json=broken).status_code == 422
        assert client.put(f"{ROOT}/actions/secrets/GITHUB_TOKEN", json=sealed).status_code == 422
        assert client.put(f"{ROOT}/actions/secrets/1A", json=sealed).status_code == 422


@pytest.mark.parametrize("scope", ["actions", "environments/dev"])
def test_variables_are_made_once_and_changed(github: GitHubLab, scope: str) -> None:
    path = f"{ROOT}/{scope}/variables"
    with github.client() as client:
        make_repository(client)
        good(put(client))
        good(client.post(path, json={"name": "region", "value": "eu"}))
        assert client.post(path, json={"name": "REGION", "value": "us"}).status_code == 409
        good(client.patch(f"{path}/REGION", json={"value": "us"}))
        assert good(client.get(f"{path}/region"))["value"] == "us"
        good(client.delete(f"{path}/REGION"))
        assert client.patch(f"{path}/REGION", json={"value": "eu"}).status_code == 404


def test_an_environment_takes_its_secrets_and_variables_with_it(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(put(client))
        good(client.put(f"{DEV}/secrets/A", json=seal(client, DEV, "x")))
        good(client.post(f"{DEV}/variables", json={"name": "B", "value": "y"}))
        good(client.delete(DEV))
        assert client.get(f"{DEV}/secrets").status_code == 404
        good(put(client))
        assert good(client.get(f"{DEV}/secrets"))["total_count"] == good(client.get(f"{DEV}/variables"))["total_count"] == 0
