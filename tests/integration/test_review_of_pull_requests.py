"""Labels, owners and checklist of a pull request, on a GitHub that keeps state and checks every call."""

from __future__ import annotations

import base64

import httpx2 as httpx
import pytest
from click.testing import CliRunner, Result
from github_calls import ROOT, branch, good, make_repository, pull
from github_lab import GitHubLab

from infra.errors import LockgateError
from operations.cli import cli

RULES = "labels:\n  docs: ['docs/']\n  web: ['web/']\nuncounted: ['*.lock']\nlarge: 100\n"
TEMPLATE = "- [ ] It is tested\n- [ ] It is documented\n"
BASE = {
    ".github/review.yml": RULES,
    ".github/CODEOWNERS": "/app/ @nobody-of-that-name @bob\n/web/ @alice @lockgate-bot\n/docs/ @bob someone@example.com\n",
    ".github/pull_request_template.md": TEMPLATE,
}


@pytest.fixture
def client(github: GitHubLab, monkeypatch: pytest.MonkeyPatch) -> httpx.Client:
    """A repository with rules on ``main``, and the variables of a workflow."""
    monkeypatch.setenv("GITHUB_API_URL", github.api)
    monkeypatch.setenv("GITHUB_REPOSITORY", "lab/podinfo")
    monkeypatch.setenv("GITHUB_TOKEN", github.token)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    client = github.client()
    make_repository(client)
    for path, text in BASE.items():
        put(client, path, text)
    return client


def put(client: httpx.Client, path: str, text: str, on: str = "main") -> None:
    content = base64.b64encode(text.encode()).decode()
    good(client.put(f"{ROOT}/contents/{path}", json={"message": path, "content": content, "branch": on}))


def propose(client: httpx.Client, files: dict[str, str]) -> int:
    branch(client, "change", files)
    return int(pull(client, "change")["number"])


def labels(client: httpx.Client, number: int) -> set[str]:
    return {one["name"] for one in good(client.get(f"{ROOT}/issues/{number}/labels"))}


def asked(client: httpx.Client, number: int) -> set[str]:
    return {one["login"] for one in good(client.get(f"{ROOT}/pulls/{number}"))["requested_reviewers"]}


def review(command: str, number: int) -> Result:
    return CliRunner().invoke(cli, ["review", command, str(number)])


def test_labels_by_path_and_size_follow_the_change_and_leave_a_persons_label(client: httpx.Client) -> None:
    number = propose(client, {"web/a.js": "x\n" * 12, "web/npm.lock": "x\n" * 900})
    good(client.post(f"{ROOT}/issues/{number}/labels", json={"labels": ["docs", "urgent"]}))
    done = review("prepare", number)
    assert done.exit_code == 0, done.output
    assert labels(client, number) == {"web", "size/S", "urgent"}
    assert "## Review: 12 changed lines, size/S" in done.stdout
    assert "- labels given: size/S, web\n- labels taken away: docs\n" in done.stdout


def test_a_second_time_nothing_is_written(github: GitHubLab, client: httpx.Client) -> None:
    number = propose(client, {"web/a.js": "x\n", "docs/a.md": "x\n"})
    review("prepare", number)
    github.forget_requests()
    assert review("prepare", number).exit_code == 0
    assert [one for one in github.requests() if one["method"] != "GET"] == []


def test_owners_of_what_changed_are_asked_but_for_the_author_and_an_address(client: httpx.Client) -> None:
    number = propose(client, {"web/a.js": "x\n", "docs/a.md": "x\n"})
    done = review("prepare", number)
    assert asked(client, number) == {"alice", "bob"}
    assert "not asked: someone@example.com: an address" in done.stdout


def test_whoever_has_reviewed_is_not_asked_again(github: GitHubLab, client: httpx.Client) -> None:
    number = propose(client, {"web/a.js": "x\n"})
    good(client.put(f"{ROOT}/collaborators/alice", json={"permission": "push"}))
    with github.client(github.token_of("alice")) as alice:
        good(alice.post(f"{ROOT}/pulls/{number}/reviews", json={"event": "COMMENT", "body": "Why?"}))
    review("prepare", number)
    assert asked(client, number) == set()


def test_rules_that_the_pull_request_brings_do_not_count_for_it(client: httpx.Client) -> None:
    number = propose(client, {".github/review.yml": "labels:\n  mine: ['*']\n", ".github/CODEOWNERS": "* @bob\n"})
    review("prepare", number)
    assert labels(client, number) == {"size/XS"}
    assert asked(client, number) == set()


def test_an_owner_that_is_nobody_keeps_no_other_from_being_asked(client: httpx.Client) -> None:
    number = propose(client, {"app/a.py": "x\n"})
    done = review("prepare", number)
    assert done.exit_code == 0, done.output
    assert "- not asked: @nobody-of-that-name: " in done.stdout
    assert asked(client, number) == {"bob"}


def test_a_token_that_may_ask_nobody_says_so_and_labels_all_the_same(client: httpx.Client, github: GitHubLab) -> None:
    number = propose(client, {"web/a.js": "x\n"})
    with github.fault("forbidden", method="POST", path="/requested_reviewers"):
        done = review("prepare", number)
    assert done.exit_code == 0
    assert "The token may not ask for reviews (" in done.stdout
    assert labels(client, number) == {"web", "size/XS"}


def test_a_token_that_may_not_label_says_so_and_the_size_all_the_same(client: httpx.Client, github: GitHubLab) -> None:
    number = propose(client, {"web/a.js": "x\n" * 40})
    with github.fault("forbidden", method="POST", path="/labels"):
        done = review("prepare", number)
    assert (done.exit_code, labels(client, number)) == (0, set())
    assert "40 changed lines, size/M" in done.stdout
    assert "The token may not label (" in done.stdout


def test_a_large_pull_request_is_warned_of(client: httpx.Client) -> None:
    number = propose(client, {"web/a.js": "x\n" * 101})
    assert "::warning title=A large pull request::101 changed lines are more than 100" in review("prepare", number).stdout


def test_the_checklist_names_each_box_that_is_not_ticked(client: httpx.Client) -> None:
    number = propose(client, {"web/a.js": "x\n"})
    good(client.patch(f"{ROOT}/pulls/{number}", json={"body": "- [x] It is tested\n- [ ] It is documented\n"}))
    done = review("checklist", number)
    assert isinstance(done.exception, LockgateError)
    assert str(done.exception) == "checklist: not ticked in the pull request's text: It is documented"
    good(client.patch(f"{ROOT}/pulls/{number}", json={"body": TEMPLATE.replace("[ ]", "[x]")}))
    assert review("checklist", number).exit_code == 0


def test_a_repository_without_rules_gets_sizes_and_asks_for_nothing_more(client: httpx.Client) -> None:
    for path in BASE:
        sha = good(client.get(f"{ROOT}/contents/{path}"))["sha"]
        good(client.request("DELETE", f"{ROOT}/contents/{path}", json={"message": "x", "sha": sha, "branch": "main"}))
    number = propose(client, {"web/a.js": "x\n"})
    assert review("prepare", number).exit_code == 0
    assert labels(client, number) == {"size/XS"}
    assert review("checklist", number).exit_code == 0
