"""What the linters of workflows must be told about the rendered files, with the reason. There is no other exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.workflows.jobs import Job
from components.workflows.text import Data, document
from components.workflows.triggers import WorkflowRun

if TYPE_CHECKING:
    from components.workflows.spec import PipelineSpec

HOSTED = frozenset(
    {
        *(f"ubuntu-{one}" for one in ("latest", "slim", "22.04", "22.04-arm", "24.04", "24.04-arm")),
        *(f"windows-{one}" for one in ("latest", "2022", "2025", "11-arm")),
        *(f"macos-{one}" for one in ("latest", "14", "15", "26")),
    }
)
"""Labels of GitHub's own runners, which actionlint knows."""


@dataclass(frozen=True)
class Allowed:
    """A finding of zizmor's ``rule`` that is meant to be, and why: everywhere, or where a workflow follows another."""

    rule: str
    everywhere: bool
    reason: str


ALLOWED = (
    Allowed(
        "dangerous-triggers",
        False,
        "A workflow that follows another does not construct unless every job of it holds, or waits for one that holds, the "
        "condition that the other ran for a push to this repository: nothing of a fork is ever run.",
    ),
    Allowed(
        "self-repository",
        True,
        "The form `$/` is too new: actionlint 1.7.12, GitHub Enterprise Server and act refuse it. And a deployment uses the "
        "actions of the commit that was tested and checked out, which `./` gives, not the default branch's newest.",
    ),
)


def files(spec: PipelineSpec, head: str) -> Mapping[str, str]:
    """The linters' configuration files that this spec needs."""
    followers = [f"{one.file}.yml" for one in spec.workflows if any(isinstance(trigger, WorkflowRun) for trigger in one.on)]
    allowed = [one for one in ALLOWED if one.everywhere or followers]
    rules: dict[str, Data] = {one.rule: {"disable": True} if one.everywhere else {"ignore": followers} for one in allowed}
    reasons = [f"{one.rule}: {one.reason}" for one in allowed]
    found = {".github/zizmor.yml": document({"rules": rules}, head, *reasons)}
    labels = sorted({job.runs_on for one in spec.workflows for job in one.jobs if isinstance(job, Job)} - HOSTED)
    if labels:
        found[".github/actionlint.yaml"] = document({"self-hosted-runner": {"labels": labels}}, head)
    return found
