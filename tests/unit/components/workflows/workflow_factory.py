"""Factories of small valid workflows: give what a test is about, and nothing else."""

from __future__ import annotations

from typing import Any

from components.workflows import CHECKOUT, Call, Concurrency, Job, PipelineSpec, PullRequest, Run, Workflow

HELLO = Run(name="Greet", script="echo hello")


def job(name: str = "Build", **more: Any) -> Job:
    """A job called ``name``; its id is the name in small letters."""
    given = {"id": name.lower().replace(" ", "-"), "permissions": CHECKOUT, "timeout_minutes": 5, "steps": (HELLO,), **more}
    return Job(name=name, **given)


def call(name: str, workflow: str, **more: Any) -> Call:
    """A call of another workflow."""
    given = {"id": name.lower().replace(" ", "-"), "permissions": CHECKOUT, **more}
    return Call(name=name, workflow=workflow, **given)


def workflow(*jobs: Job | Call, **more: Any) -> Workflow:
    """A workflow for pull requests into main."""
    given = {"file": "ci", "on": (PullRequest(branches=("main",)),), "concurrency": Concurrency(group="ci"), **more}
    return Workflow(name=given.pop("name", given["file"].title()), jobs=jobs or (job(),), **given)


def spec(*workflows: Workflow, **more: Any) -> PipelineSpec:
    """A spec of these workflows."""
    return PipelineSpec(workflows=workflows or (workflow(),), **more)
