"""The component of workflow files: what it registers, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from recording_engine import run

from components import WorkflowFiles, WorkflowFilesArgs
from components.workflow_files import published_before

CI = ".github/workflows/ci.yml"
URN = "urn:pulumi:prod::lockgate::lockgate:index:Workflows$lockgate:index:WorkflowFiles::podinfo"


def args(**changes: Any) -> WorkflowFilesArgs:
    return WorkflowFilesArgs(**{"repository": "example/podinfo", "files": {CI: "on: push\n"}, "published": ("Tests",), **changes})


def test_the_files_are_one_resource_below_the_component() -> None:
    made = run(lambda: WorkflowFiles("podinfo", args())).registered
    component, files = made["lockgate:index:Workflows", "podinfo"], made["lockgate:index:WorkflowFiles", "podinfo"]
    assert files.parent == component.urn
    assert files.inputs == {
        "repository": "example/podinfo",
        "branch": "main",
        "files": {CI: "on: push\n"},
        "checks": ["Tests"],
        "message": "Update the workflow files",
    }


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../b", "./a", "a//b", ".github/"])
def test_a_path_outside_the_repository_does_not_construct(path: str) -> None:
    with pytest.raises(ValueError, match="must be a path from the root"):
        args(files={path: ""})


def test_no_files_and_no_title_do_not_construct() -> None:
    with pytest.raises(ValueError, match="name at least one"):
        args(files={})
    with pytest.raises(ValueError, match="its first line is empty"):
        args(message="\nbody")


def test_what_was_published_before_is_read_from_the_state() -> None:
    seen: list[Any] = []
    run(lambda: seen.append(published_before("podinfo")))
    run(lambda: seen.append(published_before("podinfo")), {URN: {"outputs": {"published": ["Tests"]}}})
    run(lambda: seen.append(published_before("podinfo")), {URN: {"outputs": {}}})
    assert seen == [None, ["Tests"], []]
