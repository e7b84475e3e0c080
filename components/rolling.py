"""A service whose pods are replaced a few at a time."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi import ResourceOptions

from components import objects
from components.args import RollingServiceArgs
from components.foundation import Foundation, connect, secret_values, wanted_release
from components.kubernetes import Object
from infra.labels import NAME
from infra.ledger import Ledger
from infra.provider import resources
from infra.release import Release
from infra.state import read_past


class RollingService(pulumi.ComponentResource):
    """Rolls a release out, counts a pod only when it is ready, tests the version, and undoes the rollout when it fails.

    ``name`` is the service's name on Kubernetes too. ``ledger`` is an output: the releases seen, as ``Ledger.to_dict`` gives
    them. The Kubernetes provider comes from ``opts``; ``args.kube_context`` must name the same cluster.
    """

    ledger: pulumi.Output[dict[str, Any]]

    def __init__(self, name: str, args: RollingServiceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:RollingService", name, None, opts)
        provider = connect(self, name, args)
        past = read_past("Rollout", name)
        wanted = wanted_release(name, args, past.ledger)
        if wanted.id != past.ledger.live:
            pulumi.log.info(f"rolling release: {wanted.id} replaces {past.ledger.live or 'nothing'}, pod by pod", self)
        kept = past.ledger.make_live(wanted, "", args.ledger_limit).releases.values()
        secrets = secret_values(args, past, wanted, kept)
        foundation = Foundation(name, args, kept, secrets, self, [])
        steps = self._objects(name, args, wanted, foundation)
        opts = ResourceOptions(parent=self, provider=provider, depends_on=steps)
        self.ledger = resources.Rollout(name, _inputs(name, args, wanted, past.ledger, secrets), opts).ledger
        self.register_outputs({"ledger": self.ledger})

    def _objects(self, name: str, args: RollingServiceArgs, wanted: Release, foundation: Foundation) -> list[pulumi.Resource]:
        opts = ResourceOptions(parent=self, depends_on=foundation.before)
        service = objects.service(name, name, args, selector={NAME: name}, node_port=args.node_port)
        Object(name, objects.disruption_budget(name, args, {NAME: name}), opts)
        return [Object(name, service, opts), Object(name, _manifest(name, args, wanted), opts)]


def _manifest(name: str, args: RollingServiceArgs, release: Release) -> objects.Manifest:
    rolling = {"maxUnavailable": args.max_unavailable, "maxSurge": args.max_surge}
    return objects.deployment(name, args, release, "", rolling)


def _inputs(name: str, args: RollingServiceArgs, wanted: Release, ledger: Ledger, secrets: dict[str, Any]) -> dict[str, Any]:
    live = ledger.live_release
    return {
        "release": wanted.to_dict(),
        "manifest": _manifest(name, args, wanted),
        "previous": _manifest(name, args, live) if live else None,
        "ready": {
            "namespace": args.namespace,
            "deployment": name,
            "release": wanted.id,
            "replicas": args.replicas,
            "seconds": args.health_check_timeout_seconds,
            "live": ledger.live,
        },
        "smoke": objects.smoke(name, args, wanted.version, ledger.live) if args.smoke_test else None,
        "probe": {
            "service": name,
            "port": args.port,
            "path": args.smoke_test.path if args.smoke_test else args.readiness_path,
        },
        "undo": args.rollback,
        "note": args.note,
        "ledgerLimit": args.ledger_limit,
        "secrets": pulumi.Output.secret(secrets),
    }
