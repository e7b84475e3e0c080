"""Pulumi.yaml, the stacks' files, the model and docs/configuration.md say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import load_settings
from infra.settings.schema import KEYS

ROOT = Path(__file__).parents[2]
PROJECT = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
DECLARED: dict[str, dict[str, Any]] = PROJECT["config"]
DOCS = (ROOT / "docs" / "configuration.md").read_text()
STACKS = ("dev", "staging", "prod")
RELEASE_KEYS = {"image", "version", "config", "secrets", "revision", "note", "release"}
SEEDED = RELEASE_KEYS | {"github.token", "github.secrets", "github.repositorySecrets"}
"""What `make up` and `lockgate release` write into a stack's file, which is not in Git."""
IMAGE = f"podinfo:1.0.0@sha256:{'a' * 64}"
VARIABLES = [
    "GITHUB_TOKEN",
    "GH_REGISTRY_URL",
    "GH_REGISTRY_USERNAME",
    "GH_REGISTRY_PASSWORD",
    "BUILD_CACHE_ENABLED",
    "BUILD_PARALLEL_JOBS",
    "BUILD_TIMEOUT_MINUTES",
    "ARTIFACT_RETENTION_DAYS",
    "TEST_PARALLEL_EXECUTION",
    "TEST_TIMEOUT_MINUTES",
    "TEST_COVERAGE_THRESHOLD",
    "E2E_TEST_ENABLED",
    "PERFORMANCE_TEST_ENABLED",
    "SAST_ENABLED",
    "DEPENDENCY_SCAN_ENABLED",
    "CONTAINER_SCAN_ENABLED",
    "SECRETS_SCAN_ENABLED",
    "SECURITY_POLICY_ENFORCEMENT",
    "CODE_QUALITY_ENABLED",
    "SOMAR_QUBE_URL",
    "SOMAR_TOKEN",
    "CODE_COVERAGE_REQUIRED",
    "LINTING_ENFORCEMENT",
    "DEPLOYMENT_STRATEGY",
    "DEPLOYMENT_TIMEOUT_MINUTES",
    "SMOKE_TEST_ENABLED",
    "ROLLBACK_ENABLED",
    "HEALTH_CHECK_TIMEOUT",
    "DEV_AUTO_DEPLOY",
    "STAGING_APPROVAL_REQUIRED",
    "PRODUCTION_APPROVAL_REQUIRED",
    "PRODUCTION_WINDOW_RESTRICTION",
    "PIPELINE_MONITORING_ENABLED",
    "SLACK_WEBHOOK_URL",
    "EMAIL_NOTIFICATIONS_ENABLED",
    "METRICS_EXPORT_ENABLED",
]
VALUES = {
    "GH_REGISTRY_URL": "ghcr.io",
    "BUILD_PARALLEL_JOBS": "4",
    "BUILD_TIMEOUT_MINUTES": "30",
    "ARTIFACT_RETENTION_DAYS": "30",
    "TEST_TIMEOUT_MINUTES": "15",
    "TEST_COVERAGE_THRESHOLD": "80",
    "DEPLOYMENT_STRATEGY": "blue-green",
    "DEPLOYMENT_TIMEOUT_MINUTES": "10",
    "HEALTH_CHECK_TIMEOUT": "300",
}
GATES = [
    "code_coverage.minimum",
    "code_coverage.difference_threshold",
    "sonarqube.quality_gate",
    "sonarqube.bugs",
    "sonarqube.vulnerabilities",
    "sonarqube.code_smells",
    "sonarqube.coverage",
    "sonarqube.duplications",
    "security.vulnerabilities",
    "security.secrets",
    "security.license_compliance",
]


def text(value: Any) -> str:
    """A value as the engine hands it to the program."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def stack_file(stack: str) -> dict[str, Any]:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {name.removeprefix("lockgate:"): value for name, value in config.items()}


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, without its head, as cells without their code marks."""
    section = DOCS.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[2:]]


def bare(cell: str) -> str:
    return cell.removeprefix("`").removesuffix("`")


def test_the_project_and_the_model_have_the_same_keys_in_the_same_order() -> None:
    assert list(DECLARED) == list(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_declared_as_the_model_reads_it(name: str) -> None:
    key, declared = KEYS[name], DECLARED[name]
    assert declared["default"] == ("" if key.default is None else key.default)
    assert declared["description"].startswith(f"{key.kind}. ")
    assert declared.get("secret", False) == key.secret


@pytest.mark.parametrize("name", KEYS)
def test_the_engine_leaves_the_check_of_a_value_to_the_model(name: str) -> None:
    assert set(DECLARED[name]) - {"secret"} == {"description", "default"}


def test_the_project_runs_with_the_vendors_language_host_too() -> None:
    assert PROJECT["name"] == "lockgate"
    assert PROJECT["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}
    assert "main" not in PROJECT


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_holds_differences_only(stack: str) -> None:
    own = {name: value for name, value in stack_file(stack).items() if name not in SEEDED}
    assert {name for name, value in own.items() if text(value) == text(DECLARED[name]["default"])} == set()


@pytest.mark.parametrize(("stack", "strategy"), [("dev", "rolling"), ("staging", "blue-green"), ("prod", "blue-green")])
def test_a_stack_is_valid_before_its_first_release(stack: str, strategy: str) -> None:
    own = {name: value for name, value in stack_file(stack).items() if name not in SEEDED}
    raw = {f"lockgate:{name}": text(value) for name, value in own.items()}
    assert load_settings(stack, raw).strategy == strategy


def test_only_prod_asks_for_approval_and_has_a_window() -> None:
    restricted = [stack for stack in STACKS if {"approvalRequired", "deploymentWindow"} & stack_file(stack).keys()]
    assert restricted == ["prod"]


def test_no_two_stacks_share_a_node_port() -> None:
    assert len({text(stack_file(stack)["nodePort"]) for stack in STACKS}) == len(STACKS)


def test_the_table_of_keys_is_that_of_the_project() -> None:
    expected = []
    for name, declared in DECLARED.items():
        kind, _, description = declared["description"].partition(". ")
        default = "" if declared["default"] in ("", {}) else f"`{text(declared['default'])}`"
        expected.append([f"`{name}`", kind + (", secret" if declared.get("secret") else ""), default, description])
    assert table("Keys") == expected


def test_every_variable_of_the_story_has_one_key() -> None:
    rows = table("Environment variables of the story")
    assert [bare(variable) for variable, *_ in rows] == VARIABLES
    assert {bare(key) for _, key, *_ in rows} <= set(KEYS)


@pytest.mark.parametrize("variable", VALUES)
def test_a_variables_value_is_its_keys_default(variable: str) -> None:
    keys = {bare(row[0]): bare(row[1]) for row in table("Environment variables of the story")}
    assert text(DECLARED[keys[variable]]["default"]) == VALUES[variable]


def test_every_quality_gate_of_the_story_has_a_key() -> None:
    rows = table("Quality gates of the story")
    assert [bare(gate) for gate, *_ in rows] == GATES
    assert {bare(key) for _, key, *_ in rows} <= set(KEYS)


def test_the_error_in_the_docs_is_the_one_that_a_user_sees() -> None:
    shown = re.search(r"```text\n(.*?)\n```", DOCS, re.DOTALL)
    wrong = {"image": IMAGE, "replica": "3", "testCoverageThreshold": "120", "preStopSeconds": "40"}
    with pytest.raises(Exception, match="3 errors") as caught:
        load_settings("prod", {f"lockgate:{name}": value for name, value in wrong.items()})
    assert shown is not None
    assert shown[1] == str(caught.value)
