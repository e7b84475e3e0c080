"""The stand-ins for GitHub's actions, run as a job runs them: what goes in comes out, and what GitHub refuses is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab import actions
from operations.pipeline import git

COMMIT_LENGTH = 40
SECONDS = 30
NAMES = {name.replace("-", "_"): name for one in actions.STAND_INS.values() for name in one.inputs}
"""The actions' inputs, by how Python can write them."""


class Job:
    """One job's surroundings: a workspace, the server's folder, and what steps hand on."""

    def __init__(self, root: Path, *, number: int = 1, run: str = "7") -> None:
        self.root, self.runner = root, root / "runner"
        self.workspace = root / f"job-{number}"
        self.workspace.mkdir()
        (root / "tools").mkdir(exist_ok=True)
        for name in ("repositories", "artifacts", "caches", "gates", "slots"):
            (self.runner / name).mkdir(parents=True, exist_ok=True)
        (self.runner / "gates" / "guarded.json").write_text("{}")
        if not (root / "actions").exists():
            actions.write(root / "actions")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(root),
            "LOCKGATE_RUNNER": str(self.runner),
            "LOCKGATE_RUNNERS": "1",
            "LOCKGATE_CACHES": str(root / "machines"),
            "LOCKGATE_TOOLS": str(root / "tools"),
            "RUNNER_TEMP": str(root / f"temp-{number}"),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": "lab/web",
            "GITHUB_RUN_ID": run,
            "GITHUB_WORKFLOW": "CI",
            "GITHUB_JOB": f"job-{number}",
            **{f"GITHUB_{name}": str(root / f"{name}-{number}") for name in ("OUTPUT", "ENV", "STATE")},
        }

    def use(self, action: str, stage: str = "main", **inputs: str) -> subprocess.CompletedProcess[str]:
        given = {f"INPUT_{NAMES.get(name, name).upper()}": value for name, value in inputs.items()}
        state = Path(self.environment["GITHUB_STATE"])
        kept = dict(line.split("=", 1) for line in state.read_text().splitlines()) if state.exists() else {}
        environment = {**self.environment, **given, **{f"STATE_{name}": value for name, value in kept.items()}}
        folder = self.root / "actions" / action
        runs = json.loads((folder / "action.yml").read_text())["runs"]
        command = ["node", str(folder / runs[stage])]
        return subprocess.run(
            command, cwd=self.workspace, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )


@pytest.fixture
def job(tmp_path: Path) -> Job:
    if shutil.which("node") is None:
        pytest.skip("node is not here; install Node.js 20 or newer")
    return Job(tmp_path)


@pytest.fixture
def commits(job: Job, tmp_path: Path) -> list[str]:
    """Two of the repository lab/web."""
    source = tmp_path / "source"
    git.ensure(source)
    found = []
    for number in (1, 2):
        (source / f"{number}.txt").write_text("")
        found.append(git.commit(source, f"Commit {number}"))
    git.push(source, job.runner / "repositories" / "lab" / "web.git")
    return found


def test_a_checkout_has_the_commit_of_the_event_and_no_more_history_than_asked(job: Job, commits: list[str]) -> None:
    job.environment["GITHUB_SHA"] = commits[0]
    assert job.use("actions/checkout").returncode == 0
    assert {path.name for path in job.workspace.iterdir()} == {".git", "1.txt"}
    assert job.use("actions/checkout", path="beside", fetch_depth="0", ref=commits[1]).returncode == 0
    assert git.git(job.workspace / "beside", "rev-list", "--count", "HEAD").strip() == "2"


def test_a_commit_that_is_not_there_is_named(job: Job, commits: list[str]) -> None:  # noqa: ARG001
    done = job.use("actions/checkout", ref="0" * COMMIT_LENGTH)
    assert (done.returncode, "has no such commit" in done.stdout) == (1, True)


