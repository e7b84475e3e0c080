"""Runner groups, OIDC subjects, Actions permissions, teams and collaborators of the GitHub stand-in."""

from __future__ import annotations

from github_calls import ROOT, good, make_repository
from github_lab import GitHubLab

GROUPS = "/orgs/lab/actions/runner-groups"
TEAM = "/orgs/lab/teams/platform"


def test_a_runner_group_serves_the_repositories_it_was_given(github: GitHubLab) -> None:
    with github.client() as client:
        ids = [make_repository(client, name=name)["id"] for name in ("podinfo", "other")]
        made = good(client.post(GROUPS, json={"name": "lockgate", "visibility": "selected", "selected_repository_ids": ids[:1]}))
        path = f"{GROUPS}/{made['id']}"
        assert [one["name"] for one in good(client.get(f"{path}/repositories"))["repositories"]] == ["podinfo"]
        good(client.put(f"{path}/repositories", json={"selected_repository_ids": ids[1:]}))
        assert [one["name"] for one in good(client.get(f"{path}/repositories"))["repositories"]] == ["other"]
        good(client.patch(path, json={"name": "renamed", "visibility": "all"}))
        assert [one["name"] for one in good(client.get(GROUPS))["runner_groups"]] == ["Default", "renamed"]
        assert client.post(GROUPS, json={"name": "Renamed"}).status_code == 409
        good(client.delete(path))
        assert client.get(path).status_code == 404


def test_only_an_owner_manages_the_organizations_runners(github: GitHubLab) -> None:
    with github.client() as owner:
        words = [good(owner.post(f"/orgs/lab/actions/runners/{kind}-token")) for kind in ("registration", "remove")]
        assert all(word["token"] and word["expires_at"] for word in words)
    with github.client(github.token_of("alice")) as member:
        assert member.post("/orgs/lab/actions/runners/registration-token").status_code == 403
        assert member.get(GROUPS).status_code == 403
    with github.client(github.token_of("mallory")) as stranger:
        assert stranger.get(GROUPS).status_code == 404


def test_the_subject_of_oidc_tokens_is_customized(github: GitHubLab) -> None:
    path = "actions/oidc/customization/sub"
    with github.client() as client:
        make_repository(client)
        assert good(client.get(f"{ROOT}/{path}")) == {"use_default": True}
        keys = ["repo", "context", "job_workflow_ref"]
        good(client.put(f"{ROOT}/{path}", json={"use_default": False, "include_claim_keys": keys}))
        assert good(client.get(f"{ROOT}/{path}")) == {"use_default": False, "include_claim_keys": keys}
        good(client.put(f"/orgs/lab/{path}", json={"include_claim_keys": ["repo"]}))
        assert good(client.get(f"/orgs/lab/{path}"))["include_claim_keys"] == ["repo"]
        refused = client.put(f"{ROOT}/{path}", json={"use_default": False, "include_claim_keys": ["re-po"]})
        assert refused.status_code == 422


def test_actions_may_do_what_is_permitted(github: GitHubLab) -> None:
    path = f"{ROOT}/actions/permissions"
    with github.client() as client:
        make_repository(client)
        assert client.get(f"{path}/selected-actions").status_code == 409
        good(client.put(path, json={"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True}))
        good(client.put(f"{path}/selected-actions", json={"github_owned_allowed": True, "patterns_allowed": ["a/b@*"]}))
        assert good(client.get(path))["sha_pinning_required"] is True
        assert good(client.get(f"{path}/selected-actions"))["patterns_allowed"] == ["a/b@*"]
        wanted = {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True}
        good(client.put(f"{path}/workflow", json=wanted))
        assert good(client.get(f"{path}/workflow")) == wanted


def test_a_team_gives_its_members_its_level(github: GitHubLab) -> None:
    with github.client() as owner, github.client(github.token_of("alice")) as alice:
        make_repository(owner)
        assert good(owner.get(f"{ROOT}/collaborators/alice/permission"))["role_name"] == "read"
        good(owner.put(f"{TEAM}{ROOT}", json={"permission": "maintain"}))
        assert good(owner.get(f"{ROOT}/collaborators/alice/permission"))["role_name"] == "maintain"
        assert good(owner.get(f"{ROOT}/collaborators/bob/permission"))["role_name"] == "read"
        assert [one["slug"] for one in good(owner.get(f"{ROOT}/teams"))] == ["platform"]
        good(alice.put(f"{ROOT}/contents/a", json={"message": "m", "content": "YQ=="}))
        good(owner.delete(f"{TEAM}{ROOT}"))
        assert alice.put(f"{ROOT}/contents/b", json={"message": "m", "content": "YQ=="}).status_code == 403


def test_a_stranger_is_invited_and_comes_in_when_they_accept(github: GitHubLab) -> None:
    with github.client() as owner, github.client(github.token_of("carol")) as carol:
        make_repository(owner)
        invitation = good(owner.put(f"{ROOT}/collaborators/carol", json={"permission": "push"}))
        assert carol.get(ROOT).status_code == 404
        good(carol.patch(f"/user/repository_invitations/{invitation['id']}"))
        assert good(carol.get(ROOT))["permissions"]["push"] is True
        assert good(owner.get(f"{ROOT}/invitations")) == []
        shown = good(owner.get(f"{ROOT}/collaborators", params={"affiliation": "outside"}))
        assert [(one["login"], one["role_name"]) for one in shown] == [("carol", "write")]
        assert owner.put(f"{ROOT}/collaborators/nobody", json={}).status_code == 404


def test_clients_find_a_team_by_its_number_too(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        team, org = good(client.get(TEAM))["id"], good(client.get("/orgs/lab"))["id"]
        good(client.put(f"/organizations/{org}/team/{team}{ROOT}", json={"permission": "push"}))
        assert good(client.get(f"/organizations/{org}/team/{team}"))["slug"] == "platform"
        assert good(client.get(f"{TEAM}{ROOT}"))["role_name"] == "write"
