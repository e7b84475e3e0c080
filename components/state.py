"""What a component knows of its own past: its resource's outputs in the stack's last state.

Read from the state itself, so that a program has to export nothing for its releases to be remembered
(docs/adr/0002-ledger-in-the-resource.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from infra.ledger import Ledger

READ = "pulumi:pulumi:readStackResourceOutputs"


@dataclass(frozen=True)
class Past:
    """``slot`` is the slot that the state says has the traffic, which after a refresh is what the cluster says."""

    ledger: Ledger = field(default_factory=Ledger)
    slot: str = ""
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_past(kind: str, name: str) -> Past:
    """The past of the resource ``lockgate:index:<kind>`` called ``name``; an empty one in a stack that never had it.

    Raises ``StateError`` where its ledger cannot be read.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    answer = pulumi.runtime.invoke(READ, {"stackName": stack}, pulumi.InvokeOptions(version="")).value
    resources: Mapping[str, Any] = (answer or {}).get("outputs") or {}
    for urn, resource in resources.items():
        if urn.endswith(f"lockgate:index:{kind}::{name}"):
            outputs = resource["outputs"]
            ledger = Ledger.from_dict(outputs.get("ledger"), outputs.get("pods"))
            return Past(ledger=ledger, slot=outputs.get("slot") or "", secrets=outputs.get("secrets") or {})
    return Past()
