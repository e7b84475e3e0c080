"""The answers that the collector is tested with are as GitHub's own description has them."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from histories import recorded
from run_artifacts import left_by
from runs_api import commit_json, job_json, run_json

import toolchain

PATHS = {
    "/repos/{owner}/{repo}/actions/runs": {"created", "per_page", "page"},
    "/repos/{owner}/{repo}/actions/runs/{run_id}": set(),
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}": set(),
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs": {"per_page", "page"},
    "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts": {"per_page", "page"},
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}": set(),
    "/repos/{owner}/{repo}/compare/{basehead}": {"per_page", "page"},
    "/repos/{owner}/{repo}/commits/{ref}": set(),
}
MADE = recorded(20, 1)
OPEN = replace(MADE.runs[0], ended=None, conclusion="")


@cache
def description() -> dict[str, Any]:
    modules = toolchain.ensure(("github-modules",))["github-modules"]
    found: dict[str, Any] = json.loads((modules / "node_modules/@octokit/openapi/generated/api.github.com.json").read_text())
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    kind = "parameters" if "/parameters/" in schema.get("$ref", "") else "schemas"
    return description()["components"][kind][name] if name else schema


def faults(schema: dict[str, Any], value: Any, where: str = "") -> list[str]:
    """What of ``value`` is not as described. That fields are missing is no fault: nobody reads these."""
    schema = resolved(schema)
    schema = resolved(schema["allOf"][0]) if "allOf" in schema else schema
    if value is None:
        return [] if schema.get("nullable") else [f"{where}: must not be null"]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        strange = [f"{where}.{name}: is not described" for name in value if name not in known]
        inside = [faults(known[name], one, f"{where}.{name}") for name, one in value.items() if name in known]
        return strange + [fault for found in inside for fault in found]
    if isinstance(value, list):
        return [fault for one in value for fault in faults(schema["items"], one, f"{where}[]")]
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
    fits = isinstance(value, kinds[schema["type"]]) and value in schema.get("enum", [value])
    return [] if fits else [f"{where}: {value!r} is no {schema['type']} of {schema.get('enum')}"]


def of(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize("run", [MADE.runs[0], MADE.runs[-1], OPEN], ids=["push", "schedule", "open"])
def test_a_run(run: Any) -> None:
    assert faults(of("workflow-run"), run_json(run)) == []


def test_a_job_with_its_steps() -> None:
    assert faults(of("job"), job_json(MADE.jobs[0])) == []


def test_a_commit() -> None:
    assert faults(of("commit"), commit_json(MADE.commits[0])) == []


def test_what_a_run_has_left() -> None:
    (one, *_) = left_by([MADE.tests[0], MADE.findings[0]])
    assert faults(of("artifact"), one.told()) == []


def test_a_wrong_answer_would_be_noticed() -> None:
    wrong = {**run_json(MADE.runs[0]), "run_number": "12", "runs_on": "linux", "head_sha": None}
    assert len(faults(of("workflow-run"), wrong)) == 3


@pytest.mark.parametrize("path", PATHS)
def test_what_is_asked_is_described(path: str) -> None:
    told = description()["paths"][path]["get"].get("parameters", [])
    assert PATHS[path] <= {resolved(one)["name"] for one in told}
