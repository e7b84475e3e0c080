"""This repository's own .github is what the PipelineSpec renders, and the commands keep it so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from components.workflows.standard import own
from infra.errors import LockgateError
from operations.cli_workflows import workflows
from operations.workflows import differences

ROOT = Path(__file__).parents[2]
CI = ".github/workflows/ci.yml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without any workflow."""
    (tmp_path / "Pulumi.yaml").write_text("name: lockgate\n")
    monkeypatch.setenv("LOCKGATE_PROJECT", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(workflows, list(arguments))


def test_our_own_files_are_what_is_rendered() -> None:
    assert differences(ROOT, own()) == [], "run `lockgate workflows render`"


@pytest.mark.parametrize("command", [[], ["render"], ["check"], ["list"]])
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert "Examples:\n" in shown.output


def test_render_writes_what_is_missing_and_then_nothing(project: Path) -> None:
    first = run("render")
    assert first.exit_code == 0
    assert f"{CI}: was missing" in first.output
    assert (project / CI).read_text() == own().files()[CI]
    assert run("render").output == ""
    assert run("render", "--check").exit_code == 0


def test_render_takes_away_what_is_no_longer_rendered_and_leaves_a_persons_file(project: Path) -> None:
    run("render")
    old, theirs = project / ".github/workflows/old.yml", project / ".github/workflows/theirs.yml"
    old.write_text((project / CI).read_text())
    theirs.write_text("name: Theirs\n")
    assert run("render").output == ".github/workflows/old.yml: was no longer rendered\n"
    assert not old.exists()
    assert theirs.exists()


def test_check_says_what_differs_and_writes_nothing(project: Path) -> None:
    run("render")
    (project / CI).write_text("name: Edited\n")
    (project / ".github/workflows/cd.yml").unlink()
    done = run("render", "--check")
    assert isinstance(done.exception, LockgateError)
    assert str(done.exception) == (
        ".github differs from the PipelineSpec: .github/workflows/ci.yml (different), .github/workflows/cd.yml (missing); "
        "run `lockgate workflows render`"
    )
    assert (project / CI).read_text() == "name: Edited\n"


def test_the_linters_findings_are_shown_and_fail(project: Path) -> None:
    run("render")
    assert run("check").exit_code == 0
    (project / CI).write_text("name: Edited\n")
    done = run("check")
    assert "jobs" in done.output
    assert isinstance(done.exception, LockgateError)
    assert "actionlint" in str(done.exception)


def test_list_shows_the_checks_and_which_are_required() -> None:
    found = json.loads(run("list", "--json").output)
    assert found["required"] == list(own().required_checks())
    assert found["workflows"]["ci"] == "Continuous Integration"
    shown = run("list").output
    assert all(f"  {check}\n" in shown for check in found["published"])
