"""What a plan changes in reserved processor time and memory, and in what that costs a month."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.plan import Change, Plan

GIB = 2**30
UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "m": 1e-3}
QUANTITY = re.compile(r"^(\d+(?:\.\d+)?(?:[eE]\d+)?)(m|k|[KMGT]i?|)$")

WITH_REPLICAS = tuple(f"kubernetes:apps/v1:{kind}" for kind in ("Deployment", "StatefulSet", "ReplicaSet"))
COSTLESS = (
    "pulumi:",
    "lockgate:",
    "github:",
    "kubernetes:rbac.authorization.k8s.io/",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "kubernetes:policy/",
    *(f"kubernetes:core/v1:{kind}" for kind in ("Namespace", "ServiceAccount", "ConfigMap", "Secret")),
    "aws:iam/",
)
"""Kinds that cost nothing by being there. GitHub bills people, minutes and storage, not these objects."""
SERVICE = "kubernetes:core/v1:Service"


@dataclass(frozen=True, kw_only=True)
class Rates:
    """What a reserved vCPU and GiB cost a month; 0 is unknown."""

    cpu: float = 0.0
    memory: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The change in vCPUs and GiB that are reserved, and in cost a month, None where that is unknown.

    ``unknown`` are the types of changed resources of which nothing is known.
    """

    cpu: float = 0.0
    memory: float = 0.0
    month: float | None = 0.0
    unknown: tuple[str, ...] = ()


def cost(plan: Plan, rates: Rates) -> Cost:
    """The difference that the plan makes. A resource that stays as it is counts for nothing."""
    cpu = memory = 0.0
    unknown: dict[str, None] = {}
    for change in plan.changes:
        if change.operation in ("same", "read", "import"):
            continue
        before, after = _reserved(change, change.old), _reserved(change, change.new)
        if before is None or after is None:
            unknown[change.type] = None
        else:
            cpu, memory = cpu + after[0] - before[0], memory + after[1] - before[1]
    cpu, memory = round(cpu, 6), round(memory, 6)
    known = not unknown and not (cpu and not rates.cpu) and not (memory and not rates.memory)
    return Cost(cpu=cpu, memory=memory, month=cpu * rates.cpu + memory * rates.memory if known else None, unknown=tuple(unknown))


def _reserved(change: Change, values: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """vCPUs and GiB of one resource, nothing for one that is not there, None where it cannot be known."""
    if values is None or change.type.startswith(COSTLESS):
        return 0.0, 0.0
    spec = values.get("spec")
    if not isinstance(spec, Mapping):
        return None
    if change.type == SERVICE:
        return None if spec.get("type") == "LoadBalancer" else (0.0, 0.0)
    if change.type not in WITH_REPLICAS:
        return None
    replicas = spec.get("replicas", 1)
    template = spec.get("template")
    pod = (template.get("spec") if isinstance(template, Mapping) else None) or {}
    amounts = [_pod(pod.get("containers") or (), key) for key in ("cpu", "memory")]
    if not isinstance(replicas, int | float) or amounts[0] is None or amounts[1] is None:
        return None
    return replicas * amounts[0], replicas * amounts[1] / GIB


def _pod(containers: Iterable[Mapping[str, Any]], key: str) -> float | None:
    total = 0.0
    for container in containers:
        resources = container.get("resources") or {}
        asked = (resources.get("requests") or {}).get(key, (resources.get("limits") or {}).get(key))
        amount = _quantity(asked)
        if amount is None:
            return None
        total += amount
    return total


def _quantity(text: Any) -> float | None:
    """A Kubernetes quantity, None for what is none."""
    match = QUANTITY.match(str(text)) if isinstance(text, str | int | float) else None
    return float(match[1]) * UNITS[match[2]] if match else None
