"""A Kubernetes object from its manifest.

``pulumi_kubernetes`` has a class for each kind; importing those of one service takes 0.3 s of every preview and update
(docs/adr/0003-kubernetes-objects-from-manifests.md). The provider, the type tokens and the state are the same.
"""

from __future__ import annotations

from typing import Any

import pulumi

from infra.provider import KUBERNETES_VERSION


class Object(pulumi.CustomResource):
    """The object that ``manifest`` describes, under the type token that ``pulumi_kubernetes`` gives it."""

    def __init__(self, name: str, manifest: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        versioned = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(version=KUBERNETES_VERSION))
        super().__init__(_token(manifest), name, manifest, versioned)


def _token(manifest: dict[str, Any]) -> str:
    version = manifest["apiVersion"]
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{manifest['kind']}"
