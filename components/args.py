"""What a service needs to be told; shared by the strategies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pydantic import SecretStr

from infra.ledger import DEFAULT_LIMIT


@dataclass(frozen=True, kw_only=True)
class SmokeTestArgs:
    """A Job in the cluster asks ``path`` and compares the answer's JSON ``field`` with the release's version.

    ``image`` has ``sh``, ``wget``, ``sed`` and ``tr`` (any busybox). ``timeout_seconds`` bounds the Job.
    """

    image: str
    path: str = "/version"
    field: str = "version"
    timeout_seconds: int = 60


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """One service and the release of it that is wanted.

    ``image`` is a reference by digest, ``config`` the release's environment, ``secrets`` the secret part of it (kept
    encrypted in the state). ``note`` goes into the ledger's next entry. ``pinned`` is the id of a release of the ledger to
    go back to just as it was; it counts only as long as image, version, config and secrets are that release's.
    ``namespace`` is made unless ``create_namespace`` is False. ``node_port`` (30000-32767) opens the service on every node.
    Times are in seconds, but for ``deployment_timeout_minutes``, which bounds the whole update. ``rollback`` tells whether a
    failed release goes back by itself.
    """

    image: str
    version: str
    namespace: str
    port: int
    config: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretStr] = field(default_factory=dict)
    revision: str = ""
    note: str = ""
    pinned: str = ""
    create_namespace: bool = True
    replicas: int = 2
    node_port: int | None = None
    readiness_path: str = "/readyz"
    liveness_path: str = "/healthz"
    cpu_request: str = "25m"
    memory_request: str = "64Mi"
    memory_limit: str = "128Mi"
    pre_stop_seconds: int = 5
    termination_grace_seconds: int = 30
    health_check_timeout_seconds: int = 300
    deployment_timeout_minutes: float = 10
    smoke_test: SmokeTestArgs | None = None
    rollback: bool = True
    ledger_limit: int = DEFAULT_LIMIT
    kube_context: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        if "@sha256:" not in self.image:
            raise ValueError(f"image = {self.image}: must be a reference by digest (repo[:tag]@sha256:...); see `crane digest`")
        if self.pre_stop_seconds >= self.termination_grace_seconds:
            raise ValueError(
                f"pre_stop_seconds = {self.pre_stop_seconds} must be less than "
                f"termination_grace_seconds = {self.termination_grace_seconds}: raise the latter"
            )
        if self.replicas < 1:
            raise ValueError(f"replicas = {self.replicas}: at least 1 is needed to serve")


@dataclass(frozen=True, kw_only=True)
class BlueGreenServiceArgs(ServiceArgs):
    """``bake_seconds`` is how long the new release is watched after the cutover; 0 for not at all."""

    bake_seconds: int = 15


@dataclass(frozen=True, kw_only=True)
class RollingServiceArgs(ServiceArgs):
    """``max_unavailable`` and ``max_surge`` bound how many pods are missing, or too many, while it rolls."""

    max_unavailable: int = 1
    max_surge: int = 1
