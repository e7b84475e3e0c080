"""What cannot work on GitHub, or would be unsafe there, does not construct."""

from __future__ import annotations

from typing import Any

import pytest
from workflow_factory import HELLO, call, job, workflow

from components.workflows import (
    ALWAYS,
    FAILURE,
    Concurrency,
    Dispatch,
    Environment,
    Expr,
    Grant,
    Input,
    Job,
    Matrix,
    Permissions,
    PullRequest,
    Push,
    Run,
    Schedule,
    Service,
    WorkflowCall,
    WorkflowRun,
    local,
    reads,
)
from components.workflows.triggers import OF_A_PUSH_HERE

PRODUCTION = Environment(name="production")
FOLLOWS = (WorkflowRun(workflows=("Ci",), branches=("main",)),)
GUARD = Expr(OF_A_PUSH_HERE)


def refused(make: Any, *words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        make()
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("cancels", ["pull requests", "always"])
def test_a_deployment_is_never_cancelled_by_its_own_group(cancels: Any) -> None:
    group = Concurrency(group="deploy", cancels=cancels)
    refused(lambda: job(environment=PRODUCTION, concurrency=group), repr(cancels), "must not be cancelled halfway")


@pytest.mark.parametrize("cancels", ["pull requests", "always"])
def test_a_deployment_is_never_cancelled_by_its_workflows_group(cancels: Any) -> None:
    group = Concurrency(group="cd", cancels=cancels)
    refused(lambda: workflow(job(), job("Deploy", environment=PRODUCTION), concurrency=group), "ci", repr(cancels))


def test_what_deploys_names_its_environment() -> None:
    refused(lambda: job(steps=(local("deploy", "Deploy"),)), "environment = None", "name it")


@pytest.mark.parametrize("minutes", [0, 361])
def test_a_job_ends_in_time(minutes: int) -> None:
    refused(lambda: job(timeout_minutes=minutes), f"timeout_minutes = {minutes}", "1 to 360")


def test_permissions_have_no_default() -> None:
    with pytest.raises(TypeError, match="permissions"):
        Job(id="a", name="A", timeout_minutes=1, steps=(HELLO,))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("scope", "access", "reason"),
    [("content", "read", "x"), ("contents", "admin", "x"), ("id-token", "read", "x"), ("contents", "read", "")],
)
def test_a_permission_that_github_does_not_know_or_nobody_needs_does_not_construct(scope: Any, access: Any, reason: str) -> None:
    refused(lambda: Permissions({scope: Grant(access, reason)}), scope)


def test_permissions_join() -> None:
    both = reads("contents", "a") | Permissions({"contents": Grant("write", "b"), "packages": Grant("read", "c")})
    assert both.writes("contents")
    assert not both.writes("packages")


def test_a_job_needs_only_jobs_before_it() -> None:
    refused(lambda: workflow(job(needs=("test",)), job("Test")), "job build needs ['test']", "move the job behind")


def test_two_jobs_have_two_ids_and_two_names() -> None:
    refused(lambda: workflow(job(), job("Other", id="build")), "ids", "'build'")
    refused(lambda: workflow(job(), job(id="other")), "names", "'Build'")


def test_each_trigger_is_there_once_but_schedules() -> None:
    refused(lambda: workflow(on=(Push(branches=("main",)), Push(branches=("develop",)))), "'Push'")
    workflow(on=(Schedule(cron="0 2 * * *"), Schedule(cron="0 4 * * *")))


def test_a_required_job_has_no_condition() -> None:
    refused(lambda: job(required=True, when=Expr("github.actor == 'a'")), "github.actor", "a skipped job counts as passed")
    assert job(required=True, when=ALWAYS).required


@pytest.mark.parametrize(
    "trigger",
    [PullRequest(branches=("main",), paths=("src/**",)), PullRequest(types=("opened",)), Push(branches=("main",))],
)
def test_a_required_job_runs_for_every_commit_of_every_pull_request(trigger: Any) -> None:
    refused(lambda: workflow(job(required=True), on=(trigger,)), "job build is required", "would wait for its check forever")


