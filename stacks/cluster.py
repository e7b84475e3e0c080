"""The cluster of a stack."""

from __future__ import annotations

import contextlib
import json

import pulumi
from pulumi.runtime.config import CONFIG

from infra.provider import KUBERNETES_VERSION
from infra.provider.resources import Provider
from stacks import github

CLIENT_LIMITS = {"qps": 500, "burst": 1000}
"""Of the Kubernetes provider; its defaults make a refresh of 500 resources take four times as long."""


def connect() -> list[pulumi.ProviderResource]:
    """The provider of the Kubernetes objects and our own, of a release's steps and of what we keep on GitHub.

    They come before the settings are read, from their own few keys alone: the engine starts the plugins, one after the other,
    while the program imports the rest. What is wrong with a key, the settings say.
    """
    config = pulumi.Config()
    context, minutes = config.get("kubeContext"), None
    with contextlib.suppress(pulumi.ConfigTypeError):
        minutes = config.get_float("deploymentTimeoutMinutes")
    inputs = {"context": context, "kubeClientSettings": json.dumps(CLIENT_LIMITS)}
    versioned = pulumi.ResourceOptions(version=KUBERNETES_VERSION)
    return [
        pulumi.ProviderResource("kubernetes", "cluster", inputs, versioned),
        Provider("releases", context=context, timeout_minutes=minutes, github=github.access(_texts(config.name))),
    ]


def _texts(project: str) -> dict[str, str]:
    """The config of this project as the engine hands it over: text by key."""
    prefix = f"{project}:"
    return {key.removeprefix(prefix): text for key, text in CONFIG.get().items() if key.startswith(prefix)}
