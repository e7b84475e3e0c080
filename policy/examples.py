"""What the rules' examples are built from: resources that no rule objects to, and how to make one of them worse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.labels import NAME
from infra.plan import Change, Operation, Plan

DIGEST = f"sha256:{'a' * 64}"
IMAGE = f"registry.example.com/web:2.4.1@{DIGEST}"
SHA = "a" * 40


def change(
    kind: str,
    name: str,
    new: Mapping[str, Any] | None,
    operation: Operation = "create",
    *,
    old: Mapping[str, Any] | None = None,
    replaced_by: tuple[str, ...] = (),
) -> Change:
    """A change of a stack ``prod`` of a project ``web``."""
    urn = f"urn:pulumi:prod::web::{kind}::{name}"
    return Change(urn=urn, type=kind, operation=operation, old=old, new=new, replaced_by=replaced_by)


def plan(*changes: Change) -> Plan:
    """The preview that these changes make."""
    return Plan(stack="prod", changes=changes)


def one(kind: str, name: str, new: Mapping[str, Any]) -> Plan:
    """The preview that creates one resource."""
    return plan(change(kind, name, new))


def deployment(*, container: Mapping[str, Any] | None = None, pod: Mapping[str, Any] | None = None) -> Plan:
    """A Deployment; what is given comes on top."""
    held = {"name": "web", "image": IMAGE, "resources": {"limits": {"memory": "128Mi"}}, **(container or {})}
    template = {"metadata": {"labels": {NAME: "web"}}, "spec": {"containers": [held], **(pod or {})}}
    return one("kubernetes:apps/v1:Deployment", "web", {"metadata": {"labels": {NAME: "web"}}, "spec": {"template": template}})


def namespace(labels: Mapping[str, str]) -> Plan:
    """A namespace with these labels."""
    return one("kubernetes:core/v1:Namespace", "web", {"metadata": {"name": "web", "labels": dict(labels)}})


def github(kind: str, name: str, /, **new: Any) -> Change:
    """A resource of the GitHub provider, by its class."""
    return change(f"github:index/{kind[0].lower()}{kind[1:]}:{kind}", name, new)


def ruleset(**new: Any) -> Change:
    """An active ruleset on the default branch; what is given comes on top."""
    conditions = {"refName": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}}
    whole = {"repository": "web", "target": "branch", "enforcement": "active", "conditions": conditions, **new}
    return github("RepositoryRuleset", "main", **whole)


def role(**condition: Mapping[str, str]) -> Plan:
    """An AWS role that a workflow may assume under ``condition``."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
        "Condition": condition,
    }
    return one("aws:iam/role:Role", "deploy", {"assumeRolePolicy": {"Version": "2012-10-17", "Statement": [statement]}})


def workflow(uses: str) -> Plan:
    """A workflow file of one step."""
    text = f"jobs:\n  test:\n    steps:\n      - uses: {uses}\n"
    return one("lockgate:index:WorkflowFiles", "workflows", {"files": {".github/workflows/ci.yml": text}})
