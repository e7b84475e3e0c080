"""The one comment with the tests of a pull request, on a GitHub that keeps state and checks every call."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from github_calls import good, proposal
from github_lab import GitHubLab

from infra.github import GitHubError
from operations.checks import report
from operations.cli import cli
from operations.preview import comment

REPOSITORY = "lab/podinfo"
FAILED = '<testsuite><testcase name="test_links"><failure message="&lt;b&gt; @alice"/></testcase></testsuite>'
PASSED = '<testsuite><testcase name="test_links"/></testsuite>'


@pytest.fixture
def number(github: GitHubLab) -> int:
    """A pull request."""
    return proposal(github.client())


@pytest.fixture
def reports(github: GitHubLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, and the variables of a workflow."""
    monkeypatch.setenv("GITHUB_API_URL", github.api)
    monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
    monkeypatch.setenv("GITHUB_TOKEN", github.token)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


def check(reports: Path, junit: str, number: int) -> Result:
    (reports / "unit-python.xml").write_text(junit)
    return CliRunner().invoke(cli, ["checks", "tests", str(reports), "--comment", str(number), "--url", "https://h/run"])


def comments(github: GitHubLab, number: int) -> list[str]:
    found = good(github.client().get(f"/repos/{REPOSITORY}/issues/{number}/comments"))
    return [one["body"] for one in found]


def test_the_comment_is_made_once_and_edited_in_place(github: GitHubLab, number: int, reports: Path) -> None:
    failed = check(reports, FAILED, number)
    assert "test_links first" in str(failed.exception)
    assert f"The comment is created: {github.url}" in failed.stderr
    [body] = comments(github, number)
    assert body.startswith(f"{report.MARKER}\n## Tests: 1 failed, 0 passed, 0 skipped\n\n[The run](https://h/run)\n")
    assert "| `test_links` | `<b> @alice` | `unit-python` |" in body
    passed = check(reports, PASSED, number)
    assert (passed.exit_code, "The comment is updated: " in passed.stderr) == (0, True)
    assert [text.splitlines()[1] for text in comments(github, number)] == ["## Tests: 0 failed, 1 passed, 0 skipped"]
    assert "The comment is unchanged: " in check(reports, PASSED, number).stderr


def test_it_leaves_the_previews_comment_alone(github: GitHubLab, number: int, reports: Path) -> None:
    preview = {"body": f"{comment.MARKER}\n### Preview"}
    good(github.client().post(f"/repos/{REPOSITORY}/issues/{number}/comments", json=preview))
    check(reports, PASSED, number)
    check(reports, FAILED, number)
    assert [text.splitlines()[0] for text in comments(github, number)] == [comment.MARKER, report.MARKER]


@pytest.mark.parametrize(("junit", "code"), [(PASSED, 0), (FAILED, 1)])
def test_a_token_that_may_not_write_is_said_and_changes_no_verdict(
    github: GitHubLab, number: int, reports: Path, junit: str, code: int
) -> None:
    with github.fault("forbidden", method="POST", path="/comments"):
        done = check(reports, junit, number)
    assert (done.exit_code, comments(github, number)) == (code, [])
    assert [line for line in done.stderr.splitlines() if "The token may not comment (" in line]
    assert done.stdout.startswith("## Tests: ")


def test_a_pull_request_that_is_not_there_is_an_error(number: int, reports: Path) -> None:
    error = check(reports, PASSED, number + 1).exception
    assert isinstance(error, GitHubError)
    assert error.status == 404
