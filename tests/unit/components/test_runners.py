"""What a set of runners registers. The charts come from a public registry and were never installed by these tests.

``VALUES`` are the keys that each chart has in its values.yaml at the pinned version; both were rendered by hand with the values
of these tests, and the pods' rules are those of Pod Security "restricted".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc
from pydantic import SecretStr
from recording_engine import Recorder, Registered, run
from service_story import comes_before, find, names

from components import ControllerArgs, GitHubAppArgs, RunnerScaleSet, RunnerScaleSetArgs
from components.runner_objects import VERSION, listener_pod, runner_pod

VALUES = {
    "gha-runner-scale-set": {
        "annotations", "containerMode", "controllerServiceAccount", "githubConfigSecret", "githubConfigUrl", "githubServerTLS",
        "keyVault", "labels", "listenerMetrics", "listenerTemplate", "maxRunners", "minRunners", "namespaceOverride", "proxy",
        "resourceMeta", "runnerGroup", "runnerScaleSetName", "scaleSetLabels", "template",
    },
    "gha-runner-scale-set-controller": {
        "affinity", "env", "flags", "fullnameOverride", "image", "imagePullSecrets", "labels", "metrics", "nameOverride",
        "namespaceOverride", "nodeSelector", "podAnnotations", "podLabels", "podSecurityContext", "pprof", "priorityClassName",
        "replicaCount", "resources", "securityContext", "serviceAccount", "tolerations", "topologySpreadConstraints",
        "volumeMounts", "volumes",
    },
}  # fmt: skip
FLAGS = {"logLevel", "logFormat", "watchSingleNamespace", "runnerMaxConcurrentReconciles", "excludeLabelPropagationPrefixes"}
CD = "lab/podinfo/.github/workflows/cd.yml@refs/heads/main"
APP = GitHubAppArgs(app_id="7", installation_id="8", private_key=SecretStr("hunter2"))
ARGS: dict[str, Any] = {
    "organization_url": "https://github.com/lab",
    "label": "podinfo-runners",
    "repository_ids": [42],
    "workflows": [CD],
    "app": APP,
    "image": "ghcr.io/actions/actions-runner:2@sha256:" + "a" * 64,
}


def args(**changes: Any) -> RunnerScaleSetArgs:
    return RunnerScaleSetArgs(**{**ARGS, **changes})


def made(**changes: Any) -> Recorder:
    return run(lambda: RunnerScaleSet("runners", args(**changes)))


def chart(recorder: Recorder, name: str) -> Registered:
    return recorder.registered["kubernetes:helm.sh/v3:Release", name]


def pods() -> dict[str, Mapping[str, Any]]:
    controller = chart(made(), "runners-controller").inputs["values"]
    manager = {"securityContext": controller["securityContext"], "resources": controller["resources"]}
    return {
        "runner": runner_pod(args()),
        "listener": listener_pod(),
        "controller": {"securityContext": controller["podSecurityContext"], "containers": [manager]},
    }


def test_only_named_workflows_of_named_repositories_may_use_the_runners() -> None:
    assert find(made(repository_ids=[42, pulumi.Output.from_input(43)]), "ActionsRunnerGroup", "runners").inputs == {
        "name": "podinfo-runners",
        "visibility": "selected",
        "selectedRepositoryIds": [42, 43],
        "allowsPublicRepositories": False,
        "restrictedToWorkflows": True,
        "selectedWorkflows": [CD],
    }


@pytest.mark.parametrize(
    ("name", "path"),
    [("runners", "gha-runner-scale-set"), ("runners-controller", "gha-runner-scale-set-controller")],
)
def test_a_chart_is_pinned_and_gets_only_values_that_it_has(name: str, path: str) -> None:
    inputs = chart(made(), name).inputs
    assert inputs["chart"] == f"oci://ghcr.io/actions/actions-runner-controller-charts/{path}"
    assert inputs["version"] == VERSION
    assert inputs["atomic"] is True
    assert set(inputs["values"]) <= VALUES[path]
    assert set(inputs["values"].get("flags", {})) <= FLAGS


def test_the_scale_set_is_called_by_its_label_and_registers_in_the_group() -> None:
    values = chart(made(min_runners=1, max_runners=3), "runners").inputs["values"]
    assert (values["runnerScaleSetName"], values["runnerGroup"]) == ("podinfo-runners", "podinfo-runners")
    assert (values["minRunners"], values["maxRunners"]) == (1, 3)
    assert values["githubConfigUrl"] == "https://github.com/lab"
    assert "containerMode" not in values


def test_the_controller_has_rights_where_the_runners_are_and_nowhere_else() -> None:
    recorder = made()
    values = chart(recorder, "runners-controller").inputs["values"]
    account = chart(recorder, "runners").inputs["values"]["controllerServiceAccount"]
    assert values["flags"]["watchSingleNamespace"] == chart(recorder, "runners").inputs["namespace"] == "runners"
    namespace = chart(recorder, "runners-controller").inputs["namespace"]
    assert account == {"namespace": namespace, "name": values["serviceAccount"]["name"]}


def test_a_controller_that_runs_already_is_told_of_and_not_registered() -> None:
    recorder = made(controller=ControllerArgs(service_account="arc", namespace="arc-system"))
    assert names(recorder, "Release") == {"runners"}
    values = chart(recorder, "runners").inputs["values"]
    assert values["controllerServiceAccount"] == {"namespace": "arc-system", "name": "arc"}


def test_the_apps_key_is_a_secret_and_only_its_name_is_in_the_chart() -> None:
    recorder = made()
    secret = find(recorder, "Secret", "runners-app")
    assert set(secret.inputs["stringData"]) == {"github_app_id", "github_app_installation_id", "github_app_private_key"}
    assert secret.raw["stringData"][rpc._special_sig_key] == rpc._special_secret_sig
    assert chart(recorder, "runners").inputs["values"]["githubConfigSecret"] == secret.inputs["metadata"]["name"]
    others = [each.wire for each in recorder.registered.values() if each is not secret]
    assert not [wire for wire in others if "hunter2" in wire]


def test_a_secret_that_is_there_already_is_named_and_not_registered() -> None:
    recorder = made(app="my-app")
    assert names(recorder, "Secret") == set()
    assert chart(recorder, "runners").inputs["values"]["githubConfigSecret"] == "my-app"


def test_nobody_connects_to_a_runner_and_restricted_is_enforced_around_it() -> None:
    recorder = made()
    assert find(recorder, "NetworkPolicy", "runners-no-ingress").inputs["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}
    for name in ("runners-namespace", "runners-controller-namespace"):
        labels = find(recorder, "Namespace", name).inputs["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert names(made(create_namespace=False), "Namespace") == {"runners-controller-namespace"}


def test_runners_start_when_all_that_they_need_is_there() -> None:
    recorder = made()
    scale_set = chart(recorder, "runners")
    for kind, name in [
        ("ActionsRunnerGroup", "runners"),
        ("Namespace", "runners-namespace"),
        ("NetworkPolicy", "runners-no-ingress"),
        ("Secret", "runners-app"),
        ("Release", "runners-controller"),
    ]:
        assert comes_before(recorder, find(recorder, kind, name), scale_set), name


# Source of the rules: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (Restricted, v1.34)


@pytest.mark.parametrize("name", ["runner", "listener", "controller"])
def test_a_pod_is_restricted(name: str) -> None:
    pod = pods()[name]
    context = pod["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC", "volumes"} & set(pod)
    for container in pod["containers"]:
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "privileged" not in container["securityContext"]
        assert container["resources"]["limits"]["memory"]


def test_a_runner_has_no_token_of_the_cluster_and_a_bounded_disk() -> None:
    pod = runner_pod(args(cpu="2", memory="4Gi", storage="20Gi"))
    assert pod["automountServiceAccountToken"] is False
    assert pod["restartPolicy"] == "Never"
    (runner,) = pod["containers"]
    bounds = {"cpu": "2", "memory": "4Gi", "ephemeral-storage": "20Gi"}
    assert runner["resources"] == {"requests": bounds, "limits": bounds}
    assert (runner["name"], runner["image"]) == ("runner", ARGS["image"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label": "Runners"}, "label = Runners: must be at most 45 lower-case"),
        ({"label": "r" * 46}, "label = r{46}: must be at most 45"),
        ({"image": "ghcr.io/actions/actions-runner:latest"}, "image = .*: must be a reference by digest"),
        ({"min_runners": 3, "max_runners": 2}, "min_runners = 3 must be 0 to max_runners = 2"),
        ({"max_runners": 0}, "max_runners = 0, and that not 0"),
        ({"repository_ids": []}, r"repository_ids = \(\): no repository"),
        ({"workflows": []}, r"workflows = \(\): each must be"),
        ({"workflows": [CD, "lab/podinfo/.github/workflows/*@main"]}, r"workflows = lab/podinfo/.github/workflows/\*@main: each"),
        ({"workflows": ["lab/*/.github/workflows/cd.yml@refs/heads/main"]}, "each must be OWNER/NAME"),
    ],
)
def test_what_cannot_work_does_not_construct(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        args(**changes)
