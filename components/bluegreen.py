"""A service in two slots: a release is proven in the idle one before it gets the traffic."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi import ResourceOptions

from components import objects
from components.args import BlueGreenServiceArgs
from components.foundation import Foundation, connect, secret_values, wanted_release
from components.kubernetes import Object
from infra.decision import Decision, decide
from infra.labels import NAME, SLOT
from infra.ledger import other_slot
from infra.provider import resources
from infra.release import Release
from infra.state import Past, read_past

SURGE = {"maxSurge": "100%", "maxUnavailable": 0}
"""An idle slot's pods are all replaced at once, and only when the new ones are ready."""


class BlueGreenService(pulumi.ComponentResource):
    """Deploys a release into the idle slot, proves it there, moves the traffic, and watches it.

    ``name`` is the service's name on Kubernetes too. ``ledger`` is an output: the releases seen, as ``Ledger.to_dict`` gives
    them; it changes only when the traffic has moved. ``decision`` says what this update does. The Kubernetes provider comes
    from ``opts``; ``args.kube_context`` must name the same cluster.
    """

    ledger: pulumi.Output[dict[str, Any]]
    decision: Decision

    def __init__(self, name: str, args: BlueGreenServiceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:BlueGreenService", name, None, opts)
        provider = connect(self, name, args)
        past = read_past("Cutover", name)
        wanted = wanted_release(name, args, past.ledger)
        self.decision = decide(wanted, past.ledger)
        if self.decision.action != "keep":
            pulumi.log.info(self.decision.reason, self)
        self.ledger = _Plan(self, provider, name, args, past, wanted, self.decision).register().ledger
        self.register_outputs({"ledger": self.ledger})


class _Plan:
    """The resources of one update, each step depending on the one before."""

    def __init__(
        self,
        parent: BlueGreenService,
        provider: pulumi.ProviderResource,
        name: str,
        args: BlueGreenServiceArgs,
        past: Past,
        wanted: Release,
        decision: Decision,
    ) -> None:
        self.parent, self.name, self.args = parent, name, args
        self.past, self.wanted, self.decision = past, wanted, decision
        self.preview = f"{name}-preview"
        ledger = past.ledger
        self.live = f"{ledger.live} in {ledger.active}" if ledger.live else ""
        self.ours = ResourceOptions(parent=parent, provider=provider)
        kept = ledger.make_live(wanted, decision.slot, args.ledger_limit).releases.values()
        self.secrets = secret_values(args, past, wanted, kept)
        preflight = resources.Preflight(f"{name}-preflight", self._preflight(), self.ours)
        self.foundation = Foundation(name, args, kept, self.secrets, parent, [preflight])

    def register(self) -> resources.Cutover:
        """The other slot of a kept release comes last: the traffic may have to leave it first."""
        active = self._service(self.name, self.args.node_port)
        preview = self._service(self.preview, None)
        slots = self.decision.slots
        last = other_slot(self.decision.slot) if self.decision.action == "keep" else ""
        proven = [step for slot in slots if slot != last for step in self._slot(slot, slots[slot], preview)]
        cutover = resources.Cutover(self.name, self._cutover(), self._after(active, preview, *proven))
        if last in slots:
            self._slot(last, slots[last], preview, cutover)
        return cutover

    def _slot(self, slot: str, release: Release, preview: pulumi.Resource, *before: pulumi.Resource) -> list[pulumi.Resource]:
        name = f"{self.name}-{slot}"
        opts = ResourceOptions(parent=self.parent, depends_on=[*self.foundation.before, *before])
        deployment = Object(name, objects.deployment(self.name, self.args, release, slot, SURGE), opts)
        Object(name, objects.disruption_budget(name, self.args, {NAME: self.name, SLOT: slot}), opts)
        ready = resources.SlotReady(f"{name}-ready", self._ready(name, release), self._after(deployment))
        if self.args.smoke_test is None:
            return [ready]
        return [ready, resources.SmokeTest(f"{name}-smoke", self._smoke(slot, release), self._after(ready, preview))]

    def _service(self, name: str, node_port: int | None) -> pulumi.Resource:
        opts = ResourceOptions(parent=self.parent, depends_on=self.foundation.before)
        return Object(name, objects.service(name, self.name, self.args, selector=None, node_port=node_port), opts)

    def _after(self, *steps: pulumi.Resource) -> ResourceOptions:
        return ResourceOptions.merge(self.ours, ResourceOptions(depends_on=list(steps)))

    def _preflight(self) -> dict[str, Any]:
        return {
            "namespace": self.args.namespace,
            "service": self.name,
            "recorded": self.past.slot,
            "active": self.past.ledger.active,
            "slot": self.decision.slot,
            "release": self.wanted.id,
            "live": self.past.ledger.live,
        }

    def _ready(self, deployment: str, release: Release) -> dict[str, Any]:
        return {
            "namespace": self.args.namespace,
            "deployment": deployment,
            "release": release.id,
            "replicas": self.args.replicas,
            "seconds": self.args.health_check_timeout_seconds,
            "live": self.live,
        }

    def _smoke(self, slot: str, release: Release) -> dict[str, Any]:
        smoke = objects.smoke(self.preview, self.args, release.version, self.live)
        return {**smoke, "name": self.name, "slot": slot, "release": release.id}

    def _cutover(self) -> dict[str, Any]:
        smoke = self.args.smoke_test
        return {
            "namespace": self.args.namespace,
            "service": self.name,
            "preview": self.preview,
            "port": self.args.port,
            "path": smoke.path if smoke else self.args.readiness_path,
            "readinessPath": self.args.readiness_path,
            "replicas": self.args.replicas,
            "seconds": self.args.health_check_timeout_seconds,
            "bakeSeconds": self.args.bake_seconds,
            "moveBack": self.args.rollback,
            "slot": self.decision.slot,
            "release": self.wanted.to_dict(),
            "note": self.args.note,
            "ledgerLimit": self.args.ledger_limit,
            "secrets": pulumi.Output.secret(self.secrets),
        }
