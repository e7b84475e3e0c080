"""The resources of one server that watches the pipeline."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
from pulumi import ResourceOptions

from components.kubernetes import Object
from components.monitoring import manifests
from components.monitoring.manifests import Server


def register(parent: pulumi.Resource, server: Server, before: Sequence[pulumi.Resource] = ()) -> Object:
    """Registers all of ``server``, its pod after ``before`` and what else it needs. Returns its Deployment."""
    opts = ResourceOptions(parent=parent)
    needed = [*before, Object(server.name, manifests.account(server), opts)]
    if server.files:
        needed.append(Object(server.config_name, manifests.config(server), opts))
    if server.storage:
        needed.append(Object(server.name, manifests.claim(server), opts))
    Object(server.name, manifests.policy(server), opts)
    Object(server.name, manifests.service(server), opts)
    return Object(server.name, manifests.deployment(server), ResourceOptions(parent=parent, depends_on=needed))
