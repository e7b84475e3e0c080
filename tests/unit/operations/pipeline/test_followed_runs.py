"""What becomes of act's lines: jobs by GitHub's names, with how they went, and a log without secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from operations.pipeline.documents import read
from operations.pipeline.follow import ON, Follower
from operations.pipeline.jobs import JobRun
from operations.preview.mask import Mask

CI = """
name: CI
on: {push: {branches: [main]}}
jobs:
  build: {name: Build, runs-on: x, steps: []}
  test: {name: Tests, needs: build, runs-on: x, strategy: {matrix: {kind: [unit, slow]}}, steps: []}
  scan: {name: Scan, needs: [build], uses: ./.github/workflows/scan.yml}
  alert: {name: Alert, needs: [test, scan], if: failure(), runs-on: x, steps: []}
"""
SCAN = "name: Deep Scan\non: {workflow_call: {}}\njobs:\n  rest: {name: Rest, runs-on: x, steps: []}\n"
SECRET = "correct horse battery"  # noqa: S105


class Followed:
    def __init__(self, root: Path) -> None:
        folder = root / ".github" / "workflows"
        folder.mkdir(parents=True)
        (folder / "ci.yml").write_text(CI)
        (folder / "scan.yml").write_text(SCAN)
        self.log = root / "log"
        self.told: list[JobRun] = []
        self.follower = Follower(read(root)["ci.yml"], root, Mask([SECRET]), self.log, self.told.append)

    def say(self, job: str, id_: str, **more: Any) -> None:
        self.follower.feed(json.dumps({"job": job, "jobID": id_, "matrix": {}, "msg": "", **more}))

    def run(self, job: str, id_: str, result: str = "success", **more: Any) -> None:
        self.say(job, id_, msg=f"{ON}\n", raw_output=True, **more)
        self.say(job, id_, jobResult=result, **more)

    def results(self, code: int = 0) -> dict[str, str]:
        return {job.name: job.result for job in self.follower.jobs(code)}


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    return Followed(tmp_path)


def test_jobs_are_called_as_github_calls_their_checks(followed: Followed) -> None:
    followed.run("CI/Build  ", "build")
    followed.run("CI/Tests-1", "test", matrix={"kind": "unit"})
    followed.run("Scan/Deep Scan/Rest", "rest")
    assert [(job.id, job.name, job.needs) for job in followed.told] == [
        ("build", "Build", ()),
        ("test", "Tests (unit)", ("build",)),
        ("scan", "Scan / Rest", ("build",)),
    ]


def test_a_job_that_never_began_is_skipped_and_one_that_never_ended_is_cancelled(followed: Followed) -> None:
    followed.run("CI/Build", "build")
    followed.say("CI/Tests-1", "test", msg=f"{ON}\n", raw_output=True, matrix={"kind": "unit"})
    found = followed.results(1)
    assert found == {"Build": "success", "Tests (unit)": "cancelled", "Scan": "skipped", "Alert": "skipped"}


def test_a_failed_job_names_its_step_and_what_that_said_last(followed: Followed) -> None:
    followed.say("CI/Build", "build", msg=f"{ON}\n", raw_output=True)
    followed.say("CI/Build", "build", stage="Main", step="Set up", stepResult="success")
    followed.say("CI/Build", "build", msg="boom\n", raw_output=True, stage="Main", step="Make")
    followed.say("CI/Build", "build", stage="Main", step="Make", stepResult="failure")
    followed.say("CI/Build", "build", msg="reports kept\n", raw_output=True)
    followed.say("CI/Build", "build", jobResult="failure")
    (job,) = followed.told
    assert (job.result, job.failed, job.said) == ("failure", ("Make",), "boom")


def test_act_that_fails_without_a_failed_job_is_a_failure_with_its_own_words(followed: Followed) -> None:
    followed.run("CI/Build", "build")
    followed.follower.feed("Error: yaml: line 3\n")
    last = next(job for job in followed.follower.jobs(1) if job.id == "act")
    assert (last.result, last.said.splitlines()[-1]) == ("failure", "Error: yaml: line 3")


def test_a_secret_is_neither_in_the_log_nor_in_what_a_step_said(followed: Followed) -> None:
    followed.say("CI/Build", "build", msg=f"it is {SECRET}\n", raw_output=True)
    followed.say("CI/Build", "build", stage="Main", step="Make", stepResult="failure")
    followed.say("CI/Build", "build", jobResult="failure")
    followed.follower.jobs(1)
    assert SECRET not in followed.log.read_text() + followed.told[0].said
    assert "it is" in followed.log.read_text()


def test_a_job_that_fails_before_its_first_step_has_failed(followed: Followed) -> None:
    followed.say("CI/Build", "build", msg="cannot read the action")
    followed.say("CI/Build", "build", jobResult="failure")
    assert [(job.name, job.result) for job in followed.told] == [("Build", "failure")]
