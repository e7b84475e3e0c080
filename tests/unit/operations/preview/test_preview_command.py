"""``lockgate preview-report``: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_pulumi import FakePulumi
from reports import golden

from operations.cli import cli


@pytest.fixture
def known(fake: FakePulumi) -> FakePulumi:
    folder = fake.project.state / ".pulumi" / "stacks" / "lockgate"
    folder.mkdir(parents=True)
    (folder / "prod.json").write_text("{}")
    fake.play("stack", "export", out="{}")
    fake.play("preview", events=golden("mixed"))
    return fake


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["preview-report", *arguments])


@pytest.mark.usefixtures("known")
def test_it_prints_the_report_and_shows_progress_beside_it() -> None:
    done = run()
    assert done.exit_code == 0
    assert done.stdout.startswith("Preview: 1 to replace, 1 to delete, 1 to update, 2 to create\n")
    assert "preview" in done.stderr


@pytest.mark.usefixtures("known")
def test_json_and_markdown_are_alone_on_standard_output() -> None:
    assert json.loads(run("--json").stdout)["stacks"][0]["stack"] == "prod"
    assert run("--markdown").stdout.startswith("### Preview: ")


def test_a_failed_preview_exits_with_1(known: FakePulumi) -> None:
    known.play("preview", events=golden("fails"), code=255)
    done = run()
    assert done.exit_code == 1
    assert "the server refused [secret]" in done.stdout


def test_a_denial_by_the_policy_exits_with_1_unless_it_is_allowed(known: FakePulumi) -> None:
    urn = "urn:pulumi:prod::lockgate::kubernetes:core/v1:Namespace::web"
    gone = {
        "op": "delete",
        "urn": urn,
        "type": "kubernetes:core/v1:Namespace",
        "old": {"inputs": {}},
        "new": None,
        "detailedDiff": None,
    }
    known.play("preview", events=[{"resourcePreEvent": {"metadata": gone}}])
    denied = run()
    assert denied.exit_code == 1
    assert "deny stateful-deletion" in denied.stdout
    assert "--allow-delete web" in denied.stdout
    allowed = run("--allow-delete", "web")
    assert allowed.exit_code == 0
    assert "cannot be undone: web loses everything in it" in allowed.stdout


@pytest.mark.usefixtures("known")
def test_the_full_report_goes_into_a_file(tmp_path: Path) -> None:
    run("--output", str(tmp_path / "report.md"), "--output", str(tmp_path / "report.md"))
    assert (tmp_path / "report.md").read_text().startswith("### Preview: ")
    run("--output", str(tmp_path / "report.json"))
    assert json.loads((tmp_path / "report.json").read_text())["version"] == 1


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "arguments", [["--json", "--markdown"], ["--comment", "7", "--repository", "no-owner"], ["--comment", "7"]]
)
def test_a_wrong_call_exits_with_2_before_anything_runs(known: FakePulumi, arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.exit_code if done.exit_code == 2 else getattr(done.exception, "exit_code", 0)) == 2
    assert known.calls == []