def test_a_job_waits_until_another_gives_its_runner_back(job: Job, commits: list[str], tmp_path: Path) -> None:
    job.environment["GITHUB_SHA"] = commits[0]
    assert job.use("actions/checkout").returncode == 0
    second = Job(tmp_path, number=2)
    second.environment["GITHUB_SHA"] = commits[0]
    command = ["node", str(tmp_path / "actions/actions/checkout/checkout.mjs")]
    with subprocess.Popen(command, env=second.environment, stdout=subprocess.PIPE, text=True) as waiting:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(1)
        assert "off the runner" in job.use("actions/checkout", "post").stdout
        assert waiting.wait(SECONDS) == 0


def test_an_artifact_comes_back_without_hidden_files_and_from_another_run_too(job: Job, tmp_path: Path) -> None:
    for name in ("a.txt", ".hidden", "deep/b.sh"):
        (job.workspace / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (job.workspace / "dist" / name).write_text(name)
    (job.workspace / "dist" / "deep" / "b.sh").chmod(0o755)
    assert job.use("actions/upload-artifact", name="build", path="dist", if_no_files_found="error").returncode == 0
    other = Job(tmp_path, number=2, run="8")
    assert other.use("actions/download-artifact", name="build", path="got").returncode == 1
    assert other.use("actions/download-artifact", name="build", path="got", run_id="7", github_token="t").returncode == 0  # noqa: S106
    assert {str(path.relative_to(other.workspace)) for path in other.workspace.rglob("*") if path.is_file()} == {
        "got/a.txt",
        "got/deep/b.sh",
    }
    assert (other.workspace / "got/deep/b.sh").stat().st_mode & 0o777 == 0o644


def test_artifacts_of_a_pattern_get_a_folder_each(job: Job) -> None:
    (job.workspace / "report.xml").write_text("")
    for name in ("test-reports-unit", "test-reports-e2e", "build"):
        job.use("actions/upload-artifact", name=name, path="report.xml")
    job.use("actions/download-artifact", pattern="test-reports-*", path="reports")
    assert {path.name for path in (job.workspace / "reports").iterdir()} == {"test-reports-unit", "test-reports-e2e"}


def test_nothing_to_keep_fails_only_where_it_is_needed(job: Job) -> None:
    assert job.use("actions/upload-artifact", name="a", path="none", if_no_files_found="ignore").returncode == 0
    assert job.use("actions/upload-artifact", name="a", path="none", if_no_files_found="error").returncode == 1


def test_a_cache_of_the_workspace_goes_from_run_to_run_by_the_beginning_of_its_key(job: Job, tmp_path: Path) -> None:
    (job.workspace / "history.json").write_text("1")
    given = {"path": "history.json", "restore_keys": "history-"}
    job.use("actions/cache", key="history-7", **given)
    job.use("actions/cache", "post", key="history-7", **given)
    second = Job(tmp_path, number=2, run="8")
    assert "restored history-7" in second.use("actions/cache", key="history-8", **given).stdout
    assert (second.workspace / "history.json").read_text() == "1"


def sarif(job: Job, name: str, tool: str, category: str) -> None:
    run: dict[str, Any] = {"tool": {"driver": {"name": tool}}, "results": [], "automationDetails": {"id": f"{category}/"}}
    (job.workspace / "reports").mkdir(exist_ok=True)
    (job.workspace / "reports" / f"{name}.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))


def test_code_scanning_refuses_one_tool_and_category_twice(job: Job) -> None:
    sarif(job, "files", "gitleaks", "gitleaks-files")
    sarif(job, "history", "gitleaks", "gitleaks-history")
    assert job.use("github/codeql-action/upload-sarif", sarif_file="reports").returncode == 0
    sarif(job, "again", "gitleaks", "gitleaks-files")
    done = job.use("github/codeql-action/upload-sarif", sarif_file="reports")
    assert (done.returncode, "are there twice; GitHub refuses that" in done.stdout) == (1, True)
