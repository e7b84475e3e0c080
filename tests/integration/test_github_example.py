"""The example of a program of one's own with components of GitHub, on the real engine and the real provider."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from github_lab import GitHubLab
from github_program import ROOT, Program

EXAMPLE = ROOT / "examples" / "github"


@pytest.fixture
def bakery(tmp_path: Path, github: GitHubLab) -> Program:
    folder = tmp_path / "bakery"
    shutil.copytree(EXAMPLE, folder)
    program = Program(folder, github)
    program.good("config", "set", "approvers", "platform")
    program.good("config", "set", "--secret", "apiKey", "hunter2")
    program.good("config", "set", "github:writeDelayMs", "1")
    return program


def test_the_example_imports_components_and_nothing_else_of_ours() -> None:
    tree = ast.parse((EXAMPLE / "__main__.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    from_these = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported | from_these == {"pulumi", "components"}


def test_the_example_makes_a_protected_repository_and_settles(bakery: Program, github: GitHubLab) -> None:
    bakery.up()
    assert bakery.outputs() == {"url": f"{github.url}/lab/bakery", "live": "live"}
    with github.client() as client:
        live = client.get("repos/lab/bakery/environments/live").json()
        rules = client.get("repos/lab/bakery/rules/branches/main").json()
    assert {rule["type"] for rule in live["protection_rules"]} == {"wait_timer", "required_reviewers", "branch_policy"}
    assert "pull_request" in {rule["type"] for rule in rules}
    assert github.secret("lab/bakery", "API_KEY", "live") == "hunter2"
    assert "hunter2" not in bakery.state()
    bakery.settles()


def test_the_example_goes_only_when_that_is_allowed(bakery: Program, github: GitHubLab) -> None:
    bakery.up()
    assert "protect" in bakery.bad("destroy", "--yes", "--skip-preview")
    bakery.good("config", "set", "deletion", "allow")
    bakery.up()
    bakery.good("destroy", "--yes", "--skip-preview")
    with github.client() as client:
        assert client.get("repos/lab/bakery").status_code == 404
