"""The Kubernetes objects of a service, as plain manifests. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pydantic import SecretStr

from components.args import ServiceArgs
from infra.labels import DELETION, FIELD_MANAGER, NAME, PATCH_FORCE, RELEASE, SKIP_AWAIT, SLOT
from infra.plain import content_hash
from infra.release import Release

USER = 10001
"""The numeric user that pods run as, whatever the image says."""

Manifest = dict[str, Any]


def config_name(service: str, config: Mapping[str, str]) -> str:
    """The ConfigMap's name, by its content."""
    return f"{service}-{content_hash(config)}"


def secret_name(service: str, secrets: Mapping[str, SecretStr]) -> str:
    """The Secret's name, by its content; "" where there is none."""
    opened = {key: value.get_secret_value() for key, value in secrets.items()}
    return f"{service}-secret-{content_hash(opened)}" if opened else ""


def pod_spec(service: str, args: ServiceArgs, secret: str) -> Manifest:
    """The pod of a release, within Pod Security "restricted"."""
    sources: list[Manifest] = [{"configMapRef": {"name": config_name(service, args.config)}}]
    if secret:
        sources.append({"secretRef": {"name": secret}})
    probe = {"timeoutSeconds": 1, "periodSeconds": 1}
    liveness = {"httpGet": {"path": args.liveness_path, "port": "http"}}
    container = {
        "name": "service",
        "image": args.image,
        "ports": [{"name": "http", "containerPort": args.port}],
        "envFrom": sources,
        "startupProbe": {**liveness, **probe, "failureThreshold": args.health_check_timeout_seconds},
        "readinessProbe": {"httpGet": {"path": args.readiness_path, "port": "http"}, **probe, "failureThreshold": 3},
        "livenessProbe": {**liveness, "timeoutSeconds": 2, "periodSeconds": 10, "failureThreshold": 3},
        "lifecycle": {"preStop": {"sleep": {"seconds": args.pre_stop_seconds}}},
        "resources": {
            "requests": {"cpu": args.cpu_request, "memory": args.memory_request},
            "limits": {"memory": args.memory_limit},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    return {
        "serviceAccountName": service,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": args.termination_grace_seconds,
        "securityContext": {"runAsNonRoot": True, "runAsUser": USER, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }


def deployment(service: str, args: ServiceArgs, release: Release, slot: str, rolling: Mapping[str, Any]) -> Manifest:
    """The Deployment of a slot, or of a rolling service where ``slot`` is ""."""
    selector = {NAME: service, SLOT: slot} if slot else {NAME: service}
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector},
    }
    name = f"{service}-{slot}" if slot else service
    # Gone at once when it is deleted: in the foreground its name would stay taken until its pods have ended, and the next
    # release into the slot would be applied to what is about to vanish.
    annotations = {SKIP_AWAIT: "true", PATCH_FORCE: "true", FIELD_MANAGER: "lockgate", DELETION: "background"}
    return {
        **_head("apps/v1", "Deployment", name, args, selector, annotations),
        "spec": {
            "replicas": args.replicas,
            "revisionHistoryLimit": 2,
            "progressDeadlineSeconds": args.health_check_timeout_seconds,
            "selector": {"matchLabels": selector},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": dict(rolling)},
            "template": {
                "metadata": {"labels": {**selector, RELEASE: release.id}},
                "spec": {**release.pod, "topologySpreadConstraints": [spread]},
            },
        },
    }


def _head(
    version: str,
    kind: str,
    name: str,
    args: ServiceArgs,
    labels: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    metadata = {"name": name, "namespace": args.namespace, "labels": dict(labels)}
    annotated = {**metadata, "annotations": dict(annotations)} if annotations else metadata
    return {"apiVersion": version, "kind": kind, "metadata": annotated}


def namespace(name: str) -> Manifest:
    """A namespace; Pod Security "restricted" is enforced."""
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": levels}}


def service_account(name: str, args: ServiceArgs) -> Manifest:
    """The identity of the service's pods; it has no rights, and no token is mounted."""
    head = _head("v1", "ServiceAccount", name, args, {NAME: name})
    return {**head, "automountServiceAccountToken": False}


def config_map(service: str, args: ServiceArgs, config: Mapping[str, str]) -> Manifest:
    """A release's config."""
    head = _head("v1", "ConfigMap", config_name(service, config), args, {NAME: service})
    return {**head, "data": dict(config), "immutable": True}


def secret(service: str, args: ServiceArgs, name: str, values: Mapping[str, str]) -> Manifest:
    """The secret part of a release's config."""
    head = _head("v1", "Secret", name, args, {NAME: service})
    return {**head, "stringData": pulumi.Output.secret(dict(values)), "immutable": True}


def service(name: str, app: str, args: ServiceArgs, *, selector: Mapping[str, str] | None, node_port: int | None) -> Manifest:
    """A Service of ``app``; without ``selector`` where a cutover owns it."""
    port: Manifest = {"name": "http", "port": args.port, "targetPort": "http"}
    if node_port is not None:
        port["nodePort"] = node_port
    spec: Manifest = {"type": "ClusterIP" if node_port is None else "NodePort", "ports": [port]}
    head = _head("v1", "Service", name, args, {NAME: app}, {SKIP_AWAIT: "true"})
    return {**head, "spec": {**spec, "selector": dict(selector)} if selector else spec}


def disruption_budget(name: str, args: ServiceArgs, selector: Mapping[str, str]) -> Manifest:
    """At most one pod at a time is taken by a drain; written so that one replica does not block it."""
    head = _head("policy/v1", "PodDisruptionBudget", name, args, selector)
    return {**head, "spec": {"maxUnavailable": 1, "selector": {"matchLabels": dict(selector)}}}


def network_policy(name: str, args: ServiceArgs) -> Manifest:
    """Only the service's own port is open: by its name, since a release may listen elsewhere than the live one does."""
    spec = {
        "podSelector": {"matchLabels": {NAME: name}},
        "policyTypes": ["Ingress"],
        "ingress": [{"ports": [{"protocol": "TCP", "port": "http"}]}],
    }
    return {**_head("networking.k8s.io/v1", "NetworkPolicy", name, args, {NAME: name}), "spec": spec}


def smoke(target: str, args: ServiceArgs, version: str, live: str) -> Manifest:
    """The inputs of a smoke test of the Service ``target``. Needs ``args.smoke_test``."""
    assert args.smoke_test is not None
    return {
        "namespace": args.namespace,
        "service": target,
        "port": args.port,
        "image": args.smoke_test.image,
        "path": args.smoke_test.path,
        "field": args.smoke_test.field,
        "version": version,
        "seconds": args.smoke_test.timeout_seconds,
        "live": live,
    }
