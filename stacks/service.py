"""The service of a stack: its strategy is a setting, its release is too, or else the one that is live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pulumi
from pulumi import ResourceOptions
from pydantic import SecretStr

from components import BlueGreenService, BlueGreenServiceArgs, RollingService, RollingServiceArgs, SmokeTestArgs, objects
from components.args import ServiceArgs
from components.foundation import wanted_release
from components.kubernetes import Object
from infra.settings import Settings
from infra.state import read_live, read_past

Service = BlueGreenService | RollingService


def service(settings: Settings, providers: list[pulumi.ProviderResource]) -> Service | None:
    """The service that ``settings`` describe, on the cluster of ``providers``; None before its first release."""
    release = _named(settings) if settings.image else _live(settings)
    opts = ResourceOptions(providers=providers)
    if not release:
        pulumi.log.info(_nothing(settings), pulumi.runtime.get_root_resource())
        Awaited(settings.service, _KINDS[settings.strategy], settings.namespace, opts)
        return None
    args = _common(settings, release)
    made = _STRATEGIES[settings.strategy](settings, args, opts)
    if not settings.image:
        _tell_what_waits(settings, ServiceArgs(**args), made)
    return made


class Awaited(pulumi.ComponentResource):
    """A service before its first release: its namespace, and no more.

    It takes the place of the component ``kind``, so that the namespace is the same one when the first release comes, and stays
    when that has failed: a namespace is never deleted in passing.
    """

    def __init__(self, name: str, kind: str, namespace: str, opts: ResourceOptions) -> None:
        super().__init__(f"lockgate:index:{kind}", name, None, opts)
        Object(f"{name}-namespace", objects.namespace(namespace), ResourceOptions(parent=self))
        self.register_outputs({"namespace": namespace})


def _blue_green(settings: Settings, args: Mapping[str, Any], opts: ResourceOptions) -> BlueGreenService:
    return BlueGreenService(settings.service, BlueGreenServiceArgs(**args, bake_seconds=settings.bake_seconds), opts)


def _rolling(settings: Settings, args: Mapping[str, Any], opts: ResourceOptions) -> RollingService:
    return RollingService(settings.service, RollingServiceArgs(**args), opts)


_STRATEGIES: dict[str, Callable[[Settings, Mapping[str, Any], ResourceOptions], Service]] = {
    "blue-green": _blue_green,
    "rolling": _rolling,
}
_KINDS = {"blue-green": "BlueGreenService", "rolling": "RollingService"}
_KEEPERS = {"blue-green": "Cutover", "rolling": "Rollout"}

_RELEASE = "image version config secrets revision note".split()  # noqa: SIM905
_SAME = (  # noqa: SIM905
    "namespace port replicas node_port readiness_path liveness_path cpu_request memory_request memory_limit pre_stop_seconds "
    "termination_grace_seconds health_check_timeout_seconds deployment_timeout_minutes ledger_limit kube_context"
).split()


def _named(settings: Settings) -> dict[str, Any]:
    """The args of the release that the settings name."""
    return {**{name: getattr(settings, name) for name in _RELEASE}, "pinned": settings.release}


def _live(settings: Settings) -> dict[str, Any]:
    """The args of the release that is live, with its own config and secrets, in its own pod; empty where none is."""
    past = read_live(_KEEPERS[settings.strategy], settings.service)
    live = past.ledger.live_release
    if live is None:
        return {}
    secrets = past.secrets[live.secret] if live.secret else {}
    return {
        "image": live.image,
        "version": live.version,
        "config": live.config,
        "secrets": {name: SecretStr(value) for name, value in secrets.items()},
        "revision": live.revision,
        "pinned": live.id,
    }


def _nothing(settings: Settings) -> str:
    return (
        f"no release yet: image has no value and nothing of {settings.service} is live, so that there is no service; "
        f"run `lockgate release -s {pulumi.get_stack()} --image REF`"
    )


def _tell_what_waits(settings: Settings, args: ServiceArgs, made: Service) -> None:
    """A pod is part of its release: settings that shape another one must not seem to have been taken up."""
    ledger = read_past(_KEEPERS[settings.strategy], settings.service).ledger
    kept, today = (wanted_release(settings.service, one, ledger) for one in (args, replace(args, pinned="")))
    if kept.id != today.id:
        pulumi.log.info(f"{kept.id} stays as it was released: today's settings of its pods count with the next release", made)


def _common(settings: Settings, release: Mapping[str, Any]) -> dict[str, Any]:
    smoke = SmokeTestArgs(
        image=settings.smoke_image,
        path=settings.smoke_path,
        field=settings.smoke_field,
        timeout_seconds=settings.smoke_timeout_seconds,
    )
    return {
        **release,
        **{name: getattr(settings, name) for name in _SAME},
        "rollback": settings.rollback_enabled,
        "smoke_test": smoke if settings.smoke_test_enabled else None,
    }


def url(settings: Settings) -> str:
    """Where the service answers: on this machine where a node port is set, else inside the cluster."""
    if settings.node_port is not None:
        return f"http://127.0.0.1:{settings.node_port}"
    return f"http://{settings.service}.{settings.namespace}.svc:{settings.port}"


def export(settings: Settings, made: Service) -> None:
    """The stack's outputs."""
    pulumi.export("ledger", made.ledger)
    pulumi.export("url", url(settings))
    pulumi.export("strategy", settings.strategy)
    pulumi.export("namespace", settings.namespace)
    pulumi.export("service", settings.service)
