"""What the cluster is told about Prometheus, Alertmanager, the exporter and Grafana, as plain manifests. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components import objects
from components.objects import Manifest
from infra.labels import NAME, SKIP_AWAIT
from infra.plain import content_hash

SMALL = {"requests": {"cpu": "25m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}
LARGE = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}}


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server with one pod: ``name`` names all its objects. ``data`` is the folder that it writes to.

    ``files``, by their paths, are mounted below ``config``; ``secret`` names a Secret that is mounted below ``config``/secrets.
    ``environment`` are variables by the names of the Secrets that have them under the same key, ``variables`` others.
    ``storage`` is the size of a PersistentVolumeClaim, "" for a disk that goes with the pod. ``callers`` are the names of the
    servers that may connect, all where it is empty. ``token`` tells whether the pod may ask the cluster's API.
    """

    name: str
    namespace: str
    image: str
    port: int
    arguments: Sequence[str]
    alive: str
    ready: str
    data: str
    config: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    storage: str = ""
    node_port: int | None = None
    callers: Sequence[str] = ()
    token: bool = False
    resources: Mapping[str, Any] = field(default_factory=lambda: SMALL)

    def __post_init__(self) -> None:
        if "@sha256:" not in self.image:
            raise ValueError(f"image = {self.image}: must be a reference by digest (repo[:tag]@sha256:...); see `crane digest`")

    @property
    def config_name(self) -> str:
        """The ConfigMap's name, by its content: another file is another pod."""
        return f"{self.name}-{content_hash(self.files)}" if self.files else ""

    @property
    def address(self) -> str:
        """HOST:PORT, within the cluster."""
        return f"{self.name}.{self.namespace}.svc:{self.port}"

    def head(self, version: str, kind: str, name: str = "", **annotations: str) -> Manifest:
        metadata: Manifest = {"name": name or self.name, "namespace": self.namespace, "labels": {NAME: self.name}}
        annotated = {**metadata, "annotations": annotations} if annotations else metadata
        return {"apiVersion": version, "kind": kind, "metadata": annotated}


def account(server: Server) -> Manifest:
    """Its identity, without rights of its own."""
    return {**server.head("v1", "ServiceAccount"), "automountServiceAccountToken": False}


def config(server: Server) -> Manifest:
    return {
        **server.head("v1", "ConfigMap", server.config_name),
        "data": {_key(path): text for path, text in server.files.items()},
        "immutable": True,
    }


def _key(path: str) -> str:
    """A ConfigMap has no folders."""
    return path.replace("/", "-")


def claim(server: Server) -> Manifest:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": server.storage}}}
    return {**server.head("v1", "PersistentVolumeClaim", **{SKIP_AWAIT: "true"}), "spec": spec}


def service(server: Server) -> Manifest:
    port: Manifest = {"name": "http", "port": server.port, "targetPort": "http"}
    if server.node_port is not None:
        port["nodePort"] = server.node_port
    kind = "ClusterIP" if server.node_port is None else "NodePort"
    spec = {"type": kind, "ports": [port], "selector": {NAME: server.name}}
    return {**server.head("v1", "Service", **{SKIP_AWAIT: "true"}), "spec": spec}


def policy(server: Server) -> Manifest:
    """Only its port is open, and that to its callers alone."""
    rule: Manifest = {"ports": [{"protocol": "TCP", "port": "http"}]}
    if server.callers:
        rule["from"] = [{"podSelector": {"matchLabels": {NAME: name}}} for name in server.callers]
    spec = {"podSelector": {"matchLabels": {NAME: server.name}}, "policyTypes": ["Ingress"], "ingress": [rule]}
    return {**server.head("networking.k8s.io/v1", "NetworkPolicy"), "spec": spec}


def deployment(server: Server) -> Manifest:
    """One pod, which goes before the next one comes: two must not write to one folder."""
    labels = {NAME: server.name}
    return {
        **server.head("apps/v1", "Deployment"),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": 2,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod(server)},
        },
    }


def pod(server: Server) -> Manifest:
    """Within Pod Security "restricted"."""
    user = objects.USER
    return {
        "serviceAccountName": server.name,
        "automountServiceAccountToken": server.token,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": user,
            "fsGroup": user,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(server)],
        "volumes": _volumes(server),
    }


def _container(server: Server) -> Manifest:
    environment: list[Manifest] = [{"name": name, "value": value} for name, value in server.variables.items()]
    for name, secret in server.environment.items():
        environment.append({"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": name}}})
    return {
        "name": "server",
        "image": server.image,
        "args": list(server.arguments),
        **({"env": environment} if environment else {}),
        "ports": [{"name": "http", "containerPort": server.port}],
        "startupProbe": {**_probe(server.alive, 2), "failureThreshold": 60},
        "readinessProbe": {**_probe(server.ready, 5), "failureThreshold": 3},
        "livenessProbe": {**_probe(server.alive, 10), "failureThreshold": 6},
        "resources": dict(server.resources),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": _mounts(server),
    }


def _probe(path: str, period: int) -> Manifest:
    return {"httpGet": {"path": path, "port": "http"}, "periodSeconds": period, "timeoutSeconds": 5}


def _mounts(server: Server) -> list[Manifest]:
    mounts: list[Manifest] = [{"name": "data", "mountPath": server.data}, {"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108
    if server.files:
        mounts.append({"name": "config", "mountPath": server.config, "readOnly": True})
    if server.secret:
        mounts.append({"name": "secrets", "mountPath": f"{server.config}/secrets", "readOnly": True})
    return mounts


def _volumes(server: Server) -> list[Manifest]:
    disk: Manifest = {"persistentVolumeClaim": {"claimName": server.name}} if server.storage else {"emptyDir": {}}
    volumes: list[Manifest] = [{"name": "data", **disk}, {"name": "tmp", "emptyDir": {}}]
    if server.files:
        items = [{"key": _key(path), "path": path} for path in server.files]
        volumes.append({"name": "config", "configMap": {"name": server.config_name, "items": items}})
    if server.secret:
        volumes.append({"name": "secrets", "secret": {"secretName": server.secret}})
    return volumes
