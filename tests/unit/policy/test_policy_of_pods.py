"""The rules on images, pods, labels and namespaces, beside their own examples."""

from __future__ import annotations

from typing import Any

import pytest
from asking import said

from infra.labels import NAME
from infra.plan import SECRET, UNKNOWN, Plan
from policy import check
from policy.examples import DIGEST, deployment, namespace, one


def image(reference: str) -> Plan:
    return deployment(container={"image": reference})


def smoke(reference: str) -> Plan:
    return one("lockgate:index:SmokeTest", "web-smoke", {"image": reference})


@pytest.mark.parametrize(
    ("reference", "registry", "owner", "severity"),
    [
        ("nginx:1", "", "", "deny"),
        ("library/nginx:1", "ghcr.io", "acme", "deny"),
        ("docker.io/library/nginx:1", "", "", "deny"),
        ("quay.io/acme/web:1", "quay.io/acme", "", ""),
        ("quay.io/acme-other/web:1", "quay.io/acme", "", "deny"),
        ("quay.io/acme/web:1", "quay.io", "", "warn"),
        ("ghcr.io/acme/web:1", "ghcr.io", "Acme", ""),
        ("ghcr.io/other/web:1", "ghcr.io", "acme", "warn"),
        ("ghcr.io/acme/web:1", "registry.example.com", "acme", "deny"),
        ("registry.example.com/web:1", "ghcr.io", "", ""),
        ("127.0.0.1:15000/web:1", "ghcr.io", "lab", ""),
        ("localhost/web:1", "", "", ""),
        (UNKNOWN, "", "", "warn"),
        (f"{SECRET}/web", "", "", "warn"),
    ],
)
def test_an_image_comes_from_a_registry_of_ones_own(reference: str, registry: str, owner: str, severity: str) -> None:
    expected = {("public-registry", severity)} if severity else set()
    pinned = reference if reference == UNKNOWN else f"{reference}@{DIGEST}"
    assert said(image(pinned), registry=registry, owner=owner) == expected


@pytest.mark.parametrize(
    ("tried", "severity"),
    [
        (image("registry.example.com/web:1.2.0"), "deny"),
        (image("registry.example.com/web"), "deny"),
        (image(f"registry.example.com/web:latest@{DIGEST}"), ""),
        (smoke("registry.example.com/tools:1"), "warn"),
        (smoke("127.0.0.1:15000/tools/smoke:1"), ""),
        (image("127.0.0.1:15000/web:1"), "deny"),
    ],
)
def test_an_image_is_named_by_its_digest(tried: Plan, severity: str) -> None:
    assert said(tried) == ({("image-by-digest", severity)} if severity else set())


@pytest.mark.parametrize("sort", ["initContainers", "containers"])
def test_every_container_of_a_pod_is_looked_at(sort: str) -> None:
    bad = {"name": "helper", "image": "registry.example.com/web:1", "resources": {"limits": {"memory": "1Mi"}}}
    assert said(deployment(pod={sort: [bad]})) == {("image-by-digest", "deny")}


@pytest.mark.parametrize(
    ("kind", "new"),
    [
        ("kubernetes:core/v1:Pod", {"spec": {"hostPID": True}}),
        ("kubernetes:batch/v1:CronJob", {"spec": {"jobTemplate": {"spec": {"template": {"spec": {"hostPID": True}}}}}}),
        ("kubernetes:helm.sh/v3:Release", {"values": {"template": {"spec": {"hostPID": True}}}}),
        ("kubernetes:actions.github.com/v1alpha1:AutoscalingRunnerSet", {"spec": {"template": {"spec": {"hostPID": True}}}}),
    ],
)
def test_a_pod_is_found_wherever_its_kind_keeps_it(kind: str, new: dict[str, Any]) -> None:
    assert ("pod-privileges", "deny") in said(one(kind, "web", new))


@pytest.mark.parametrize(
    "tried",
    [
        deployment(pod={"hostIPC": True}),
        deployment(pod={"volumes": [{"name": "host", "hostPath": {"path": "/"}}]}),
        deployment(container={"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}),
        deployment(container={"ports": [{"containerPort": 80, "hostPort": 80}]}),
    ],
)
def test_a_pod_does_not_reach_its_node(tried: Plan) -> None:
    assert said(tried) == {("pod-privileges", "deny")}


def test_what_pod_security_restricted_permits_is_permitted() -> None:
    assert said(deployment(container={"securityContext": {"capabilities": {"add": ["NET_BIND_SERVICE"]}}})) == set()


def test_a_memory_limit_of_the_whole_pod_is_one() -> None:
    assert said(deployment(container={"resources": {}}, pod={"resources": {"limits": {"memory": "1Gi"}}})) == set()


def test_a_namespace_without_a_level_only_warns_since_the_cluster_may_have_one() -> None:
    assert said(namespace({})) == {("pod-security-level", "warn")}
    assert said(namespace({"pod-security.kubernetes.io/enforce": "baseline"})) == set()


def test_the_pods_of_a_workload_need_the_label_too() -> None:
    new = {"metadata": {"labels": {NAME: "web"}}, "spec": {"template": {"metadata": {"labels": {"app": "web"}}}}}
    (found,) = check(one("kubernetes:apps/v1:StatefulSet", "web", new))
    assert found.message.startswith(f"spec.template.metadata.labels: lacks {NAME}")
