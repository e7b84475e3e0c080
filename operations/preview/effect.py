"""What an update does to a service's traffic, and which way back there is: read off the plan, purely."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from infra.ledger import Ledger
from infra.plan import Change, Plan
from operations.preview.values import Difference, differences

PREFLIGHT = "lockgate:index:Preflight"
CUTOVER = "lockgate:index:Cutover"
ROLLOUT = "lockgate:index:Rollout"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"

NAMING = re.compile(r"^(id|version)$|\.(configMapRef|secretRef)\.name$")
"""What a release is called, and what is named by the content that differs."""

Kind = Literal["first", "deploy", "warm return", "cold return", "roll", "in place", "end"]
WayBack = Literal["warm", "cold", "settings", "none"]
WAYS_BACK: Mapping[Kind, WayBack] = {
    "first": "none",
    "deploy": "warm",
    "warm return": "warm",
    "cold return": "warm",
    "roll": "cold",
    "in place": "settings",
    "end": "none",
}


@dataclass(frozen=True, kw_only=True)
class Effect:
    """``release`` goes live in ``slot``; ``live`` in ``active`` is what has the traffic before.

    The slots are empty for a rolling service. ``displaced`` is the release that loses its warm place in ``slot``.
    ``differences`` are those of the release against the one that was made live last.
    """

    service: str
    kind: Kind
    release: str = ""
    slot: str = ""
    live: str = ""
    active: str = ""
    displaced: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def way_back(self) -> WayBack:
        return WAYS_BACK[self.kind]

    @property
    def text(self) -> str:
        """One sentence without its full stop. Names stand between backquotes."""
        return f"{_TEXTS[self.kind](self)}{f'; `{self.displaced}` loses its place there' if self.displaced else ''}"

    def back(self, stack: str) -> str:
        """The way back in words, with the command. Names and commands stand between backquotes."""
        command = f"`lockgate rollback -s {stack}`"
        return {
            "warm": f"warm: `{self.live}` stays in {self.active}; {command} moves the traffic back",
            "cold": f"cold: {command} rolls `{self.live}` out again",
            "settings": "by the earlier settings",
            "none": "none: there is no earlier release" if self.kind == "first" else "none: the service and its ledger go",
        }[self.way_back]


_TEXTS = {
    "first": lambda e: f"`{e.release}` is the first release; {f'it goes into {e.slot}, and ' if e.slot else ''}"
    "the service opens once it is proven",
    "deploy": lambda e: f"deploys `{e.release}` into {e.slot} (idle), and moves the traffic once its gates have passed; "
    f"live is `{e.live}` in {e.active}",
    "warm return": lambda e: f"returns to `{e.release}`, which still runs in {e.slot}: only the traffic moves; "
    f"live is `{e.live}` in {e.active}",
    "cold return": lambda e: f"returns to `{e.release}`, which is deployed again into {e.slot} (idle) first; "
    f"live is `{e.live}` in {e.active}",
    "roll": lambda e: f"rolls `{e.release}` out over `{e.live}`, pod by pod",
    "in place": lambda e: f"changes the Deployment of `{e.live}` while it has the traffic",
    "end": lambda e: f"takes the service {e.service} down",
}


def effects(plan: Plan, ledgers: Mapping[str, Ledger]) -> tuple[Effect, ...]:
    """What becomes of each service in the plan whose traffic or live pods are touched. ``ledgers`` by service, before it."""
    return tuple(replace(one, differences=tuple(_against(plan, one.service))) for one in _effects(plan, ledgers))


def _effects(plan: Plan, ledgers: Mapping[str, Ledger]) -> Iterator[Effect]:
    for change in plan.changes:
        if change.type in (CUTOVER, ROLLOUT) and change.operation == "delete":
            yield Effect(service=change.name, kind="end")
        elif change.type == PREFLIGHT and change.new is not None:
            yield from _blue_green(plan, change.new, ledgers)
        elif change.type == ROLLOUT and change.new is not None:
            yield from _rolling(plan, change, change.new)


def _blue_green(plan: Plan, step: Mapping[str, Any], ledgers: Mapping[str, Ledger]) -> Iterator[Effect]:
    service, slot, release, live = (str(step.get(key) or "") for key in ("service", "slot", "release", "live"))
    active = str(step.get("active") or "")
    deployed = _touched(plan, step.get("namespace"), f"{service}-{slot}")
    if not live:
        yield Effect(service=service, kind="first", release=release, slot=slot)
    elif release != live:
        ledger = ledgers.get(service, Ledger())
        held = ledger.slots.get(slot, "")
        anew: Kind = "cold return" if release in ledger.releases else "deploy"
        kind: Kind = anew if deployed else "warm return"
        displaced = held if deployed and held != release else ""
        yield Effect(
            service=service, kind=kind, release=release, slot=slot, live=live, active=active, displaced=displaced
        )  # fmt: skip
    elif deployed:
        yield Effect(service=service, kind="in place", release=release, slot=slot, live=live, active=active)


def _rolling(plan: Plan, change: Change, step: Mapping[str, Any]) -> Iterator[Effect]:
    release = str((step.get("release") or {}).get("id") or "")
    ready = step.get("ready") or {}
    live = str(ready.get("live") or "")
    if not live:
        yield Effect(service=change.name, kind="first", release=release)
    elif release != live:
        yield Effect(service=change.name, kind="roll", release=release, live=live)
    elif _touched(plan, ready.get("namespace"), change.name):
        yield Effect(service=change.name, kind="in place", release=release, live=live)


def _against(plan: Plan, service: str) -> Iterator[Difference]:
    """Where the releases differ; the same difference in another place, as the image in the pod, is told once."""
    keeper = next((one for one in plan.changes if one.type in (CUTOVER, ROLLOUT) and one.name == service), None)
    if keeper is None or keeper.old is None or keeper.new is None:
        return
    told: list[tuple[Any, Any]] = []
    for one in differences(keeper.old.get("release"), keeper.new.get("release")):
        if not NAMING.search(one.path) and (one.old, one.new) not in told:
            told.append((one.old, one.new))
            yield one


def _touched(plan: Plan, namespace: Any, name: str) -> bool:
    """Whether the plan changes the Deployment."""
    for change in plan.changes:
        metadata = ((change.new or change.old or {}).get("metadata") or {}) if change.type == DEPLOYMENT else {}
        if metadata.get("name") == name and metadata.get("namespace") == namespace:
            return change.operation not in ("same", "read")
    return False
