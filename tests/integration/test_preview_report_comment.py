"""The report's one comment on a pull request, on a GitHub that keeps state and checks every call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from github_calls import proposal
from github_lab import GitHubLab

from infra.github import GitHub, GitHubError, Token
from infra.plan import Change, Operation, Plan
from operations.cli import cli
from operations.preview import markdown
from operations.preview.comment import MARKER, Outcome, Target
from operations.preview.cost import Rates
from operations.preview.examine import examine
from operations.preview.model import Report, StackReport

REPOSITORY = "lab/podinfo"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


@pytest.fixture
def number(github: GitHubLab) -> int:
    """A pull request."""
    return proposal(github.client())


def say(github: GitHubLab, number: int, body: str, token: str = "") -> None:
    path = f"/repos/{REPOSITORY}/issues/{number}/comments"
    github.client(token or None).post(path, json={"body": body}).raise_for_status()


def comments(github: GitHubLab, number: int) -> list[dict[str, str]]:
    """All of them, the oldest first."""
    client = GitHub(github.url, Token(github.token))
    return list(client.pages(f"/repos/{REPOSITORY}/issues/{number}/comments"))


def ours(github: GitHubLab, number: int) -> list[str]:
    return [one["body"] for one in comments(github, number) if one["body"].startswith(MARKER)]


def publish(github: GitHubLab, number: int, report: Report, token: str = "") -> Outcome:
    client = GitHub(github.url, Token(token or github.token))
    done, address = Target(client=client, repository=REPOSITORY, number=number).publish(markdown.comment(report, MARKER))
    assert f"/{number}#issuecomment-" in address
    return done


def change(operation: Operation, name: str = "web") -> Change:
    old, new = {"spec": {"replicas": 2}}, {"spec": {"replicas": 3}}
    return Change(
        urn=f"urn:pulumi:prod::lockgate::{DEPLOYMENT}::{name}",
        type=DEPLOYMENT,
        operation=operation,
        old=None if operation == "create" else old,
        new=None if operation == "delete" else new,
        keys=("spec.replicas",) if operation in ("update", "replace") else (),
        replaced_by=("spec.replicas",) if operation == "replace" else (),
    )


def stack(*changes: Change, error: str = "", exists: bool = True) -> StackReport:
    plan = Plan(stack="prod", changes=changes, error=error, exists=exists)
    return examine(plan, ledgers={}, rates=Rates())


def report(*stacks: StackReport) -> Report:
    return Report(stacks=stacks)


CREATE = report(stack(change("create")))


@pytest.mark.parametrize(
    ("made", "parts"),
    [
        (stack(change("create")), ["+\u00a0create", "1 to create"]),
        (stack(change("update")), ["~\u00a0update", "<code>spec.replicas</code>: <code>2</code> → <code>3</code>"]),
        (stack(change("replace")), ["**±\u00a0replace**", "(forces the replacement)"]),
        (stack(change("delete")), ["**−\u00a0delete**", "1 to delete"]),
        (stack(error="Deployment web: forbidden"), ["prod failed", "```text\nDeployment web: forbidden\n```"]),
        (stack(change("create"), exists=False), ["the stack does not exist yet"]),
        (stack(change("same")), ["**Preview:** no change in prod"]),
    ],
)
def test_the_comment_says_what_the_preview_said(github: GitHubLab, number: int, made: StackReport, parts: Sequence[str]) -> None:
    assert publish(github, number, report(made)) == "created"
    [body] = ours(github, number)
    assert [part for part in parts if part not in body] == []


def test_it_is_found_among_250_others_and_edited_in_place(github: GitHubLab, number: int) -> None:
    for count in range(125):
        say(github, number, f"before {count}")
    publish(github, number, CREATE)
    place = [one["id"] for one in comments(github, number)][125]
    for count in range(125):
        say(github, number, f"after {count}")
    assert publish(github, number, report(stack(change("delete")))) == "updated"
    found = comments(github, number)
    assert len(found) == 251
    assert (found[125]["id"], "−\u00a0delete" in found[125]["body"]) == (place, True)
    assert [one["body"] for one in found[:125]] == [f"before {count}" for count in range(125)]


def test_the_same_report_again_writes_nothing(github: GitHubLab, number: int) -> None:
    publish(github, number, CREATE)
    github.forget_requests()
    assert publish(github, number, CREATE) == "unchanged"
    assert [one["method"] for one in github.requests() if one["method"] != "GET"] == []
    assert len(ours(github, number)) == 1


def test_a_comment_that_somebody_else_copied_is_left_alone(github: GitHubLab, number: int) -> None:
    say(github, number, f"{MARKER}\nlook what I found", github.token_of("alice"))
    assert publish(github, number, CREATE) == "created"
    assert publish(github, number, report(stack(change("update")))) == "updated"
    theirs, own = ours(github, number)
    assert theirs == f"{MARKER}\nlook what I found"
    assert "~\u00a0update" in own


def test_a_comment_that_only_quotes_the_marker_is_not_the_report(github: GitHubLab, number: int) -> None:
    say(github, number, f"> {MARKER}\n> see above")
    assert publish(github, number, CREATE) == "created"


def test_two_thousand_changes_are_a_comment_that_github_takes(github: GitHubLab, number: int) -> None:
    kinds: list[Operation] = ["create", "update", "replace", "delete"]
    many = report(stack(*(change(kinds[count % 4], f"resource-{count}") for count in range(2_000))))
    assert publish(github, number, many) == "created"
    assert publish(github, number, many) == "unchanged"
    [body] = ours(github, number)
    assert len(body) <= 65_536
    assert "see the full report (artifact)" in body


def test_secondary_limits_and_gateways_do_not_make_a_second_comment(github: GitHubLab, number: int) -> None:
    publish(github, number, CREATE)
    with github.fault("bad_gateway", times=2), github.fault("secondary_rate_limit", times=1, retry_after=1):
        assert publish(github, number, report(stack(change("update")))) == "updated"
    assert len(ours(github, number)) == 1


def test_a_pull_request_that_is_not_there_is_said(github: GitHubLab, number: int) -> None:
    with pytest.raises(GitHubError, match="404"):
        publish(github, number + 1, CREATE)


@pytest.fixture
def project(github: GitHubLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose one stack looks after the repository, and the token of a workflow."""
    (tmp_path / "Pulumi.yaml").write_text("name: lockgate\nruntime: python\n")
    settings = {"lockgate:github.repository": REPOSITORY, "lockgate:github.baseUrl": github.url}
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": settings}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", github.token)
    monkeypatch.setenv("GITHUB_SERVER_URL", github.url)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_the_command_takes_server_and_repository_from_the_settings(github: GitHubLab, number: int) -> None:
    done = CliRunner().invoke(cli, ["preview-report", "--fork", "--comment", str(number)])
    assert (done.exit_code, "The comment is created: " in done.stderr) == (0, True)
    [body] = ours(github, number)
    assert "it looks after" in body
    assert "The comment is unchanged: " in CliRunner().invoke(cli, ["preview-report", "--fork", "--comment", str(number)]).stderr


@pytest.mark.usefixtures("project")
def test_a_token_of_a_fork_that_may_not_comment_is_no_fault_of_its_pull_request(github: GitHubLab, number: int) -> None:
    with github.fault("forbidden", method="POST", path="/comments"):
        done = CliRunner().invoke(cli, ["preview-report", "--fork", "--comment", str(number)])
    assert (done.exit_code, ours(github, number)) == (0, [])
    assert "may not comment" in done.stderr
    assert "no preview of dev" in done.stdout
