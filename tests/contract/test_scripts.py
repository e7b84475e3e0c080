"""The scripts: clean, with help and exit codes that hold, and with every variable that docs/workflows.md hands them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from components.workflows.standard import Commands

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").glob("c[id]/*.sh")) + [
    ROOT / "scripts" / "utils" / name for name in ("artifact-management.sh", "notification.sh")
]
OTHERS = [ROOT / "scripts" / "utils" / name for name in ("common.sh", "service.sh", "stack.sh", "lock", "venv")]
STORY = (
    *("ci/build.sh", "ci/test.sh", "ci/security-scan.sh", "ci/quality-check.sh"),
    *("cd/deploy.sh", "cd/rollback.sh", "cd/smoke-test.sh", "cd/environment-setup.sh"),
    *("utils/artifact-management.sh", "utils/notification.sh"),
)
BESIDE = ("cd/on-stack.sh",)
"""Ours, beside the story's."""
WORKFLOWS = (ROOT / "docs" / "workflows.md").read_text()
DOCS = (ROOT / "docs" / "scripts.md").read_text()


def name(script: Path) -> str:
    return str(script.relative_to(ROOT / "scripts"))


def run(script: Path, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """With nothing of this machine's environment but PATH, HOME and the cache."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "XDG_CACHE_HOME")}
    return subprocess.run(
        [script, *arguments], cwd=cwd, env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=60
    )


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def contract() -> list[tuple[str, str]]:
    """Each command of the workflows with each variable that it gets."""
    section = WORKFLOWS.split("\n## What they call\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [(row[0].strip(" `"), variable) for row in rows for variable in re.findall(r"`([A-Z][A-Z_]+)", row[1])]


def test_all_scripts_of_the_story_are_here_and_described() -> None:
    assert {name(script) for script in SCRIPTS} == {*STORY, *BESIDE}
    assert [one for one in (*STORY, *BESIDE) if f"`{one}`" not in DOCS] == []


def test_shellcheck_finds_nothing() -> None:
    shellcheck = Path(sys.executable).parent / "shellcheck"
    files = [str(file.relative_to(ROOT)) for file in (*SCRIPTS, *OTHERS)]
    done = subprocess.run([shellcheck, "-x", *files], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_script_is_strict_and_can_be_run(script: Path) -> None:
    assert "\nset -euo pipefail\n" in script.read_text()
    assert os.access(script, os.X_OK)
    assert len(script.read_text().splitlines()) <= 220


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_says_usage_and_exit_codes_and_does_nothing(script: Path, flag: str, tmp_path: Path) -> None:
    done = run(script, flag, cwd=tmp_path)
    assert done.returncode == 0
    assert f"Usage: {script.name}" in done.stdout
    assert "Exit codes: 0" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_a_wrong_call_exits_with_2_and_points_to_the_help(script: Path, service: Path) -> None:
    done = run(script, "nonsense", "--dry-run", cwd=service, STACK="prod", REASON="x", SUBJECT="x")
    assert (done.returncode, "(--help shows how)" in done.stderr) == (2, True)


@pytest.mark.parametrize(("command", "variable"), contract())
def test_the_help_of_a_script_names_each_variable_that_a_workflow_hands_it(command: str, variable: str) -> None:
    script = ROOT / getattr(Commands(), command).split()[0]
    assert variable in run(script, "--help").stdout


@pytest.mark.parametrize(
    ("script", "lacking"),
    [
        ("cd/deploy.sh", "STACK"),
        ("cd/rollback.sh", "STACK"),
        ("cd/smoke-test.sh", "STACK"),
        ("utils/notification.sh", "SUBJECT"),
    ],
)
def test_a_value_that_is_needed_is_named(script: str, lacking: str) -> None:
    done = run(ROOT / "scripts" / script)
    assert (done.returncode, f"{lacking} has no value" in done.stderr) == (2, True)


def test_a_switch_that_is_neither_true_nor_false_is_refused(service: Path) -> None:
    done = run(ROOT / "scripts/ci/security-scan.sh", "hadolint", "--dry-run", cwd=service, CONTAINER_SCAN_ENABLED="maybe")
    assert (done.returncode, "CONTAINER_SCAN_ENABLED = maybe" in done.stderr) == (2, True)


def test_a_dry_build_shows_what_it_would_do_and_skips_by_name_what_is_not_there(service: Path) -> None:
    done = run(ROOT / "scripts/ci/build.sh", "--dry-run", cwd=service)
    assert "skipped: python: there is no requirements.lock" in done.stderr
    assert "skipped: node: package.json has no script build" in done.stderr
    assert {file.name for file in service.iterdir()} == {"Dockerfile"}


def test_git_passes_over_a_lockgate_inside_the_service_and_is_told_once(service: Path) -> None:
    shutil.copytree(ROOT / "scripts", service / "shop" / ".platform" / "scripts")
    (service / "shop" / ".platform" / ".venv").symlink_to(ROOT / ".venv")
    git(service, "init", "--quiet")
    script = service / "shop" / ".platform" / "scripts" / "ci" / "quality-check.sh"
    for _ in range(2):
        done = run(script, "debt", cwd=service / "shop")
        assert done.returncode == 0
    assert git(service, "ls-files", "--others", "--exclude-standard").split() == ["Dockerfile", "shop/reports/debt.md"]
    assert (service / ".git" / "info" / "exclude").read_text().splitlines().count("/shop/.platform/") == 1


def test_ruff_passes_over_it_too(service: Path) -> None:
    shutil.copytree(ROOT / "scripts", service / "platform" / "scripts")
    (service / "platform" / "bad.py").write_text("import os\n")
    git(service, "init", "--quiet")
    ruff = [Path(sys.executable).parent / "ruff", "check", "--no-cache", "."]
    assert subprocess.run(ruff, cwd=service, capture_output=True, check=False).returncode == 1
    run(service / "platform" / "scripts" / "ci" / "quality-check.sh", "debt", cwd=service)
    assert subprocess.run(ruff, cwd=service, capture_output=True, check=False).returncode == 0


def test_git_is_told_nothing_where_lockgate_is_elsewhere(service: Path) -> None:
    git(service, "init", "--quiet")
    before = (service / ".git" / "info" / "exclude").read_text()
    assert run(ROOT / "scripts/ci/quality-check.sh", "debt", cwd=service).returncode == 0
    assert (service / ".git" / "info" / "exclude").read_text() == before


def test_a_lockgate_without_an_environment_of_its_own_takes_the_one_on_path(service: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "lockgate" / "scripts")
    script = tmp_path / "lockgate" / "scripts" / "utils" / "notification.sh"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = run(script, "--dry-run", cwd=service, PATH=path, SUBJECT="it failed", SLACK_WEBHOOK_URL="http://127.0.0.1:1/x")
    assert (done.returncode, done.stdout) == (0, "Failed: it failed\n(to slack)\n")


def test_a_kind_of_tests_of_which_there_is_nothing_fails(service: Path) -> None:
    done = run(ROOT / "scripts/ci/test.sh", "integration", cwd=service)
    assert done.returncode == 1
    assert "integration: nothing was run" in done.stderr


def test_a_report_on_all_tests_is_read_from_the_environment_and_remembered_in_a_workflow(service: Path) -> None:
    script, given = ROOT / "scripts/ci/test.sh", {"PULL_REQUEST": "12", "TEST_HISTORY": "h.json", "RUN_URL": "https://h/1"}
    told = run(script, "report", "--dry-run", cwd=service, GITHUB_RUN_ID="7", **given).stderr
    command = "lockgate checks tests reports --summary reports/summary.json --history h.json"
    assert f"{command} --remember --comment 12 --url https://h/1\n" in told
    assert f"{command}\n" in run(script, "report", "--dry-run", cwd=service, TEST_HISTORY="h.json", PULL_REQUEST="").stderr


def test_a_report_on_all_tests_fails_with_the_tests_and_keeps_their_files(service: Path) -> None:
    file = service / "reports" / "test-reports-unit" / "unit-python.xml"
    file.parent.mkdir(parents=True)
    file.write_text('<testsuite><testcase name="test_bad"><failure/></testcase></testsuite>')
    done = run(ROOT / "scripts/ci/test.sh", "report", cwd=service)
    assert (done.returncode, "tests: 1 failed, test_bad first" in done.stderr) == (1, True)
    assert "nothing was run" not in done.stderr
    assert file.exists()


def test_only_an_image_by_digest_is_deployed() -> None:
    done = run(ROOT / "scripts/cd/deploy.sh", STACK="prod", IMAGE="podinfo:1.2.0")
    assert (done.returncode, "must be by digest" in done.stderr) == (2, True)


def test_a_strategy_that_the_stack_does_not_have_is_refused() -> None:
    image = f"podinfo:1.2.0@sha256:{'a' * 64}"
    done = run(ROOT / "scripts/cd/deploy.sh", cwd=ROOT, STACK="dev", IMAGE=image, DEPLOYMENT_STRATEGY="blue-green")
    assert (done.returncode, "stack dev has the strategy rolling" in done.stderr) == (2, True)


def test_outside_of_its_window_a_stack_is_not_deployed_to_and_nobody_was_told(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: lockgate\n")
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a")
    (tmp_path / "Pulumi.prod.yaml").write_text(f"config:\n  lockgate:deploymentWindow: {day} 08:00-15:00 UTC\n")
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    outputs, image = tmp_path / "outputs", f"podinfo:1.2.0@sha256:{'a' * 64}"
    done = run(ROOT / "scripts/cd/deploy.sh", cwd=tmp_path, STACK="prod", IMAGE=image, GITHUB_OUTPUT=str(outputs))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"it opens next on {day}" in done.stderr
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before


def test_a_notification_is_shown_and_not_sent() -> None:
    done = run(ROOT / "scripts/utils/notification.sh", "--dry-run", SUBJECT="it failed", SLACK_WEBHOOK_URL="http://127.0.0.1:1/x")
    assert (done.returncode, done.stdout) == (0, "Failed: it failed\n(to slack)\n")
