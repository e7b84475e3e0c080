"""What a stack's state says, and what its cluster says, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import httpx2
from lightkube import ApiError

from infra.errors import LockgateError
from infra.kubernetes import Cluster
from infra.ledger import Ledger
from operations import environment, rollback, state
from operations.project import Project
from operations.pulumi_cli import Pulumi


@dataclass(frozen=True, kw_only=True)
class Slot:
    """``name`` is empty for a rolling service. ``ready`` and ``wanted`` are pods, None where the cluster was not asked."""

    name: str
    release: str
    active: bool
    ready: int | None = None
    wanted: int | None = None

    def __str__(self) -> str:
        pods = "" if self.ready is None else f"{self.ready}/{self.wanted} ready"
        return "  ".join(filter(None, [self.release or "empty", pods, "live" if self.active else ""]))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the cluster says. ``traffic`` is the slot (rolling: the release) that gets it; ``problem``: why it was not asked."""

    traffic: str = ""
    slots: tuple[Slot, ...] = ()
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Status:
    """``warning`` says that state and cluster differ, and what to run; empty where they agree."""

    stack: str
    outputs: Mapping[str, Any]
    ledger: Ledger
    slots: tuple[Slot, ...]
    problem: str
    warning: str
    interrupted: bool

    @property
    def back(self) -> tuple[str, bool]:
        """The release that a rollback would go to, and whether it would be warm."""
        key = rollback.previous_id(self.ledger)
        slot = rollback.warm_slot(self.ledger, key)
        seen = next((one for one in self.slots if one.name == slot), None)
        return key, bool(slot) and (seen is None or seen.ready is None or seen.ready > 0)

    def to_dict(self) -> dict[str, Any]:
        key, warm = self.back
        return {
            "stack": self.stack,
            **{name: self.outputs.get(name) for name in ("service", "namespace", "url", "strategy")},
            "live": self.ledger.live_release.to_dict() if self.ledger.live_release else None,
            "slot": self.ledger.active,
            "slots": [asdict(slot) for slot in self.slots],
            "history": [asdict(entry) for entry in self.ledger.history],
            "rollback": {"release": key, "warm": warm} if key else None,
            "cluster": self.problem or "reached",
            "interrupted": self.interrupted,
            "warning": self.warning,
        }


def read(pulumi: Pulumi, stack: str) -> Status:
    """Raises ``StateError`` where there is no such stack; an unreachable cluster is only noted."""
    known = state.read(pulumi, stack)
    seen = _look(pulumi.project, stack, known) if known.ledger.live else Seen()
    return Status(
        stack=stack,
        outputs=known.outputs,
        ledger=known.ledger,
        slots=seen.slots or _recorded(known.ledger),
        problem=seen.problem,
        warning=_difference(stack, known.ledger, seen),
        interrupted=known.interrupted,
    )


def _recorded(ledger: Ledger) -> tuple[Slot, ...]:
    held = ledger.slots or ({"": ledger.live} if ledger.live else {})
    return tuple(Slot(name=name, release=key, active=name == ledger.active) for name, key in sorted(held.items()))


def _look(project: Project, stack: str, known: state.StackState) -> Seen:
    environment.enter(project)
    namespace, service = known.output("namespace"), known.output("service")
    try:
        cluster = Cluster(str(project.setting(stack, "kubeContext") or "lockgate-lab"))
        slots = tuple(_slot(cluster, namespace, service, slot) for slot in _recorded(known.ledger))
        traffic = cluster.selected_slot(namespace, service) if known.ledger.slots else slots[0].release
    except (LockgateError, ApiError, httpx2.HTTPError) as error:
        return Seen(problem=f"the cluster was not asked: {error or type(error).__name__}")
    return Seen(traffic=traffic or "", slots=slots)


def _slot(cluster: Cluster, namespace: str, service: str, slot: Slot) -> Slot:
    name = f"{service}-{slot.name}" if slot.name else service
    deployment = cluster.deployment(namespace, name)
    ready = (deployment.status.readyReplicas if deployment and deployment.status else 0) or 0
    wanted = (deployment.spec.replicas if deployment and deployment.spec else 0) or 0
    held = cluster.deployed_release(namespace, name)
    return Slot(name=slot.name, release=held, active=slot.active, ready=ready, wanted=wanted)


def _difference(stack: str, ledger: Ledger, seen: Seen) -> str:
    if seen.problem or not seen.slots:
        return ""
    stated = ledger.active if ledger.slots else ledger.live
    if seen.traffic == stated:
        return ""
    held = next((slot.release for slot in seen.slots if slot.name == seen.traffic), "")
    live = f"{held or 'something unknown'} in {seen.traffic}" if ledger.slots and seen.traffic else seen.traffic or "nothing"
    return (
        f"the cluster sends the traffic to {live}, but the state says {ledger.live}"
        f"{f' in {ledger.active}' if ledger.active else ''}. If an update was killed, run it again; to restore what the state "
        f"says, run `pulumi up --refresh -s {stack}` with that release's config; to keep what is live, "
        f"`lockgate rollback -s {stack} --to {held or 'ID'}`"
    )
