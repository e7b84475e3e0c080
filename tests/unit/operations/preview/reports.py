"""Plans and reports for the tests of the preview report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from infra.plan import Change, Operation, Plan
from operations.preview.collect import Event
from operations.preview.cost import Rates
from operations.preview.examine import examine
from operations.preview.model import Drift, Report, StackReport
from policy import Finding

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
REPOSITORY = "github:index/repository:Repository"
CONFIG = "kubernetes:core/v1:ConfigMap"


def golden(name: str) -> list[Event]:
    """What the real engine told of the tiny program (record_events.py)."""
    return [json.loads(line) for line in (Path(__file__).parent / "golden" / f"{name}.jsonl").read_text().splitlines()]


def change(operation: Operation, name: str = "web", kind: str = CONFIG, **values: Any) -> Change:
    """A change of one resource; ``old`` and ``new`` differ in size unless they are given."""
    sides: dict[str, Any] = {"old": {"size": 1}, "new": {"size": 2}}
    if operation == "create":
        sides["old"] = None
    if operation == "delete":
        sides["new"] = None
    keys = {"keys": ("size",)} if operation in ("update", "replace") else {}
    forced = {"replaced_by": ("size",)} if operation == "replace" else {}
    urn = f"urn:pulumi:prod::lockgate::{kind}::{name}"
    return Change(**{"urn": urn, "type": kind, "operation": operation, **sides, **keys, **forced, **values})


def stack(
    name: str = "prod", *changes: Change, drift: Drift | None = None, findings: tuple[Finding, ...] = (), **plan: Any
) -> StackReport:
    """The report of a stack with these changes."""
    made = Plan(stack=name, changes=changes, **plan)
    return examine(made, ledgers={}, rates=Rates(), drift=drift, findings=findings)


def report(*stacks: StackReport, fork: bool = False) -> Report:
    return Report(stacks=stacks, fork=fork)


def finding(severity: Any = "deny", message: str = "runs an image by its tag", name: str = "web") -> Finding:
    urn = f"urn:pulumi:prod::lockgate::{DEPLOYMENT}::{name}"
    return Finding(rule="unpinned-image", severity=severity, resource=urn, message=message, remedy="name it by its digest")


def deployment(
    name: str, *, replicas: int = 1, cpu: str = "25m", memory: str = "64Mi", namespace: str = "web"
) -> Mapping[str, Any]:
    requests = {"cpu": cpu, "memory": memory}
    pod = {"containers": [{"name": "service", "resources": {"requests": requests}}]}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": {"replicas": replicas, "template": {"spec": pod}}}


def rendered(markdown: str) -> str:
    """As GitHub makes HTML of it: CommonMark with tables, HTML let through."""
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def in_order(document: str, *parts: str) -> bool:
    """Whether the parts stand in the document, in this order."""
    places = [document.find(part) for part in parts]
    assert -1 not in places, [part for part in parts if part not in document]
    return places == sorted(places)
