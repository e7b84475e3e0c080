"""What our own components make passes every rule, without a warning."""

from __future__ import annotations

import json

from components import objects
from components.args import BlueGreenServiceArgs, SmokeTestArgs
from components.ecr import pull_policy, push_policy
from components.oidc_subject import AUDIENCE, ISSUER, subject, trust_policy
from components.runner_objects import controller_values, namespace, scale_set_values
from components.runners_args import RunnerScaleSetArgs
from components.workflows.standard import own
from infra.release import Release
from policy import Context, check
from policy.examples import DIGEST, change, one, plan

ACCOUNT = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
RELEASE = "kubernetes:helm.sh/v3:Release"


def test_what_our_own_services_make_passes_on_the_lab() -> None:
    args = BlueGreenServiceArgs(
        image=f"127.0.0.1:15000/podinfo:1.0.0@{DIGEST}",
        version="1.0.0",
        namespace="podinfo-prod",
        port=9898,
        config={"PODINFO_UI_MESSAGE": "hello"},
        smoke_test=SmokeTestArgs(image="127.0.0.1:15000/tools/smoke:1"),
    )
    pod = objects.pod_spec("podinfo", args, "")
    service = objects.service("podinfo", "podinfo", args, selector=None, node_port=30083)
    release = Release.of(version="1.0.0", image=args.image, config=args.config, secret="", revision="", pod=pod)
    made = plan(
        change("kubernetes:core/v1:Namespace", "podinfo-namespace", objects.namespace(args.namespace)),
        change("kubernetes:core/v1:ConfigMap", "podinfo-1", objects.config_map("podinfo", args, args.config)),
        change("kubernetes:core/v1:Service", "podinfo", service),
        change("kubernetes:apps/v1:Deployment", "podinfo-blue", objects.deployment("podinfo", args, release, "blue", {})),
        change("lockgate:index:SmokeTest", "podinfo-smoke", objects.smoke("podinfo-preview", args, "1.0.0", "")),
    )
    assert check(made, context=Context(registry="ghcr.io", owner="lab")) == ()


def test_our_workflows_pass() -> None:
    assert check(one("lockgate:index:WorkflowFiles", "workflows", {"files": dict(own().files())})) == ()


def test_the_role_that_trusts_a_workflow_and_what_it_may_do_pass() -> None:
    trust = trust_policy(ACCOUNT, ISSUER, AUDIENCE, subject("acme/web", environment="production", branch="main"))
    arn = "arn:aws:ecr:eu-central-1:123456789012:repository/web"
    made = plan(
        change("aws:iam/role:Role", "deploy", {"assumeRolePolicy": json.dumps(trust)}),
        change("aws:iam/rolePolicy:RolePolicy", "push", {"policy": json.dumps(push_policy(arn))}),
        change("aws:iam/rolePolicy:RolePolicy", "pull", {"policy": json.dumps(pull_policy(arn))}),
    )
    assert check(made) == ()


def test_our_runners_pass() -> None:
    args = RunnerScaleSetArgs(
        organization_url="https://github.com/acme",
        label="web",
        repository_ids=[1],
        workflows=["acme/web/.github/workflows/ci.yml@refs/heads/main"],
        app="runner-app",
        image=f"registry.example.com/runner:2@{DIGEST}",
    )
    made = plan(
        change("kubernetes:core/v1:Namespace", "runners", namespace("runners")),
        change(RELEASE, "controller", {"values": controller_values("runners", "controller")}),
        change(RELEASE, "runners", {"values": scale_set_values(args, "web", "runner-app", ("runners", "controller"))}),
    )
    assert check(made) == ()
