"""The rule on labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.labels import NAME
from infra.plan import Change
from policy.examples import one
from policy.model import Case, Hit, Rule
from policy.pods import PATHS, TEMPLATE
from policy.values import at

WORKLOADS = (
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:batch/v1:Job",
    "kubernetes:batch/v1:CronJob",
)
LABELLED = (*WORKLOADS, "kubernetes:core/v1:Service", "kubernetes:core/v1:Pod")


def _unlabelled(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted(*LABELLED):
        for path in _places(change):
            labels = at(new, *path)
            if (labels is None or isinstance(labels, Mapping)) and not at(labels, NAME):
                yield Hit(
                    change=change,
                    message=f"{'.'.join(path)}: lacks {NAME}, by which services, policies and tools find what belongs together",
                    remedy=f"add the label {NAME} with the service's name",
                )


def _places(change: Change) -> Iterator[tuple[str, ...]]:
    yield "metadata", "labels"
    if change.type in WORKLOADS:
        ((*head, _),) = PATHS.get(change.type.rpartition(":")[2], (TEMPLATE,))
        yield *head, "metadata", "labels"


def _service(labels: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"metadata": {"name": "web", "labels": labels}, "spec": {"ports": [{"port": 8080}]}}


RULES = (
    Rule(
        name="required-labels",
        severity="deny",
        why=f"Without {NAME} a workload or Service is missed by whatever selects by it: network policies, dashboards, clean-ups.",
        check=_unlabelled,
        good=one("kubernetes:core/v1:Service", "web", _service({NAME: "web"})),
        bad=one("kubernetes:core/v1:Service", "web", _service({"app": "web"})),
    ),
)
