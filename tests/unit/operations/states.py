"""States of stacks, as ``pulumi stack export`` prints them."""

from __future__ import annotations

import json
from typing import Any

from infra.ledger import Entry, Ledger
from infra.release import Release
from operations.state import StackState

DIGEST = "sha256:" + "a" * 64


def release(version: str, **changes: Any) -> Release:
    content: dict[str, Any] = {"version": version, "image": f"127.0.0.1:15000/podinfo:{version}@{DIGEST}", "pod": {}}
    return Release.of(**{**content, **changes})


def ledger(*versions: str, rolling: bool = False, **secrets: str) -> Ledger:
    """The ledger after releases of these versions, the oldest first; ``v1_0_0="name"`` gives one a Secret."""
    made = Ledger()
    for version in versions:
        wanted = release(version, secret=secrets.get(f"v{version.replace('.', '_')}", ""))
        slot = "" if rolling else {"": "blue", "blue": "green", "green": "blue"}[made.active]
        entry = Entry(
            release=wanted.id,
            slot=slot,
            kind=made.kind_of(wanted),
            at="2026-01-01T00:00:00+00:00",
            previous=made.live,
            evidence={"from": made.live, "to": wanted.id, "requests": 40, "failed": 0, "seconds": 0.3, "bakeSeconds": 15},
        )
        made = made.record(wanted, entry)
    return made


def known(made: Ledger, **changes: Any) -> StackState:
    values: dict[str, Any] = {"outputs": {"service": "podinfo", "namespace": "podinfo-prod"}, "deployed": made.slots}
    return StackState(ledger=made, **{**values, **changes})


def exported(made: Ledger, *, pending: bool = False, deployed: dict[str, str] | None = None, secrets: Any = None) -> str:
    """What the state holds: the stack, the resource that moves the traffic, and a Deployment for each slot."""
    held = made.slots if deployed is None else deployed
    resources: list[dict[str, Any]] = [
        {"type": "pulumi:pulumi:Stack", "outputs": {"url": "http://127.0.0.1:30083", "ledger": {"live": "stale"}}},
        {"type": "lockgate:index:Cutover", "outputs": {"ledger": made.to_dict(), "secrets": secrets}},
        *(deployment(slot, key) for slot, key in held.items()),
        {"type": "kubernetes:core/v1:Service", "inputs": {"spec": {}}},
    ]
    body = {"resources": resources, "pending_operations": [{"type": "updating"}] if pending else []}
    return json.dumps({"version": 3, "deployment": body})


def deployment(slot: str, key: str) -> dict[str, Any]:
    labels = {"version": slot, "lockgate.dev/release": key}
    return {"type": "kubernetes:apps/v1:Deployment", "inputs": {"spec": {"template": {"metadata": {"labels": labels}}}}}
