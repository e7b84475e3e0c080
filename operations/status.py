"""What a stack's state says, and what its cluster says, side by side."""

from __future__ import annotations

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
    known: state.StackState
    slots: tuple[Slot, ...]
    problem: str
    warning: str

    @property
    def back(self) -> tuple[str, bool]:
        """The release that a rollback would go to, and whether it would be warm."""
        key = rollback.previous_id(self.known.ledger)
        slot = next((one for one in self.slots if one.release == key and one.name and not one.active), None)
        return key, slot is not None and (slot.ready is None or slot.ready > 0)

    def to_dict(self) -> dict[str, Any]:
        key, warm = self.back
        ledger, outputs = self.known.ledger, self.known.outputs
        return {
            "stack": self.stack,
            **{name: outputs.get(name) for name in ("service", "namespace", "url", "strategy")},
            "live": ledger.to_dict()["releases"].get(ledger.live),
            "slot": ledger.active,
            "slots": [asdict(slot) for slot in self.slots],
            "history": [asdict(entry) for entry in ledger.history],
            "rollback": {"release": key, "warm": warm} if key else None,
            "cluster": self.problem or "reached",
            "interrupted": self.known.interrupted,
            "warning": self.warning,
        }


def read(pulumi: Pulumi, stack: str) -> Status:
    """Raises ``StateError`` where there is no such stack; an unreachable cluster is only noted."""
    known = state.read(pulumi, stack)
    seen = _look(pulumi.project, stack, known) if known.ledger.live else Seen()
    return Status(
        stack=stack,
        known=known,
        slots=seen.slots or _recorded(known),
        problem=seen.problem,
        warning=_difference(stack, known.ledger, seen),
    )


def _recorded(known: state.StackState) -> tuple[Slot, ...]:
    ledger = known.ledger
    held = {**ledger.slots, **known.deployed} or ({"": ledger.live} if ledger.live else {})
    return tuple(Slot(name=name, release=key, active=name == ledger.active) for name, key in sorted(held.items()))


def _look(project: Project, stack: str, known: state.StackState) -> Seen:
    environment.enter(project)
    namespace, service = known.output("namespace"), known.output("service")
    try:
        cluster = Cluster(str(project.setting(stack, "kubeContext") or "lockgate-lab"))
        slots = tuple(_slot(cluster, namespace, service, slot) for slot in _recorded(known))
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
    keep = f"`lockgate rollback -s {stack} --to {held}`" if held in ledger.releases else "release it again by its image"
    return (
        f"the cluster sends the traffic to {live}, but the state says {ledger.live}"
        f"{f' in {ledger.active}' if ledger.active else ''}. If an update was killed, run the same command again; "
        f"to keep what is live, {keep}; to restore what the state says, put that release back into the stack's config and run "
        f"`pulumi up --refresh -s {stack}`"
    )
