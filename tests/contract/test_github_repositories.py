"""Repositories of the GitHub stand-in: what is set is what is read, and what github.com refuses is refused."""

from __future__ import annotations

import pytest
from github_calls import ROOT, branch, good, make_repository
from github_lab import GitHubLab


def test_a_repository_has_what_it_was_made_with_and_what_was_changed(github: GitHubLab) -> None:
    with github.client() as client:
        made = make_repository(client, visibility="internal", has_wiki=False, squash_merge_commit_title="PR_TITLE")
        assert (made["visibility"], made["private"], made["default_branch"]) == ("internal", True, "main")
        change = {"allow_auto_merge": True, "delete_branch_on_merge": True, "allow_update_branch": True, "has_issues": False}
        good(client.patch(ROOT, json=change))
        found = good(client.get(ROOT))
    assert {**found, **change, "has_wiki": False, "squash_merge_commit_title": "PR_TITLE"} == found
    assert found["url"] == f"{github.api}{ROOT}"
    assert found["html_url"] == f"{github.url}/lab/podinfo"


def test_an_organization_lists_what_the_asker_may_see(github: GitHubLab) -> None:
    with github.client() as owner, github.client(github.token_of("mallory")) as stranger:
        make_repository(owner)
        make_repository(owner, name="open", visibility="public")
        assert [one["name"] for one in good(owner.get("/orgs/lab/repos"))] == ["open", "podinfo"]
        assert [one["name"] for one in good(stranger.get("/orgs/lab/repos"))] == ["open"]


def test_a_person_has_repositories_too(github: GitHubLab) -> None:
    with github.client(github.token_of("alice")) as client:
        assert good(client.post("/user/repos", json={"name": "notes"}))["full_name"] == "alice/notes"


def test_security_features_are_kept_and_shown_to_admins_only(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        wanted = {"secret_scanning": {"status": "enabled"}, "secret_scanning_push_protection": {"status": "enabled"}}
        good(client.patch(ROOT, json={"security_and_analysis": wanted}))
        found = good(client.get(ROOT))["security_and_analysis"]
        assert {**found, **wanted} == found
    with github.client(github.token_of("alice")) as client:
        assert "security_and_analysis" not in good(client.get(ROOT))


def test_security_updates_need_alerts(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        assert client.get(f"{ROOT}/vulnerability-alerts").status_code == 404
        assert client.put(f"{ROOT}/automated-security-fixes").status_code == 422
        good(client.put(f"{ROOT}/vulnerability-alerts"))
        good(client.put(f"{ROOT}/automated-security-fixes"))
        assert good(client.get(f"{ROOT}/automated-security-fixes")) == {"enabled": True, "paused": False}
        good(client.delete(f"{ROOT}/vulnerability-alerts"))
        assert client.get(f"{ROOT}/automated-security-fixes").status_code == 404


def test_topics_are_replaced(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(client.put(f"{ROOT}/topics", json={"names": ["one", "two"]}))
        good(client.put(f"{ROOT}/topics", json={"names": ["three"]}))
        assert good(client.get(ROOT))["topics"] == ["three"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "a name"}, "name"),
        ({"default_branch": "none"}, "default_branch"),
        ({"allow_merge_commit": False, "allow_squash_merge": False, "allow_rebase_merge": False}, "merge_commit_allowed"),
    ],
)
def test_what_github_would_refuse_is_refused_with_the_field(github: GitHubLab, change: dict[str, object], field: str) -> None:
    with github.client() as client:
        make_repository(client)
        refused = client.patch(ROOT, json=change)
    assert refused.status_code == 422
    assert refused.json()["message"] == "Validation Failed"
    assert refused.json()["errors"][0]["field"] == field
    assert refused.json()["documentation_url"] == "https://docs.github.com/rest/repos/repos#update-a-repository"


def test_a_name_is_given_once(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        refused = client.post("/orgs/lab/repos", json={"name": "podinfo"})
        assert refused.json()["errors"][0]["message"] == "name already exists on this account"


def test_the_default_branch_moves_to_a_branch_that_is_there(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        branch(client, "trunk", {"a": "1"})
        assert good(client.patch(ROOT, json={"default_branch": "trunk"}))["default_branch"] == "trunk"


def test_nothing_of_a_deleted_repository_comes_back_with_its_name(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(client.put(f"{ROOT}/environments/dev", json={}))
        good(client.post(f"{ROOT}/actions/variables", json={"name": "REGION", "value": "eu"}))
        good(client.delete(ROOT))
        assert client.get(ROOT).status_code == 404
        make_repository(client)
        assert good(client.get(f"{ROOT}/environments"))["total_count"] == 0
        assert good(client.get(f"{ROOT}/actions/variables"))["total_count"] == 0


def test_a_stranger_does_not_see_a_private_repository_and_a_member_may_not_change_it(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
    with github.client(github.token_of("mallory")) as stranger:
        assert stranger.get(ROOT).status_code == 404
        assert stranger.delete(ROOT).status_code == 404
        assert stranger.post("/orgs/lab/teams", json={"name": "intruders"}).status_code == 404
    with github.client(github.token_of("bob")) as member:
        assert good(member.get(ROOT))["permissions"] == {
            "admin": False, "maintain": False, "push": False, "triage": False, "pull": True,
        }  # fmt: skip
        refused = member.patch(ROOT, json={"description": "mine"})
        assert (refused.status_code, refused.json()["message"]) == (403, "Must have admin rights to Repository.")
        assert member.put(f"{ROOT}/environments/dev", json={}).status_code == 403
