"""No sequence of pipelines, in whatever way its updates end, ever requires a check that the branch's files do not publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from github_reader import published
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workflow_factory import call, job, spec, workflow

from components.workflows import Expr, Job, Matrix, PipelineSpec, PullRequest, WorkflowCall, required_now

NAMES = ("Build", "Compile", "Test", "Lint", "Scan", "Licences", "Docs", "Spelling", "Size")
End = Literal["whole", "files in a pull request", "killed halfway"]


@dataclass
class Branch:
    """The default branch: its workflow files, the checks that Lockgate last wrote there, and what its rules require."""

    files: Mapping[str, str]
    written: tuple[str, ...] | None
    required: tuple[str, ...]

    def holds(self) -> None:
        assert set(self.required) <= published(self.files), "a pull request waits for a check that nobody publishes"


def update(branch: Branch, wanted: PipelineSpec, end: End) -> None:
    """One update in the agreed order; the branch holds after each step. It may end, or be kept from committing, on its way."""
    first = branch.written is None

    def files() -> None:
        if end != "files in a pull request":
            branch.files, branch.written = wanted.files(), wanted.published_checks()

    def rules() -> None:
        on_the_branch = branch.written or ()
        committed_just_now = first and branch.written is not None
        branch.required, waiting = required_now(wanted.required_checks(), None if committed_just_now else on_the_branch)
        assert {*branch.required, *waiting} == set(wanted.required_checks())

    steps = (files, rules) if first else (rules, files)
    for step in steps[:1] if end == "killed halfway" else steps:
        step()
        branch.holds()


MATRICES = st.sampled_from([None, Matrix({"kind": ("a", "b")})])
TRIGGERS = st.sampled_from([PullRequest(branches=("main",)), PullRequest(branches=("main",), paths=("src/**",))])
ENDS = st.sampled_from(["whole", "whole", "files in a pull request", "killed halfway"])


@st.composite
def jobs(draw: st.DrawFn, names: list[str]) -> Job:
    """A job with one of ``names``, and maybe another as its former one."""
    name, more = names.pop(), {"matrix": draw(MATRICES)}
    kind = draw(st.sampled_from(["required", "renamed", "advises", "conditional"]))
    if kind == "renamed":
        old = names.pop()
        more["formerly"] = draw(st.sampled_from([(old,), (f"{old} (a)", f"{old} (b)")]))
    if kind == "conditional":
        more["when"] = Expr("github.event_name == 'push'")
    return job(name, required=kind in ("required", "renamed"), **more)


@st.composite
def pipelines(draw: st.DrawFn) -> PipelineSpec:
    """Ours: jobs and calls. A user's own: a job in our workflow and a workflow. They share names, which come, go and return."""
    names = list(draw(st.permutations(NAMES)))
    inner = workflow(job("Inner", matrix=draw(MATRICES)), file="inner", on=(WorkflowCall(),))
    ours = [draw(jobs(names)) for _ in range(draw(st.integers(1, 2)))]
    calls = [call(names.pop(), "inner", required=draw(st.booleans())) for _ in range(draw(st.integers(0, 1)))]
    added = {"ci": [draw(jobs(names)) for _ in range(draw(st.integers(0, 1)))]}
    theirs = draw(jobs(names))
    trigger = PullRequest(branches=("main",)) if theirs.required else draw(TRIGGERS)
    mine = [workflow(theirs, file="mine", on=(trigger,))] * draw(st.integers(0, 1))
    return spec(workflow(*ours, *calls), inner).extended(jobs=added, workflows=mine)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(pipelines(), ENDS), min_size=1, max_size=6))
def test_no_check_is_ever_required_that_is_not_published(updates: Sequence[tuple[PipelineSpec, End]]) -> None:
    branch = Branch(files={}, written=None, required=())
    for wanted, end in updates:
        update(branch, wanted, end)
    for _ in range(2):
        update(branch, updates[-1][0], "whole")
    assert set(branch.required) == set(updates[-1][0].required_checks()), "two whole updates require all that is wanted"


def test_a_rename_in_two_steps_is_never_without_a_required_check() -> None:
    steps = [
        spec(workflow(job("Build", required=True))),
        spec(workflow(job("Compile", required=True, formerly=("Build",)))),
        spec(workflow(job("Compile", required=True))),
    ]
    branch = Branch(files={}, written=None, required=())
    seen = []
    for wanted in steps:
        update(branch, wanted, "whole")
        seen.append(branch.required)
    assert seen == [("Build",), ("Build",), ("Compile",)]


def test_a_rename_in_one_step_loses_the_check_for_one_update_and_blocks_nobody() -> None:
    branch = Branch(files={}, written=None, required=())
    seen = []
    for name in ("Build", "Compile", "Compile"):
        update(branch, spec(workflow(job(name, required=True))), "whole")
        seen.append(branch.required)
    assert seen == [("Build",), (), ("Compile",)]


def test_a_new_check_is_required_from_the_next_update_on() -> None:
    before, after = spec(workflow(job(required=True))), spec(workflow(job(required=True), job("Test", required=True)))
    branch = Branch(files={}, written=None, required=())
    for wanted in (before, after):
        update(branch, wanted, "whole")
    assert branch.required == ("Build",)
    update(branch, after, "whole")
    assert branch.required == ("Build", "Test")