def test_a_required_job_needs_only_required_ones() -> None:
    refused(
        lambda: workflow(job(), job("Test", required=True, needs=("build",))),
        "job test is required and needs ['build']",
        "GitHub counts it as passed",
    )
    workflow(job(required=True), job("Test", required=True, needs=("build",)))


def test_only_a_required_check_is_renamed_in_two_steps() -> None:
    refused(lambda: job(formerly=("Make",)), "formerly = ('Make',)", "required = False")
    refused(lambda: job(required=True, formerly="Make"), "must be a tuple")


def test_a_renamed_job_still_publishes_its_former_checks() -> None:
    made = workflow(job(required=True, formerly=("Make", "Make (fast)")))
    former = made.all_jobs[1:]
    assert [(one.name, one.needs, one.when, one.required) for one in former] == [
        ("Make", ("build",), ALWAYS, True),
        ("Make (fast)", ("build",), ALWAYS, True),
    ]


def test_a_workflow_that_follows_another_never_runs_for_a_fork() -> None:
    refused(lambda: workflow(job(), on=FOLLOWS), "job build has if = None", "fork's pull request")
    refused(lambda: workflow(job(when=FAILURE), on=FOLLOWS), "job build")
    refused(lambda: workflow(job(when=GUARD), job("Tell", needs=("build",), when=ALWAYS), on=FOLLOWS), "job tell")
    workflow(job(when=GUARD), job("Test", needs=("build",)), job("Tell", needs=("build",), when=FAILURE), on=FOLLOWS)


def test_a_service_is_an_image_by_digest() -> None:
    refused(lambda: Service(image="postgres:17"), "postgres:17", "by digest")
    assert Service(image=f"postgres:17@sha256:{'a' * 64}").image


@pytest.mark.parametrize("axes", [{}, {"a": ()}, {"a": ("x", "x")}, {"a b": ("x",)}])
def test_a_matrix_that_gives_no_checks_or_the_same_twice_does_not_construct(axes: Any) -> None:
    refused(lambda: Matrix(axes))


@pytest.mark.parametrize("cron", ["0 2 * *", "@daily"])
def test_a_schedule_has_five_fields(cron: str) -> None:
    refused(lambda: Schedule(cron=cron), repr(cron), "five fields")


@pytest.mark.parametrize("pattern", ["main!", "[ab]", "", "a?"])
def test_a_branch_pattern_is_one_that_we_read_as_github_does(pattern: str) -> None:
    refused(lambda: PullRequest(branches=(pattern,)), repr(pattern))


@pytest.mark.parametrize(
    ("pattern", "branch", "fits"),
    [
        ("main", "main", True),
        ("main", "mainly", False),
        ("release/*", "release/1", True),
        ("release/*", "release/1/a", False),
        ("release/**", "release/1/a", True),
        ("**", "a/b", True),
        ("*", "a/b", False),
    ],
)
def test_a_pull_request_covers_the_branches_that_its_patterns_fit(pattern: str, branch: str, fits: bool) -> None:
    assert PullRequest(branches=(pattern,)).covers(branch) is fits


def test_an_input_with_choices_is_a_choice() -> None:
    refused(lambda: Input(description="a", options=("a",)), "a choice has options")
    refused(lambda: Input(description="a", type="choice", options=("a",), default="b"), "'b'")
    refused(lambda: WorkflowCall(inputs={"a": Input(description="a", type="choice", options=("a",))}), "a call has no choice")
    assert Dispatch(inputs={"a": Input(description="a", type="choice", options=("a",), default="a")}).inputs


def test_a_workflow_that_nothing_starts_or_that_does_nothing_does_not_construct() -> None:
    refused(lambda: workflow(on=()), "needs both")
    refused(lambda: job(steps=()), "needs a step")
    refused(lambda: WorkflowRun(workflows=(), branches=("main",)), "needs both")


def test_two_steps_have_two_ids() -> None:
    step = Run(name="Greet", script="true", id="same")
    refused(lambda: job(steps=(step, step)), "step ids", "'same'")


def test_a_call_hands_over_secrets_by_name() -> None:
    assert call("Deploy", "deploy", secrets={"TOKEN": Expr("secrets.TOKEN")}).secrets == {"TOKEN": Expr("secrets.TOKEN")}
