"""The story's pipeline as documents: who runs when, with which rights, and what the options change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from rendered_pipeline import FILES, all_jobs, jobs, read

from components.workflows import DeploymentEnvironment
from components.workflows.standard import ENVIRONMENTS, PipelineOptions, standard
from components.workflows.standard.options import Platform
from infra.settings import load_settings

IMAGE = f"podinfo:1.0.0@sha256:{'a' * 64}"


def test_every_file_of_the_story_is_there() -> None:
    workflows = ("ci", "scan", "cd", "security", "quality", "release", "rollback", "preview", "drift", "review")
    actions = ("setup-environment", "run-tests", "security-scan", "deploy")
    assert set(FILES) == {
        *(f".github/workflows/{name}.yml" for name in workflows),
        *(f".github/actions/{name}/action.yml" for name in actions),
        ".github/templates/workflow-template.yml",
        ".github/templates/job-template.yml",
        ".github/zizmor.yml",
        ".github/review.yml",
        ".github/pull_request_template.md",
    }


@pytest.mark.parametrize(
    ("file", "name", "on"),
    [
        ("ci", "Continuous Integration", {"push": {"branches": ["main", "develop"]}, "pull_request": {"branches": ["main"]}}),
        (
            "cd",
            "Continuous Deployment",
            {"workflow_run": {"workflows": ["Continuous Integration"], "types": ["completed"], "branches": ["main"]}},
        ),
        ("security", "Security Scanning", {"schedule": [{"cron": "0 2 * * *"}], "workflow_dispatch": {}}),
        ("preview", "Preview", {"pull_request": {"branches": ["main"]}}),
    ],
)
def test_the_triggers_are_the_storys(file: str, name: str, on: dict[str, Any]) -> None:
    found = read(file)
    assert (found["name"], found["on"]) == (name, on)


def test_a_rollback_does_not_queue_behind_a_deployment_that_waits_for_its_approval() -> None:
    groups = [job["concurrency"]["group"] for where, job in jobs(FILES) if "environment" in job and "concurrency" in job]
    assert groups == ["deploy-development", "deploy-staging", "deploy-production"]
    assert read("rollback")["concurrency"]["group"] == "rollback-${{ inputs.environment }}"


def test_a_job_that_deploys_outlasts_a_deployment_that_is_tested_and_taken_back() -> None:
    options = PipelineOptions(deployment_timeout_minutes=20, health_check_timeout_seconds=90)
    deploys = [job for _, job in jobs(standard(options).files()) if "environment" in job]
    assert {job["timeout-minutes"] for job in deploys} == {2 * 20 + 2 * 2 + 15}


def test_people_are_told_of_a_job_that_ran_out_of_time() -> None:
    """GitHub calls such a job cancelled, for which failure() is false."""
    assert read("ci")["jobs"]["alert"]["if"].startswith("${{ (failure() || contains(needs.*.result, 'cancelled'))")


@pytest.mark.parametrize("file", ["cd", "rollback"])
def test_people_are_told_of_a_failed_deployment_once(file: str) -> None:
    """The script tells what is live; the alert keeps silent then, and only then."""
    found = read(file)["jobs"]
    assert "!contains(needs.*.outputs.notified, 'true')" in found["alert"]["if"]
    deploying = [job for job in found.values() if "environment" in job]
    assert deploying
    assert all("notified" in job["outputs"] for job in deploying)


def test_a_deployment_takes_the_commit_that_was_tested_and_what_was_built_from_it() -> None:
    cd = read("cd")["jobs"]
    tested = "${{ github.event.workflow_run.head_sha }}"
    checkouts = [step["with"].get("ref") for job in cd.values() for step in job["steps"] if "checkout@" in step.get("uses", "")]
    assert checkouts == [tested, tested, tested, tested, None]
    download = next(step for step in cd["publish"]["steps"] if "download-artifact@" in step.get("uses", ""))
    assert download["with"]["run-id"] == "${{ github.event.workflow_run.id }}"


def test_environments_follow_each_other_and_each_needs_what_was_published() -> None:
    cd = read("cd")["jobs"]
    assert [(id_, job.get("needs")) for id_, job in cd.items() if id_ != "alert"] == [
        ("publish", None),
        ("deploy-development", ["publish"]),
        ("deploy-staging", ["publish", "deploy-development"]),
        ("deploy-production", ["publish", "deploy-staging"]),
    ]


def test_a_deployment_ends_by_itself_before_its_job_is_cut_off() -> None:
    made = standard(PipelineOptions(deployment_timeout_minutes=40)).files()
    assert all(job["timeout-minutes"] > 40 for _, job in jobs(made) if "environment" in job)


def test_a_fork_is_previewed_without_secrets_and_told_so() -> None:
    by_name = {step["name"]: step for step in read("preview")["jobs"]["preview"]["steps"]}
    fork, ours = by_name["Preview without secrets"], by_name["Preview all stacks, and comment"]
    assert "--fork" in fork["run"]
    assert "GITHUB_STEP_SUMMARY" in fork["run"]
    assert "env" not in fork
    assert '--comment "$PULL_REQUEST"' in ours["run"]
    assert ours["if"] == f"${{{{ !({fork['if'][4:-3]}) }}}}"
    assert by_name["Say what is left out"]["if"] == fork["if"]


def test_no_workflow_runs_a_forks_code_with_secrets() -> None:
    assert not [path for path, text in FILES.items() if "pull_request_target" in text]


def test_a_rollback_says_why_and_which_release() -> None:
    inputs = read("rollback")["on"]["workflow_dispatch"]["inputs"]
    assert inputs["environment"]["options"] == ["development", "staging", "production"]
    assert {name: given["required"] for name, given in inputs.items()} == {"environment": True, "release": False, "reason": True}


@pytest.mark.parametrize(
    ("options", "gone"),
    [
        ({"e2e_test_enabled": False}, {"ci.e2e"}),
        ({"performance_test_enabled": False}, {"ci.performance"}),
        ({"sast_enabled": False}, {"scan.sast"}),
        (
            {"dependency_scan_enabled": False, "container_scan_enabled": False, "secrets_scan_enabled": False},
            {"scan.rest", "security.findings"},
        ),
        ({"code_quality_enabled": False}, {"quality.sonarqube"}),
        ({"environments": ENVIRONMENTS[:2]}, {"cd.deploy-production"}),
        (
            {"pipeline_monitoring_enabled": False},
            {f"{name}.alert" for name in ("ci", "cd", "security", "release", "rollback", "drift")},
        ),
    ],
)
def test_what_is_switched_off_is_not_there(options: dict[str, Any], gone: set[str]) -> None:
    all_of_them, rest = dict(all_jobs(FILES)), dict(all_jobs(standard(PipelineOptions(**options)).files()))
    assert set(all_of_them) - set(rest) == gone


def test_nothing_to_scan_needs_no_workflow() -> None:
    off = {f"{name}_enabled": False for name in ("sast", "dependency_scan", "container_scan", "secrets_scan")}
    assert ".github/workflows/security.yml" not in standard(PipelineOptions(**off)).files()


def test_a_runner_label_of_ones_own_is_told_to_the_linter() -> None:
    made = standard(PipelineOptions(runner_label="lockgate-runners")).files()
    assert {job["runs-on"] for _, job in jobs(made)} == {"lockgate-runners"}
    assert yaml.safe_load(made[".github/actionlint.yaml"]) == {"self-hosted-runner": {"labels": ["lockgate-runners"]}}


def test_without_provenance_nobody_gets_a_token_to_sign() -> None:
    made = standard(PipelineOptions(provenance_enabled=False)).files()
    assert "actions/attest@" not in "".join(made.values())
    assert {where for where, job in jobs(made) if "attestations" in job["permissions"]} == set()


def test_an_environment_whose_address_is_known_shows_it() -> None:
    known = replace(ENVIRONMENTS[0], url="https://dev.example.com")
    cd = read("cd", standard(PipelineOptions(environments=(known, *ENVIRONMENTS[1:]))).files())
    assert cd["jobs"]["deploy-development"]["environment"]["url"] == "https://dev.example.com"


def test_a_dotted_environment_has_a_job_and_one_that_github_refuses_does_not_construct() -> None:
    made = standard(PipelineOptions(environments=(DeploymentEnvironment(name="eu.west", stack="eu.west"),)))
    assert "deploy-eu-west" in read("cd", made.files())["jobs"]
    with pytest.raises(ValueError, match="must be letters, digits"):
        DeploymentEnvironment(name="a b", stack="ab")


def test_the_stacks_settings_are_the_options() -> None:
    raw = {"image": IMAGE, "testCoverageThreshold": "91", "e2eTestEnabled": "false", "github.runnerLabel": "ours"}
    settings = load_settings("dev", {f"lockgate:{name}": value for name, value in raw.items()})
    options = PipelineOptions.of(settings, python_version="3.12")
    assert (options.test_coverage_threshold, options.e2e_test_enabled, options.runner_label) == (91, False, "ours")
    assert options.python_version == "3.12"
    assert options.secrets == PipelineOptions().secrets


def test_without_any_option_the_pipeline_is_that_of_settings_without_any_value() -> None:
    assert PipelineOptions.of(load_settings("dev", {"lockgate:image": IMAGE})) == PipelineOptions()


def test_ci_scans_what_it_has_built_and_the_daily_scan_what_is_published() -> None:
    calls = {file: read(file)["jobs"]["scan"] for file in ("ci", "security")}
    assert {file: (job.get("needs"), job["with"]) for file, job in calls.items()} == {
        "ci": (["build"], {"built": True}),
        "security": (None, {"built": False}),
    }


def test_a_scan_of_a_push_is_never_cancelled_by_another() -> None:
    """GitHub keeps one waiting run in a group: with a group of the branch alone, a required check could vanish."""
    assert "github.run_id" in read("scan")["concurrency"]["group"]


def test_each_kind_of_tests_has_the_storys_limit() -> None:
    found = read("ci")["jobs"]
    tests = {id_: step for id_, job in found.items() for step in job.get("steps", ()) if step["name"] == "Test"}
    limits = {id_: step["with"]["timeout-minutes"] for id_, step in tests.items()}
    assert limits == {"test": "${{ matrix.kind == 'unit' && 5 || 10 }}", "e2e": "15", "performance": "20"}


def test_the_limit_of_all_tests_holds_for_each_kind() -> None:
    assert PipelineOptions(test_timeout_minutes=3).test_minutes("unit") == 3
    assert PipelineOptions(test_timeout_minutes=30).test_minutes("integration") == 10


def test_the_platforms_repository_is_checked_out_wherever_its_scripts_are_called() -> None:
    raw = {"image": IMAGE, "github.platform": "acme/platform@v2"}
    made = standard(PipelineOptions.of(load_settings("dev", {f"lockgate:{name}": value for name, value in raw.items()}))).files()
    assert not [path for path, text in made.items() if " ./scripts/" in text]
    for where, job in jobs(made):
        names = [step["name"] for step in job["steps"]]
        beside = [step["with"] for step in job["steps"] if step["name"] == "Check out Lockgate"]
        assert bool(beside) == ("Set up the environment" in names or ".platform/" in str(job)), where
        assert all((one["repository"], one["ref"], one["path"]) == ("acme/platform", "v2", ".platform") for one in beside)


def test_a_platform_is_named_by_owner_and_name() -> None:
    with pytest.raises(ValueError, match="must be OWNER/NAME"):
        Platform.of("platform")
