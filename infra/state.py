"""What a component knows of its own past: its resource's outputs in the stack's last state.

Read from the state itself, so that a program has to export nothing for its releases to be remembered
(docs/adr/0002-ledger-in-the-resource.md).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pulumi

from infra.errors import StateError
from infra.ledger import KEEPERS, Ledger

READ = "pulumi:pulumi:readStackResourceOutputs"
TORN = "failed to load checkpoint"
ATTEMPTS = 40
PAUSE_SECONDS = 0.05


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
    outputs = read_outputs(kind, name)
    if outputs is None:
        return Past()
    ledger = Ledger.from_dict(outputs.get("ledger"), outputs.get("pods"))
    return Past(ledger=ledger, slot=outputs.get("slot") or "", secrets=outputs.get("secrets") or {})


def read_live(kind: str, name: str) -> Past:
    """The past of ``lockgate:index:<kind>`` called ``name``; where that has no live release, of one that has.

    A service that gets another name or strategy is another resource, which begins with what the one before it had live.
    """
    others = ((key.rpartition(":")[2], urn.rpartition("::")[2]) for urn in read_resources() for key in KEEPERS if _is(urn, key))
    pasts = (read_past(*keeper) for keeper in ((kind, name), *others))
    return next((past for past in pasts if past.ledger.live), Past())


def _is(urn: str, kind: str) -> bool:
    return urn.split("::")[2].rpartition("$")[2] == kind


def read_outputs(kind: str, name: str) -> Mapping[str, Any] | None:
    """The last outputs of the resource ``lockgate:index:<kind>`` called ``name``; None in a stack that never had it."""
    ending = f"lockgate:index:{kind}::{name}"
    return next((resource["outputs"] for urn, resource in read_resources().items() if urn.endswith(ending)), None)


@cache
def read_resources() -> Mapping[str, Any]:
    """The resources of the stack's last state, by URN; read once in a program.

    A file backend writes the state while this update goes on, and a reader that meets it in the act is told that it ends too
    early; so it is read again. A state that stays unreadable is an error, never an empty one.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    attempts = ATTEMPTS
    while True:
        try:
            answer = pulumi.runtime.invoke(READ, {"stackName": stack}, pulumi.InvokeOptions(version="")).value
            return (answer or {}).get("outputs") or {}
        except Exception as error:  # the SDK raises nothing more exact
            attempts -= 1
            if not attempts or TORN not in str(error):
                raise StateError(f"the state of stack {stack} cannot be read: {error}; restore it from a backup") from error
        time.sleep(PAUSE_SECONDS)
