"""The service of a stack: its strategy is a setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
from pulumi import ResourceOptions

from components import BlueGreenService, BlueGreenServiceArgs, RollingService, RollingServiceArgs, SmokeTestArgs
from infra.settings import Settings


def service(settings: Settings, providers: list[pulumi.ProviderResource]) -> BlueGreenService | RollingService:
    """The service that ``settings`` describe, on the cluster of ``providers``."""
    return _STRATEGIES[settings.strategy](settings, ResourceOptions(providers=providers))


def _blue_green(settings: Settings, opts: ResourceOptions) -> BlueGreenService:
    args = BlueGreenServiceArgs(**_common(settings), bake_seconds=settings.bake_seconds)
    return BlueGreenService(settings.service, args, opts)


def _rolling(settings: Settings, opts: ResourceOptions) -> RollingService:
    return RollingService(settings.service, RollingServiceArgs(**_common(settings)), opts)


_STRATEGIES: dict[str, Callable[[Settings, ResourceOptions], BlueGreenService | RollingService]] = {
    "blue-green": _blue_green,
    "rolling": _rolling,
}

_SAME = (  # noqa: SIM905
    "image version namespace port config secrets revision note replicas node_port readiness_path liveness_path cpu_request "
    "memory_request memory_limit pre_stop_seconds termination_grace_seconds health_check_timeout_seconds "
    "deployment_timeout_minutes ledger_limit kube_context"
).split()


def _common(settings: Settings) -> dict[str, Any]:
    smoke = SmokeTestArgs(
        image=settings.smoke_image,
        path=settings.smoke_path,
        field=settings.smoke_field,
        timeout_seconds=settings.smoke_timeout_seconds,
    )
    return {
        **{name: getattr(settings, name) for name in _SAME},
        "pinned": settings.release,
        "rollback": settings.rollback_enabled,
        "smoke_test": smoke if settings.smoke_test_enabled else None,
    }


def url(settings: Settings) -> str:
    """Where the service answers: on this machine where a node port is set, else inside the cluster."""
    if settings.node_port is not None:
        return f"http://127.0.0.1:{settings.node_port}"
    return f"http://{settings.service}.{settings.namespace}.svc:{settings.port}"


def export(settings: Settings, made: BlueGreenService | RollingService) -> None:
    """The stack's outputs."""
    pulumi.export("ledger", made.ledger)
    pulumi.export("url", url(settings))
    pulumi.export("strategy", settings.strategy)
    pulumi.export("namespace", settings.namespace)
    pulumi.export("service", settings.service)
