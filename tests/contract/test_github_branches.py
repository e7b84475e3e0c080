"""Branches of the GitHub stand-in: commits by the Git data API, and rules that are kept."""

from __future__ import annotations

import base64

import pytest
from github_calls import (
    MAIN,
    PULL_REQUEST,
    ROOT,
    branch,
    commit,
    good,
    make_repository,
    move,
    pull,
    required_checks,
    ruleset,
    tip,
)
from github_lab import GitHubLab

OWNERS = [{"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}]
BLOCKED = "Repository rule violations found\n\nChanges must be made through a pull request.\n\n"


def text(client: object, path: str, ref: str = "main") -> str:
    found = good(client.get(f"{ROOT}/contents/{path}", params={"ref": ref}))  # type: ignore[attr-defined]
    return base64.b64decode(found["content"]).decode()


def test_files_are_committed_at_once_and_read_back(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(move(client, "main", commit(client, {".github/workflows/ci.yml": "on: push\n", "a/b.txt": "b"}, tip(client))))
        assert text(client, ".github/workflows/ci.yml") == "on: push\n"
        assert [one["name"] for one in good(client.get(f"{ROOT}/contents/.github/workflows"))] == ["ci.yml"]
        assert good(client.get(f"{ROOT}/commits/main"))["commit"]["message"].startswith("Change")


def test_a_branch_moves_forward_only_unless_forced(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        first = tip(client)
        second = commit(client, {"a": "1"}, first)
        good(move(client, "main", second))
        refused = move(client, "main", commit(client, {"b": "2"}, first))
        assert (refused.status_code, refused.json()["message"]) == (422, "Update is not a fast-forward")
        assert tip(client) == second
        good(move(client, "main", first, force=True))


def test_a_file_is_changed_only_by_who_knows_what_is_there(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        path, change = f"{ROOT}/contents/README.md", {"message": "m", "content": base64.b64encode(b"new").decode()}
        sha = good(client.get(path))["sha"]
        assert client.put(path, json=change).status_code == 422
        assert client.put(path, json={**change, "sha": "0" * 40}).status_code == 409
        good(client.put(path, json={**change, "sha": sha}))
        assert text(client, "README.md") == "new"


def test_a_protected_branch_takes_no_direct_change(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        ruleset(client, {"type": "pull_request", "parameters": PULL_REQUEST})
        before = tip(client)
        refused = move(client, "main", commit(client, {"a": "1"}, before))
        assert (refused.status_code, refused.json()["message"]) == (422, BLOCKED)
        written = client.put(f"{ROOT}/contents/b", json={"message": "m", "content": "Yg=="})
        assert (written.status_code, written.json()["message"]) == (409, BLOCKED)
        assert tip(client) == before
        branch(client, "free", {"a": "1"})


@pytest.mark.parametrize(
    ("rule", "says"),
    [("non_fast_forward", "Cannot force-push"), ("update", "Cannot update"), ("required_signatures", "verified signatures")],
)
def test_each_rule_refuses_what_it_is_there_for(github: GitHubLab, rule: str, says: str) -> None:
    with github.client() as client:
        make_repository(client)
        first = tip(client)
        good(move(client, "main", commit(client, {"a": "1"}, first)))
        ruleset(client, {"type": rule})
        refused = move(client, "main", commit(client, {"b": "1"}, first), force=True)
    assert refused.status_code == 422
    assert says in refused.json()["message"]


def test_tags_can_be_kept_from_moving_and_going(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        kept = {"ref_name": {"include": ["refs/tags/v*"], "exclude": []}}
        ruleset(client, {"type": "deletion"}, {"type": "update"}, target="tag", conditions=kept)
        for name in ("v1", "draft"):
            good(client.post(f"{ROOT}/git/refs", json={"ref": f"refs/tags/{name}", "sha": tip(client)}))
        assert client.delete(f"{ROOT}/git/refs/tags/v1").status_code == 422
        good(client.delete(f"{ROOT}/git/refs/tags/draft"))


def test_who_may_pass_the_rules_passes_them_and_others_do_not(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(client.put(f"{ROOT}/collaborators/alice", json={"permission": "push"}))
        made = ruleset(client, {"type": "pull_request", "parameters": PULL_REQUEST}, bypass_actors=OWNERS)
        assert made["current_user_can_bypass"] == "always"
        good(move(client, "main", commit(client, {"a": "1"}, tip(client))))
    with github.client(github.token_of("alice")) as alice:
        assert move(alice, "main", commit(alice, {"b": "1"}, tip(alice))).status_code == 422
        assert good(alice.get(f"{ROOT}/rulesets/{made['id']}"))["current_user_can_bypass"] == "never"


def test_a_rule_that_is_off_or_for_another_branch_binds_nobody(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        rule = {"type": "pull_request", "parameters": PULL_REQUEST}
        other = {"ref_name": {"include": ["refs/heads/release/**"], "exclude": ["refs/heads/release/old"]}}
        ruleset(client, rule, name="off", enforcement="disabled")
        ruleset(client, rule, name="releases", conditions=other)
        good(move(client, "main", commit(client, {"a": "1"}, tip(client))))
        branch(client, "release/1/x", {"b": "1"})
        branch(client, "release/old", {"c": "1"})
        assert [one["type"] for one in good(client.get(f"{ROOT}/rules/branches/release/1/x"))] == ["pull_request"]
        assert good(client.get(f"{ROOT}/rules/branches/release/old")) == []
        assert move(client, "release/1/x", commit(client, {"d": "1"}, tip(client, "release/1/x"))).status_code == 422


def test_a_pull_request_is_merged_when_all_required_checks_are_good(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        ruleset(client, {"type": "pull_request", "parameters": PULL_REQUEST}, required_checks("test", "lint"))
        head = branch(client, "change", {"a": "1"})
        number = pull(client, "change")["number"]
        merge = f"{ROOT}/pulls/{number}/merge"
        assert "2 of 2 required status checks are expected." in client.put(merge, json={}).json()["message"]
        good(client.post(f"{ROOT}/statuses/{head}", json={"state": "success", "context": "lint"}))
        check = good(client.post(f"{ROOT}/check-runs", json={"name": "test", "head_sha": head, "status": "in_progress"}))
        refused = client.put(merge, json={})
        assert refused.status_code == 405
        assert 'Required status check "test" is expected.' in refused.json()["message"]
        good(client.patch(f"{ROOT}/check-runs/{check['id']}", json={"status": "completed", "conclusion": "success"}))
        assert good(client.put(merge, json={}))["merged"] is True
        assert text(client, "a") == "1"


def test_classic_protection_is_kept_apart_and_can_be_taken_away(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        path = f"{ROOT}/branches/main/protection"
        assert client.get(path).status_code == 404
        checks = {"strict": True, "checks": [{"context": "test"}]}
        rest = {"enforce_admins": True, "required_pull_request_reviews": None, "restrictions": None}
        wanted = {"required_status_checks": checks, **rest}
        good(client.put(path, json=wanted))
        assert good(client.get(path))["required_status_checks"]["contexts"] == ["test"]
        assert [one["name"] for one in good(client.get(f"{ROOT}/branches", params={"protected": "true"}))] == ["main"]
        assert move(client, "main", commit(client, {"a": "1"}, tip(client))).status_code == 422
        good(client.delete(path))
        assert good(client.get(f"{ROOT}/branches", params={"protected": "true"})) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "main"}, "Name must be unique"),
        ({"conditions": {"ref_name": {"include": ["main"], "exclude": []}}}, "Invalid target patterns: 'main'"),
        ({"rules": [{"type": "deletion"}, {"type": "deletion"}]}, "Rule deletion is given more than once"),
        ({"bypass_actors": [{"actor_id": 99, "actor_type": "Team"}]}, "Actor Team 99 must be part of"),
    ],
)
def test_a_ruleset_that_github_would_refuse_is_refused(github: GitHubLab, settings: dict[str, object], message: str) -> None:
    with github.client() as client:
        make_repository(client)
        ruleset(client, {"type": "deletion"})
        wanted = {"name": "other", "enforcement": "active", "conditions": MAIN, "rules": [], **settings}
        refused = client.post(f"{ROOT}/rulesets", json=wanted)
    assert refused.status_code == 422
    assert message in refused.json()["errors"][0]["message"]
