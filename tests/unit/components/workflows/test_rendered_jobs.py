"""What holds for every job that is rendered."""

from __future__ import annotations

from typing import Any

import pytest
from rendered_pipeline import FILES, OWN, all_jobs, jobs, read, steps

from components.workflows import PINS


@pytest.mark.parametrize("files", [FILES, OWN], ids=["standard", "own"])
class TestEveryJob:
    def test_says_what_its_token_may_and_the_workflows_own_may_nothing(self, files: Any) -> None:
        assert all(read(path.split("/")[-1][:-4], files)["permissions"] == {} for path in files if "/workflows/" in path)
        assert all("permissions" in job and job["permissions"] != "write-all" for _, job in all_jobs(files))

    def test_ends_in_time(self, files: Any) -> None:
        assert all(isinstance(job["timeout-minutes"], int) for _, job in jobs(files))

    def test_uses_third_party_actions_by_their_pinned_commit_only(self, files: Any) -> None:
        for where, step in steps(files):
            action, _, sha = step.get("uses", "./").partition("@")
            assert action.startswith("./") or sha == PINS["/".join(action.split("/")[:2])].sha, where

    def test_says_the_version_beside_the_commit(self, files: Any) -> None:
        lines = [line for text in files.values() for line in text.splitlines() if "@" in line and "uses:" in line]
        assert lines
        assert all(line.rpartition(" # ")[2] in {pin.version for pin in PINS.values()} for line in lines)

    def test_runs_no_script_with_a_value_in_it(self, files: Any) -> None:
        assert not [where for where, step in steps(files) if "${{" in step.get("run", "")]

    def test_leaves_no_token_in_the_checkout(self, files: Any) -> None:
        checkouts = [step for _, step in steps(files) if step.get("uses", "").startswith("actions/checkout@")]
        assert checkouts
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)

    def test_keeps_artifacts_for_the_days_that_are_set(self, files: Any) -> None:
        uploads = [step for _, step in steps(files) if step.get("uses", "").startswith("actions/upload-artifact@")]
        assert uploads
        assert all(step["with"]["retention-days"] == 30 for step in uploads)

    def test_that_gets_an_oidc_token_deploys_or_signs(self, files: Any) -> None:
        with_token = {where for where, job in jobs(files) if job["permissions"].get("id-token")}
        signs = {where for where, job in jobs(files) if any(_signs(step) for step in job["steps"])}
        assert with_token == signs | {where for where, job in jobs(files) if "environment" in job}

    def test_that_deploys_is_never_cancelled_and_caches_nothing(self, files: Any) -> None:
        deploys = {where: job for where, job in jobs(files) if "environment" in job}
        assert {where.split(".")[0] for where in deploys} == {"cd", "rollback"}
        for where, job in deploys.items():
            whole = read(where.split(".")[0], files)["concurrency"]
            assert whole["cancel-in-progress"] is False
            assert job.get("concurrency", whole)["cancel-in-progress"] is False
            assert [step["with"]["cache"] for step in job["steps"] if "setup-environment" in step.get("uses", "")] == ["false"]

    def test_that_calls_a_workflow_lets_its_jobs_do_all_that_they_ask_for(self, files: Any) -> None:
        """GitHub starts no run in which a called job asks for more than its caller may give."""
        calls = [job for _, job in all_jobs(files) if "uses" in job]
        assert calls
        for job in calls:
            called = read(job["uses"].split("/")[-1].removesuffix(".yml"), files)
            asked = [pair for inner in called["jobs"].values() for pair in inner["permissions"].items()]
            assert [pair for pair in asked if pair not in job["permissions"].items()] == []


def _signs(step: dict[str, Any]) -> bool:
    return "actions/attest@" in step.get("uses", "") or step.get("run", "").endswith(("publish", "findings"))
