"""The cluster of a stack."""

from __future__ import annotations

import contextlib

import pulumi
import pulumi_kubernetes as kubernetes

from infra.provider.resources import Provider

QPS, BURST = 500, 1000
"""Client limits of the Kubernetes provider; its defaults make a refresh of 500 resources take four times as long."""


def connect() -> list[pulumi.ProviderResource]:
    """The providers of the Kubernetes objects and of the releases' steps.

    They come before the settings are read, from their own two keys alone: the engine starts the plugins, one after the other,
    while the program imports the rest. What is wrong with a key, the settings say.
    """
    config = pulumi.Config()
    context, minutes = config.get("kubeContext"), None
    with contextlib.suppress(pulumi.ConfigTypeError):
        minutes = config.get_float("deploymentTimeoutMinutes")
    # An empty kubeconfig: otherwise the SDK takes KUBECONFIG for one file, and a path of this machine into the state.
    limits = {"qps": QPS, "burst": BURST}
    return [
        kubernetes.Provider("cluster", kubeconfig="", context=context, kube_client_settings=limits),
        Provider("releases", context=context, timeout_minutes=minutes),
    ]
