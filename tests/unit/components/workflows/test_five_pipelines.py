"""Five pipelines, one of them a user's own: what is required is what the rendered files publish, read as GitHub reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from github_reader import published
from workflow_factory import call, job, spec, workflow

from components.workflows import Expr, Matrix, PipelineSpec, PullRequest, Push, WorkflowCall
from components.workflows.standard import ENVIRONMENTS, PipelineOptions, own, standard

SMALLEST = PipelineOptions(
    environments=ENVIRONMENTS[:1],
    integration_branches=(),
    default_branch="trunk",
    tests=("unit",),
    e2e_test_enabled=False,
    performance_test_enabled=False,
    sast_enabled=False,
    dependency_scan_enabled=False,
    container_scan_enabled=False,
    secrets_scan_enabled=False,
    code_quality_enabled=False,
    pipeline_monitoring_enabled=False,
    provenance_enabled=False,
)


def extended() -> PipelineSpec:
    """The story's pipeline, with a required job and a required workflow of a user's own."""
    licences = job("Licences", required=True, needs=("build",), matrix=Matrix({"language": ("python", "node")}))
    docs = workflow(job("Docs", required=True), file="docs", name="Documentation")
    return standard(PipelineOptions()).extended(jobs={"ci": (licences,)}, workflows=(docs,))


def from_scratch() -> PipelineSpec:
    """A user's own: calls, matrices, a check that is being renamed, jobs that no pull request runs."""
    inner = workflow(
        job("Unit"),
        job("Integration", matrix=Matrix({"database": ("postgres", "none"), "python": ("3.12", "3.13")})),
        file="tests",
        on=(WorkflowCall(), Push(branches=("main",))),
    )
    ci = workflow(
        job("Compile", required=True, formerly=("Build",)),
        call("Tests", "tests", required=True, needs=("compile",)),
        job("Publish", needs=("tests",), when=Expr("github.event_name == 'push'")),
        on=(Push(branches=("main",)), PullRequest(branches=("main",))),
    )
    return spec(ci, inner)


PIPELINES = {
    "standard": standard(PipelineOptions()),
    "smallest": standard(SMALLEST),
    "own": own(),
    "extended": extended(),
    "from scratch": from_scratch(),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_the_model_knows_what_the_rendered_files_publish(name: str) -> None:
    made = PIPELINES[name]
    assert set(made.published_checks()) == published(made.files(), made.default_branch)
    assert len(set(made.published_checks())) == len(made.published_checks())


@pytest.mark.parametrize("name", PIPELINES)
def test_required_checks_are_the_published_checks(name: str) -> None:
    made = PIPELINES[name]
    renamed = {"Compile"} if name == "from scratch" else set()
    assert made.required_checks()
    assert set(made.required_checks()) | renamed == published(made.files(), made.default_branch)


def test_a_check_that_only_advises_is_published_and_not_required() -> None:
    made = standard(PipelineOptions()).extended(jobs={"ci": (job("Spelling"),)})
    assert published(made.files()) - set(made.required_checks()) == {"Spelling"}


def test_after_the_rename_the_new_name_is_required_alone() -> None:
    before = from_scratch()
    jobs = tuple(replace(one, formerly=()) for one in before.workflows[0].jobs)
    after = replace(before, workflows=(replace(before.workflows[0], jobs=jobs), *before.workflows[1:]))
    assert set(after.required_checks()) == published(after.files()) == published(before.files()) - {"Build"}


def test_another_branch_gets_other_checks() -> None:
    assert PIPELINES["smallest"].published_checks("main") == ()
