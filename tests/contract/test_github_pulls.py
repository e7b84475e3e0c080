"""Pull requests, comments, deployments and runs of the GitHub stand-in."""

from __future__ import annotations

from typing import Any

import pytest
from github_calls import ROOT, branch, commit, good, make_repository, move, pull, tip
from github_lab import GitHubLab


def test_a_pull_request_shows_the_files_that_it_changes(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        branch(client, "change", {"README.md": "new\n", ".github/workflows/ci.yml": "on: push\n"})
        number = pull(client, "change")["number"]
        files = good(client.get(f"{ROOT}/pulls/{number}/files"))
        shown = {one["filename"]: one["status"] for one in files}
        assert shown == {".github/workflows/ci.yml": "added", "README.md": "modified"}
        listed = good(client.get(f"{ROOT}/pulls", params={"head": "lab:change", "base": "main"}))
        assert [one["number"] for one in listed] == [number]


def test_a_pull_request_follows_its_branch(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        head = branch(client, "change", {"a": "1"})
        number = pull(client, "change")["number"]
        later = commit(client, {"b": "2"}, head)
        good(move(client, "change", later))
        assert good(client.get(f"{ROOT}/pulls/{number}"))["head"]["sha"] == later
        assert len(good(client.get(f"{ROOT}/pulls/{number}/files"))) == 2


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_merge_keeps_what_both_sides_changed(github: GitHubLab, method: str) -> None:
    with github.client() as client:
        make_repository(client)
        branch(client, "change", {"dir/theirs": "1"})
        number = pull(client, "change")["number"]
        good(move(client, "main", commit(client, {"dir/ours": "2"}, tip(client))))
        merged = good(client.put(f"{ROOT}/pulls/{number}/merge", json={"merge_method": method}))
        assert tip(client) == merged["sha"]
        names = [one["name"] for one in good(client.get(f"{ROOT}/contents/dir"))]
        assert names == ["ours", "theirs"]
        assert good(client.get(f"{ROOT}/pulls/{number}"))["merged"] is True


def test_a_conflict_is_not_merged(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        branch(client, "change", {"a": "theirs"})
        number = pull(client, "change")["number"]
        good(move(client, "main", commit(client, {"a": "ours"}, tip(client))))
        assert good(client.get(f"{ROOT}/pulls/{number}"))["mergeable"] is False
        assert client.put(f"{ROOT}/pulls/{number}/merge", json={}).status_code == 405


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"head": "none", "base": "main"}, "head is invalid"),
        ({"head": "change", "base": "none"}, "base is invalid"),
        ({"head": "same", "base": "main"}, "No commits between main and same"),
        ({"head": "change", "base": "main"}, "A pull request already exists for lab:change."),
    ],
)
def test_a_pull_request_that_makes_no_sense_is_refused(github: GitHubLab, wanted: dict[str, str], says: str) -> None:
    with github.client() as client:
        make_repository(client)
        branch(client, "change", {"a": "1"})
        good(client.post(f"{ROOT}/git/refs", json={"ref": "refs/heads/same", "sha": tip(client)}))
        pull(client, "change")
        refused = client.post(f"{ROOT}/pulls", json={"title": "again", **wanted})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == says


def test_a_comment_is_found_among_250_others(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client, has_issues=False)
        branch(client, "change", {"a": "1"})
        path = f"{ROOT}/issues/{pull(client, 'change')['number']}/comments"
        ids = [good(client.post(path, json={"body": f"comment {number}"}))["id"] for number in range(251)]
        found: list[Any] = []
        url, sizes = f"{github.api}{path}?per_page=100", []
        while url:
            page = client.get(url)
            sizes.append(len(good(page)))
            found += page.json()
            url = page.links.get("next", {}).get("url", "")
        assert sizes == [100, 100, 51]
        assert [one["id"] for one in found] == ids
        assert len(good(client.get(path))) == 30
        assert len(good(client.get(path, params={"per_page": 100, "page": 4}))) == 0
        good(client.patch(f"{ROOT}/issues/comments/{ids[180]}", json={"body": "edited"}))
        assert good(client.get(f"{ROOT}/issues/comments/{ids[180]}"))["body"] == "edited"


def test_a_deployment_that_succeeds_retires_the_one_before(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        ids = []
        for _ in range(2):
            made = good(client.post(f"{ROOT}/deployments", json={"ref": "main", "environment": "dev", "required_contexts": []}))
            good(client.post(f"{ROOT}/deployments/{made['id']}/statuses", json={"state": "success", "environment_url": "http://dev"}))
            ids.append(made["id"])
        assert [one["id"] for one in good(client.get(f"{ROOT}/deployments", params={"environment": "dev"}))] == ids[::-1]
        states = [[one["state"] for one in good(client.get(f"{ROOT}/deployments/{number}/statuses"))] for number in ids]
        assert states == [["inactive", "success"], ["success"]]
        assert [one["name"] for one in good(client.get(f"{ROOT}/environments"))["environments"]] == ["dev"]


def test_a_deployment_waits_for_good_statuses(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(client.post(f"{ROOT}/statuses/{tip(client)}", json={"state": "pending", "context": "test"}))
        assert good(client.get(f"{ROOT}/commits/main/status"))["state"] == "pending"
        assert client.post(f"{ROOT}/deployments", json={"ref": "main"}).status_code == 409
        good(client.post(f"{ROOT}/statuses/{tip(client)}", json={"state": "success", "context": "test"}))
        assert good(client.get(f"{ROOT}/commits/main/status"))["state"] == "success"
        good(client.post(f"{ROOT}/deployments", json={"ref": "main"}))


def test_workflow_runs_are_listed_by_what_they_are(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good_run = github.add_run("lab/podinfo", workflow="cd.yml", conclusion="success", event="push")
        github.add_run("lab/podinfo", workflow="ci.yml", conclusion="failure", event="pull_request")
        found = good(client.get(f"{ROOT}/actions/workflows/cd.yml/runs"))["workflow_runs"]
        assert [(one["id"], one["conclusion"]) for one in found] == [(good_run, "success")]
        assert found[0]["path"] == ".github/workflows/cd.yml"
        assert good(client.get(f"{ROOT}/actions/runs"))["total_count"] == 2
        assert good(client.get(f"{ROOT}/actions/runs/{good_run}"))["head_sha"] == tip(client)
