"""The rendered manifests, against Kubernetes' own types and rules.

The types are lightkube's, generated from Kubernetes' OpenAPI document: wrong types and unknown fields are seen, values that
only an API server knows to be wrong are not; those are sent to one in the integration tests.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from lightkube.resources import apps_v1, batch_v1, core_v1, networking_v1, policy_v1
from pydantic import SecretStr

from components import BlueGreenServiceArgs, SmokeTestArgs, objects
from components.bluegreen import SURGE
from components.kubernetes import _token
from infra.labels import NAME, RELEASE, SLOT
from infra.provider import GITHUB_VERSION, KUBERNETES_VERSION
from infra.provider.smoke import Smoke, job_manifest
from infra.release import Release
from toolchain.providers import GITHUB_PROVIDER_VERSION, KUBERNETES_PROVIDER_VERSION

Manifest = dict[str, Any]
TYPES: dict[str, Any] = {
    "Deployment": apps_v1.Deployment,
    "Job": batch_v1.Job,
    "Service": core_v1.Service,
    "ServiceAccount": core_v1.ServiceAccount,
    "ConfigMap": core_v1.ConfigMap,
    "Namespace": core_v1.Namespace,
    "NetworkPolicy": networking_v1.NetworkPolicy,
    "PodDisruptionBudget": policy_v1.PodDisruptionBudget,
}
ARGS = BlueGreenServiceArgs(
    image="127.0.0.1:15000/podinfo:1.0.0@sha256:" + "a" * 64,
    version="1.0.0",
    namespace="podinfo-prod",
    port=9898,
    config={"COLOR": "blue"},
    secrets={"TOKEN": SecretStr("hunter2")},
    smoke_test=SmokeTestArgs(image="127.0.0.1:15000/tools/smoke:1"),
)
SELECTOR = {NAME: "podinfo", SLOT: "blue"}
ANY = {"maxUnavailable": 1, "maxSurge": 1}
SECRET = objects.secret_name("podinfo", ARGS.secrets)
RELEASED = Release.of(
    version="1.0.0", image=ARGS.image, config=ARGS.config, secret=SECRET, pod=objects.pod_spec("podinfo", ARGS, SECRET)
)
SLOT_DEPLOYMENT = objects.deployment("podinfo", ARGS, RELEASED, "blue", SURGE)
ROLLING_DEPLOYMENT = objects.deployment("podinfo", ARGS, RELEASED, "", ANY)
SMOKE_INPUTS = {**objects.smoke("podinfo-preview", ARGS, "1.0.0", ""), "seconds": 60}
JOB = job_manifest(Smoke(**SMOKE_INPUTS), "10.96.0.7")
MANIFESTS = {
    "slot": SLOT_DEPLOYMENT,
    "rolling": ROLLING_DEPLOYMENT,
    "job": JOB,
    "active": objects.service("podinfo", "podinfo", ARGS, selector=None, node_port=30083),
    "preview": objects.service("podinfo-preview", "podinfo", ARGS, selector=None, node_port=None),
    "rolling service": objects.service("podinfo", "podinfo", ARGS, selector={NAME: "podinfo"}, node_port=30081),
    "account": objects.service_account("podinfo", ARGS),
    "config": objects.config_map("podinfo", ARGS, ARGS.config),
    "namespace": objects.namespace(ARGS.namespace),
    "policy": objects.network_policy("podinfo", ARGS),
    "budget": objects.disruption_budget("podinfo-blue", ARGS, SELECTOR),
}
PODS = {
    name: manifest["spec"]["template"]["spec"] for name, manifest in MANIFESTS.items() if "template" in manifest.get("spec", {})
}
DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def containers() -> Iterator[Manifest]:
    for pod in PODS.values():
        yield from [*pod.get("initContainers", []), *pod["containers"]]


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_has_only_fields_that_kubernetes_knows_with_the_right_types(manifest: Manifest) -> None:
    kind = TYPES[manifest["kind"]]
    assert kind.from_dict(manifest).to_dict() == manifest


@pytest.mark.parametrize("wrong", [{"replicass": 2}, {"replicas": "two"}])
def test_a_field_that_kubernetes_does_not_know_would_be_seen(wrong: Manifest) -> None:
    manifest = {**SLOT_DEPLOYMENT, "spec": {**SLOT_DEPLOYMENT["spec"], **wrong}}
    try:
        seen = apps_v1.Deployment.from_dict(manifest).to_dict() == manifest
    except ValueError:
        seen = False
    assert not seen


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_the_type_token_is_the_one_that_pulumi_kubernetes_has(manifest: Manifest) -> None:
    group, _, version = manifest["apiVersion"].rpartition("/")
    module = getattr(getattr(kubernetes, group.split(".")[0] or "core"), version)
    token = getattr(module, manifest["kind"]).pulumi_type
    assert _token(manifest) == token


def test_a_providers_version_is_the_one_that_is_pinned_and_built() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert f"pulumi-kubernetes=={KUBERNETES_VERSION}" in project["project"]["dependencies"]
    assert f"pulumi-github=={GITHUB_VERSION}" in project["project"]["dependencies"]
    assert (KUBERNETES_PROVIDER_VERSION, GITHUB_PROVIDER_VERSION) == (KUBERNETES_VERSION, GITHUB_VERSION)


@pytest.mark.parametrize("manifest", [manifest for manifest in MANIFESTS.values() if "name" in manifest["metadata"]])
def test_names_are_dns_labels(manifest: Manifest) -> None:
    assert DNS_LABEL.fullmatch(manifest["metadata"]["name"])


# Source of the rules: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (Baseline and Restricted, v1.34)


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_a_pod_shares_nothing_with_its_node(pod: Manifest) -> None:
    assert not {"hostNetwork", "hostPID", "hostIPC", "volumes", "hostUsers", "ephemeralContainers"} & set(pod)
    for container in containers():
        assert not container["securityContext"].get("privileged")
        assert all("hostPort" not in port for port in container.get("ports", []))


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_a_pod_runs_as_a_numeric_user_that_is_not_root(pod: Manifest) -> None:
    context = pod["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_a_container_gains_no_rights_and_overrides_none() -> None:
    for container in containers():
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert not {"runAsUser", "runAsNonRoot", "seccompProfile", "procMount", "seLinuxOptions"} & set(context)


def test_the_namespace_enforces_the_same_rules() -> None:
    labels = objects.namespace(ARGS.namespace)["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}


# Lockgate's own rules, beyond "restricted"


@pytest.mark.parametrize("pod", PODS.values(), ids=PODS)
def test_a_pod_holds_no_token_and_no_environment_that_nobody_asked_for(pod: Manifest) -> None:
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False


def test_every_container_has_a_read_only_root_requests_and_a_memory_limit() -> None:
    for container in containers():
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        assert set(container["resources"]["limits"]) == {"memory"}


def test_the_service_has_all_three_probes_on_the_port_that_it_names() -> None:
    (container,) = PODS["slot"]["containers"]
    (port,) = container["ports"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["port"] == port["name"]
    start = container["startupProbe"]
    assert start["failureThreshold"] * start["periodSeconds"] == ARGS.health_check_timeout_seconds


def test_a_pod_sleeps_before_it_stops_and_has_time_left_to_end() -> None:
    (container,) = PODS["slot"]["containers"]
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert 0 < sleep < PODS["slot"]["terminationGracePeriodSeconds"]


@pytest.mark.parametrize("manifest", [SLOT_DEPLOYMENT, ROLLING_DEPLOYMENT])
def test_a_deployment_selects_its_own_pods_and_not_by_release(manifest: Manifest) -> None:
    selector = manifest["spec"]["selector"]["matchLabels"]
    labels = manifest["spec"]["template"]["metadata"]["labels"]
    assert selector.items() <= labels.items()
    assert RELEASE in labels
    assert RELEASE not in selector


def test_the_two_slots_never_select_each_others_pods() -> None:
    green = objects.deployment("podinfo", ARGS, RELEASED, "green", SURGE)
    blue = SLOT_DEPLOYMENT["spec"]["selector"]["matchLabels"]
    assert not blue.items() <= green["spec"]["template"]["metadata"]["labels"].items()


def test_a_slot_keeps_its_pods_until_the_new_ones_are_ready() -> None:
    assert SLOT_DEPLOYMENT["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": "100%", "maxUnavailable": 0}


def test_pods_are_spread_over_nodes_where_there_are_some() -> None:
    (spread,) = PODS["slot"]["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
    assert spread["labelSelector"]["matchLabels"] == SLOT_DEPLOYMENT["spec"]["selector"]["matchLabels"]


def test_a_drain_is_never_blocked_by_a_single_pod() -> None:
    spec = MANIFESTS["budget"]["spec"]
    assert spec == {"maxUnavailable": 1, "selector": {"matchLabels": SELECTOR}}


def test_the_policy_opens_each_pods_own_port_whatever_its_number() -> None:
    """A release may listen elsewhere than the live one: a number would shut the live slot before the traffic has left it."""
    spec = MANIFESTS["policy"]["spec"]
    (port,) = PODS["slot"]["containers"][0]["ports"]
    assert spec["ingress"] == [{"ports": [{"protocol": "TCP", "port": port["name"]}]}]
    other = objects.network_policy("podinfo", replace(ARGS, port=8080))
    assert other["spec"] == spec


def test_every_service_sends_to_the_port_by_its_name() -> None:
    for name in ("active", "preview", "rolling service"):
        (port,) = MANIFESTS[name]["spec"]["ports"]
        assert (port["port"], port["targetPort"]) == (9898, "http")


def test_a_secret_is_immutable_and_its_values_are_an_output_that_prints_nothing() -> None:
    manifest = objects.secret("podinfo", ARGS, SECRET, {"TOKEN": "hunter2"})
    assert manifest["immutable"] is True
    assert isinstance(manifest["stringData"], pulumi.Output)
    assert "hunter2" not in repr(manifest)
