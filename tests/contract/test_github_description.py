"""Every request and every answer of the GitHub stand-in is held against GitHub's own OpenAPI description."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from github_calls import ROOT, good, make_repository
from github_lab import GitHubLab

BROKEN: list[tuple[str, str, Any, str]] = [
    ("PUT", f"{ROOT}/environments/dev", {"wait_timer": "soon"}, "body/wait_timer: must be integer"),
    ("PUT", f"{ROOT}/environments/dev", {"wait": 1}, "body: must NOT have additional properties (wait)"),
    ("POST", "/orgs/lab/repos", {}, "body: must have required property 'name'"),
    ("POST", "/orgs/lab/repos", {"name": "a", "visibility": "secret"}, "body/visibility: must be equal to one of"),
    ("GET", f"{ROOT}/pulls?state=merged", None, "query/state: must be equal to one of"),
    ("GET", f"{ROOT}/pulls?perpage=1", None, "query: perpage is not a parameter of"),
    ("POST", f"{ROOT}/rulesets", {"name": "a", "enforcement": "active", "rules": [{"type": "none"}]}, "body/rules/0"),
]


@pytest.mark.parametrize(("method", "path", "body", "problem"), BROKEN)
def test_a_request_that_the_description_does_not_allow_is_refused_and_kept(
    github: GitHubLab, method: str, path: str, body: Any, problem: str
) -> None:
    with github.client() as client:
        make_repository(client)
        refused = client.request(method, path, json=body)
    assert refused.status_code == 422
    assert any(one.startswith(problem) for one in refused.json()["errors"]), refused.text
    assert refused.json()["documentation_url"].startswith("https://docs.github.com/rest/")
    (kept,) = github.violations()
    assert (kept["side"], kept["method"]) == ("request", method)
    github.forgive()


def test_a_violation_outlives_a_restart(github: GitHubLab) -> None:
    with github.client() as client:
        client.get("/nothing")
    github.restart()
    assert [one["path"] for one in github.violations()] == ["/nothing"]
    github.forgive()


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PATCH", f"{ROOT}/topics")])
def test_a_path_or_method_that_github_does_not_have_is_not_there(github: GitHubLab, method: str, path: str) -> None:
    with github.client() as client:
        make_repository(client)
        assert client.request(method, path).status_code == 404
    assert github.violations()[0]["problems"] == [f"{method} {path} is not in GitHub's description"]
    github.forgive()


def test_a_violation_fails_the_test_that_has_it(tmp_path: Path) -> None:
    tests = Path(__file__).parents[1]
    fixtures = (tests / "conftest.py").read_text().replace("Path(__file__).parent", f"Path({str(tests)!r})")
    (tmp_path / "conftest.py").write_text(fixtures)
    (tmp_path / "test_it.py").write_text("def test_bad(github):\n    github.client().get('/nothing')\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", tmp_path], cwd=tmp_path, capture_output=True, text=True)
    assert "1 passed, 1 error" in done.stdout
    assert "request GET /nothing: GET /nothing is not in GitHub's description" in done.stdout


def test_the_answers_to_reading_everything_are_as_described(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        below = ["", "/branches/main", "/commits", "/contents/", "/contributors", "/languages", "/tags", "/readme", "/labels"]
        below += ["/milestones", "/actions/workflows", "/actions/artifacts", "/releases", "/hooks", "/forks", "/issues"]
        for path in ("/rate_limit", "/meta", "/orgs/lab", "/orgs/lab/teams", "/orgs/lab/members"):
            good(client.get(path))
        for path in below:
            good(client.get(ROOT + path))
