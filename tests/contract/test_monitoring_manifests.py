"""The manifests of what watches the pipeline, against Kubernetes' own types and the rules of Pod Security "restricted"."""

from __future__ import annotations

from typing import Any

import pytest
from lightkube.resources import apps_v1, core_v1, networking_v1, rbac_authorization_v1
from pydantic import SecretStr

from components import (
    AlertmanagerArgs,
    AlertsArgs,
    DashboardsArgs,
    MetricsExporterArgs,
    PrometheusServerArgs,
    RoutesArgs,
    dashboards,
)
from components.alertmanager import alertmanager
from components.metrics_exporter import exporter, rights
from components.monitoring import manifests
from components.monitoring.manifests import Server
from components.prometheus import prometheus

DIGEST = "@sha256:" + "a" * 64
TYPES: dict[str, Any] = {
    "Deployment": apps_v1.Deployment,
    "Service": core_v1.Service,
    "ServiceAccount": core_v1.ServiceAccount,
    "ConfigMap": core_v1.ConfigMap,
    "PersistentVolumeClaim": core_v1.PersistentVolumeClaim,
    "NetworkPolicy": networking_v1.NetworkPolicy,
    "Role": rbac_authorization_v1.Role,
    "RoleBinding": rbac_authorization_v1.RoleBinding,
}
EXPORTER = MetricsExporterArgs(
    image=f"exporter{DIGEST}", namespace="m", repositories=["o/r"], github_token=SecretStr("x"), ledgers="shop", storage="1Gi"
)
PROMETHEUS = PrometheusServerArgs(image=f"p{DIGEST}", namespace="m", exporter="e:1", alerts=AlertsArgs(), node_port=30090)
ALERTMANAGER = AlertmanagerArgs(image=f"a{DIGEST}", namespace="m", routes=RoutesArgs())
SERVERS: dict[str, Server] = {
    "exporter": exporter("exporter", EXPORTER, {"GITHUB_TOKEN": "exporter-github-secret"}),
    "prometheus": prometheus("prometheus", PROMETHEUS),
    "alertmanager": alertmanager("alertmanager", ALERTMANAGER, "alertmanager-secret"),
    "grafana": dashboards.server("grafana", DashboardsArgs(namespace="m", grafana_image=f"g{DIGEST}", prometheus_url="http://p")),
}
MAKERS = (manifests.account, manifests.config, manifests.claim, manifests.service, manifests.policy, manifests.deployment)
MANIFESTS = [make(server) for server in SERVERS.values() for make in MAKERS if make is not manifests.config or server.files]
MANIFESTS += [*rights(SERVERS["exporter"], "shop"), dashboards.config_map("grafana", "m", "lockgate-pipeline", "{}")]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_a_manifest_has_only_fields_that_kubernetes_knows_with_the_right_types(manifest: dict[str, Any]) -> None:
    assert TYPES[manifest["kind"]].from_dict(manifest).to_dict() == manifest


# Source of the rules: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (Restricted, v1.34)


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_a_pod_is_restricted_and_has_probes_bounds_and_a_root_that_nobody_writes(server: Server) -> None:
    pod = manifests.pod(server)
    context = pod["securityContext"]
    assert (context["runAsNonRoot"], context["runAsUser"] > 0, context["seccompProfile"]) == (
        True,
        True,
        {"type": "RuntimeDefault"},
    )
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert {next(iter(set(volume) - {"name"})) for volume in pod["volumes"]} <= {
        "configMap",
        "secret",
        "emptyDir",
        "persistentVolumeClaim",
    }
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)
    assert set(container["resources"]) == {"requests", "limits"}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)
def test_the_service_and_the_policy_lead_to_the_pod(server: Server) -> None:
    labels = manifests.deployment(server)["spec"]["template"]["metadata"]["labels"]
    assert manifests.service(server)["spec"]["selector"] == labels
    assert manifests.policy(server)["spec"]["podSelector"]["matchLabels"] == labels
    (port,) = manifests.pod(server)["containers"][0]["ports"]
    assert manifests.service(server)["spec"]["ports"][0]["targetPort"] == port["name"]


def test_every_file_of_a_config_map_comes_to_its_path() -> None:
    server = SERVERS["grafana"]
    items = next(volume for volume in manifests.pod(server)["volumes"] if volume["name"] == "config")["configMap"]["items"]
    data = manifests.config(server)["data"]
    assert {item["path"]: data[item["key"]] for item in items} == dict(server.files)
