"""What a stack's state says, from one read of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.errors import StateError
from infra.labels import RELEASE, SLOT
from infra.ledger import KEEPERS, Ledger
from operations.pulumi_cli import Pulumi

STACK_TYPE = "pulumi:pulumi:Stack"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


@dataclass(frozen=True, kw_only=True)
class StackState:
    """``outputs`` are the program's; ``interrupted`` says that an update was killed in the middle of something.

    ``deployed`` is the release that each slot's Deployment holds. After a failed release it is not the ledger's.
    """

    outputs: Mapping[str, Any]
    ledger: Ledger
    interrupted: bool = False
    deployed: Mapping[str, str] = field(default_factory=dict)

    def warm_slot(self, key: str) -> str:
        """The idle slot that runs the release, or ""."""
        return next((slot for slot, held in self.deployed.items() if held == key and slot != self.ledger.active), "")

    def output(self, name: str) -> str:
        """A text output, or ""."""
        return str(self.outputs.get(name) or "")


def read(pulumi: Pulumi, stack: str) -> StackState:
    """Raises ``StateError`` where the stack or a sound ledger is missing."""
    return of(pulumi.export(stack))


def of(deployment: Mapping[str, Any]) -> StackState:
    """What an exported deployment says. Raises ``StateError`` where its ledger is not sound."""
    resources = deployment.get("resources") or []
    outputs = {item["type"]: item.get("outputs") or {} for item in resources if item["type"] in (STACK_TYPE, *KEEPERS)}
    kept = next((outputs[kind].get("ledger") for kind in KEEPERS if kind in outputs), None)
    return StackState(
        outputs=outputs.get(STACK_TYPE, {}),
        ledger=Ledger.from_dict(kept),
        interrupted=bool(deployment.get("pending_operations")),
        deployed=dict(filter(None, map(_held, resources))),
    )


def _held(resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """Slot and release of a slot's Deployment; None for any other resource."""
    if resource["type"] != DEPLOYMENT:
        return None
    spec = (resource.get("inputs") or {}).get("spec") or {}
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    return (labels[SLOT], labels[RELEASE]) if SLOT in labels and RELEASE in labels else None


def secret_values(pulumi: Pulumi, stack: str, name: str) -> dict[str, str]:
    """The content of a release's Secret, which the resource that moves the traffic keeps."""
    for resource in pulumi.export(stack, show_secrets=True).get("resources") or []:
        if resource["type"] in KEEPERS:
            kept = unwrapped((resource.get("outputs") or {}).get("secrets"))
            if isinstance(kept, Mapping) and name in kept:
                return {str(key): str(value) for key, value in kept[name].items()}
    raise StateError(
        f"stack {stack}: the values of secret {name} are not in its state; set them with `pulumi config set --secret`"
    )


def unwrapped(value: Any) -> Any:
    """The plain value of an exported secret."""
    if isinstance(value, Mapping) and "plaintext" in value:
        return json.loads(value["plaintext"])
    if isinstance(value, Mapping):
        return {key: unwrapped(item) for key, item in value.items()}
    return value
