"""What the cluster is told about runners: plain manifests, and the values of both charts. Pure.

The charts' values: https://github.com/actions/actions-runner-controller/tree/gha-runner-scale-set-0.14.2/charts
"""

from __future__ import annotations

from typing import Any

import pulumi
from pydantic import SecretStr

from components.runners_args import GitHubAppArgs, RunnerScaleSetArgs

CHARTS = "oci://ghcr.io/actions/actions-runner-controller-charts"
VERSION = "0.14.2"
"""Of both charts; a controller serves only scale sets of its own version."""

RUNNER_USER = 1001
CONTROLLER_USER = 65532
CONTAINER_SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
SMALL = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}

Manifest = dict[str, Any]


def pod_security(user: int) -> Manifest:
    """The security context of a pod within Pod Security "restricted"."""
    return {"runAsNonRoot": True, "runAsUser": user, "runAsGroup": user, "seccompProfile": {"type": "RuntimeDefault"}}


def namespace(name: str) -> Manifest:
    """A namespace in which Pod Security "restricted" is enforced."""
    levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": levels}}


def silence(where: str) -> Manifest:
    """Nobody may connect to a pod in the namespace: runners and their listener only call out."""
    spec = {"podSelector": {}, "policyTypes": ["Ingress"]}
    metadata = {"name": "no-ingress", "namespace": where}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def app_secret(name: str, where: str, app: GitHubAppArgs) -> Manifest:
    """The Secret with the App, under the keys that the chart reads."""
    key = app.private_key.get_secret_value() if isinstance(app.private_key, SecretStr) else app.private_key
    data = {
        "github_app_id": app.app_id,
        "github_app_installation_id": app.installation_id,
        "github_app_private_key": key,
    }
    head = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": where}}
    return {**head, "stringData": pulumi.Output.secret(data)}


def controller_values(watched: str, account: str) -> Manifest:
    """The values of the controller's chart: it has rights in ``watched`` and in its own namespace, and in no other."""
    return {
        "fullnameOverride": account,
        "serviceAccount": {"create": True, "name": account},
        "flags": {"watchSingleNamespace": watched, "logLevel": "info", "logFormat": "json"},
        "podSecurityContext": pod_security(CONTROLLER_USER),
        "securityContext": {**CONTAINER_SECURITY, "readOnlyRootFilesystem": True},
        "resources": SMALL,
    }


def scale_set_values(args: RunnerScaleSetArgs, group: pulumi.Input[str], secret: str, account: tuple[str, str]) -> Manifest:
    """The values of the scale set's chart. ``account`` is the controller's service account, its namespace first."""
    return {
        "githubConfigUrl": args.organization_url,
        "githubConfigSecret": secret,
        "runnerGroup": group,
        "runnerScaleSetName": args.label,
        "minRunners": args.min_runners,
        "maxRunners": args.max_runners,
        "controllerServiceAccount": {"namespace": account[0], "name": account[1]},
        "template": {"spec": runner_pod(args)},
        "listenerTemplate": {"spec": listener_pod()},
    }


def runner_pod(args: RunnerScaleSetArgs) -> Manifest:
    """One runner. It has no token of the cluster, no Docker, and no way to more rights; its disk goes with it."""
    amounts = {"cpu": args.cpu, "memory": args.memory, "ephemeral-storage": args.storage}
    container = {
        "name": "runner",
        "image": args.image,
        "command": ["/home/runner/run.sh"],
        "securityContext": CONTAINER_SECURITY,
        "resources": {"requests": amounts, "limits": amounts},
    }
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "Never",
        "securityContext": pod_security(RUNNER_USER),
        "containers": [container],
    }


def listener_pod() -> Manifest:
    """The pod beside the controller that hears of waiting jobs."""
    security = {**CONTAINER_SECURITY, "readOnlyRootFilesystem": True}
    return {
        "terminationGracePeriodSeconds": 60,
        "securityContext": pod_security(CONTROLLER_USER),
        "containers": [{"name": "listener", "securityContext": security, "resources": SMALL}],
    }
