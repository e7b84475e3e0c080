"""One spec: what is published, what is required, who may get a token, and what does not fit together."""

from __future__ import annotations

from typing import Any

import pytest
from workflow_factory import call, job, spec, workflow

from components.workflows import (
    Action,
    Concurrency,
    DeploymentEnvironment,
    Environment,
    Expr,
    Matrix,
    PullRequest,
    Push,
    Run,
    WorkflowCall,
    WorkflowRun,
    local,
    writes,
)
from components.workflows.triggers import OF_A_PUSH_HERE

PRODUCTION = DeploymentEnvironment(name="production", stack="prod")
STAGING = DeploymentEnvironment(name="staging", stack="staging")
CALLED = (WorkflowCall(),)
OIDC = writes("id-token", "log in")


def refused(make: Any, *words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        make()
    for word in words:
        assert word in str(caught.value)


def test_a_matrix_publishes_a_check_for_each_combination() -> None:
    tests = job("Tests", matrix=Matrix({"os": ("linux", "mac"), "python": ("3.12", "3.13")}))
    assert spec(workflow(tests)).published_checks() == (
        "Tests (linux, 3.12)",
        "Tests (linux, 3.13)",
        "Tests (mac, 3.12)",
        "Tests (mac, 3.13)",
    )


def test_a_call_publishes_the_called_jobs_under_its_own_name() -> None:
    inner = workflow(job(), job("Tests", matrix=Matrix({"kind": ("unit",)})), file="inner", on=CALLED)
    outer = workflow(call("Go", "inner", required=True, matrix=Matrix({"region": ("eu", "us")})))
    made = spec(outer, inner)
    names = ("Go (eu) / Build", "Go (eu) / Tests (unit)", "Go (us) / Build", "Go (us) / Tests (unit)")
    assert made.published_checks() == made.required_checks() == names


def test_calls_of_calls_join_their_names() -> None:
    made = spec(
        workflow(call("A", "middle")),
        workflow(call("B", "inner"), file="middle", on=CALLED),
        workflow(job("C"), file="inner", on=CALLED),
    )
    assert made.published_checks() == ("A / B / C",)


def test_a_check_that_some_pull_request_does_not_get_is_not_published() -> None:
    conditional = job("Sometimes", when=Expr("github.event_name == 'push'"))
    after = job("After", needs=("sometimes",))
    made = spec(
        workflow(job(), conditional, after),
        workflow(job("Docs"), file="docs", on=(PullRequest(paths=("docs/**",)),)),
        workflow(job("Pushed"), file="pushed", on=(Push(branches=("main",)),)),
        workflow(job("Elsewhere"), file="elsewhere", on=(PullRequest(branches=("release/*",)),)),
    )
    assert made.published_checks() == ("Build",)
    assert made.published_checks("release/1") == ("Elsewhere",)


def test_while_a_job_is_renamed_the_old_name_is_required_and_both_are_published() -> None:
    made = spec(workflow(job("Compile", required=True, formerly=("Build",)), job("Lint", required=True)))
    assert made.published_checks() == ("Compile", "Build", "Lint")
    assert made.required_checks() == ("Build", "Lint")


def test_one_name_is_one_check_whatever_starts_it() -> None:
    nightly = workflow(job(), file="nightly", on=(Push(branches=("main",)),))
    refused(lambda: spec(workflow(job()), nightly), "'Build' is there 2 times")
    refused(lambda: spec(workflow(job("Compile", required=True, formerly=("Test",)), job("Test"))), "Test")


def test_a_required_check_is_one_of_the_default_branch() -> None:
    made = workflow(job(required=True), on=(PullRequest(branches=("develop",)),))
    refused(lambda: spec(made), "('develop',)", "'main'", "required = False")
    assert spec(made, default_branch="develop").required_checks() == ("Build",)


def test_what_is_used_is_there() -> None:
    deploys = workflow(job(environment=Environment(name="prodution")))
    refused(lambda: spec(deploys, environments=(PRODUCTION,)), "'prodution'", "['production']", "unprotected")
    refused(lambda: spec(workflow(job(steps=(local("setup", "Set up"),)))), "'setup'")
    refused(lambda: spec(workflow(call("Go", "inner"))), "'inner'", "['ci']")
    pushed = workflow(file="inner", on=(Push(branches=("main",)),))
    refused(lambda: spec(workflow(call("Go", "inner")), pushed), "add a WorkflowCall")
    follows = (WorkflowRun(workflows=("CI",), branches=("main",)),)
    refused(lambda: spec(workflow(), workflow(job("A", when=Expr(OF_A_PUSH_HERE)), file="cd", on=follows)), "'CI'", "'Ci'")


def test_workflows_do_not_call_each_other_in_turn() -> None:
    inner = workflow(call("Back", "outer"), file="inner", on=CALLED)
    refused(lambda: spec(workflow(call("Go", "inner"), file="outer", on=CALLED), inner), "'outer' in turn")


def test_a_call_cannot_cancel_a_deployment_either() -> None:
    deploys = workflow(job("Deploy", environment=Environment(name="production")), file="deploy", on=CALLED)
    group = Concurrency(group="ci", cancels="pull requests")
    given = {"environments": (PRODUCTION,)}
    refused(lambda: spec(workflow(call("Go", "deploy"), concurrency=group), deploys, **given), "ci:", "'pull requests'")
    refused(lambda: spec(workflow(call("Go", "deploy", concurrency=group)), deploys, **given), "ci.go", "halfway")
    assert spec(workflow(call("Go", "deploy")), deploys, **given)


def test_all_that_is_wrong_is_said_at_once() -> None:
    made = (workflow(job(steps=(local("setup", "Set up"),), environment=Environment(name="x"))), workflow(file="ci"))
    refused(lambda: spec(*made), "file = 'ci' is there 2 times", "'setup'", "'x'")


def test_only_an_environments_jobs_have_a_subject_that_a_cloud_may_trust() -> None:
    signs = job("Sign", permissions=OIDC)
    deploys = job("Deploy", permissions=OIDC, environment=Environment(name="production"))
    looks = job("Look", environment=Environment(name="staging"))
    made = spec(workflow(signs, deploys, looks), environments=(STAGING, PRODUCTION))
    assert made.oidc_subjects("lab/podinfo") == {"production": "repo:lab/podinfo:environment:production"}


def test_a_job_whose_environment_is_an_input_has_the_subjects_of_all() -> None:
    anywhere = job("Back", permissions=OIDC, environment=Environment(name=Expr("inputs.environment")))
    assert set(spec(workflow(anywhere), environments=(STAGING, PRODUCTION)).oidc_subjects("a/b")) == {"staging", "production"}


def test_a_user_adds_jobs_workflows_actions_and_environments() -> None:
    theirs = Action(name="greet", title="Greet", description="Greets", steps=(Run(name="Greet", script="echo hello"),))
    canary = job("Canary", environment=Environment(name="canary"))
    grown = spec(workflow(job(required=True))).extended(
        jobs={"ci": (job("Licences", required=True, needs=("build",), steps=(local("greet", "Greet"),)),)},
        workflows=(workflow(canary, file="canary", on=(Push(branches=("main",)),)),),
        actions=(theirs,),
        environments=(DeploymentEnvironment(name="canary", stack="canary"),),
    )
    assert grown.required_checks() == grown.published_checks() == ("Build", "Licences")
    assert set(grown.files()) > {".github/workflows/canary.yml", ".github/actions/greet/action.yml"}


def test_a_users_job_goes_into_a_workflow_that_is_there() -> None:
    refused(lambda: spec().extended(jobs={"cd": (job("Mine"),)}), "['cd']", "['ci']")
    refused(lambda: spec().extended(jobs={"ci": (job(id="mine"),)}), "'Build'")
