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
        *(f"ubuntu-{version}" for version in ("latest", "22.04", "24.04", "26.04", "22.04-arm", "24.04-arm", "slim")),
        *(f"windows-{version}" for version in ("latest", "2022", "2025", "11-arm")),
        *(f"macos-{version}" for version in ("latest", "14", "15", "26")),
    }
)
"""Labels of GitHub's own runners; a linter has to be told the others."""


@dataclass(frozen=True)
class Allowed:
    """A finding of zizmor's ``rule`` that is meant to be, in the files of ``files``, and why."""

    rule: str
    reason: str

    def files(self, spec: PipelineSpec) -> list[str]:
        """The names of the workflow files that it is allowed in."""
        return [f"{one.file}.yml" for one in spec.workflows if any(isinstance(trigger, WorkflowRun) for trigger in one.on)]


ALLOWED = (
    Allowed(
        "dangerous-triggers",
        "A deployment follows the run that tested its commit. Its first job, which all others need, goes on only for a push of "
        "this repository that succeeded, so that nothing of a fork is ever run.",
    ),
)


def files(spec: PipelineSpec, head: str) -> Mapping[str, str]:
    """The linters' configuration files that this spec needs."""
    found: dict[str, str] = {}
    rules: dict[str, Data] = {one.rule: {"ignore": one.files(spec)} for one in ALLOWED if one.files(spec)}
    if rules:
        reasons = [f"{one.rule}: {one.reason}" for one in ALLOWED if one.rule in rules]
        found[".github/zizmor.yml"] = document({"rules": rules}, head, *reasons)
    labels = sorted({job.runs_on for one in spec.workflows for job in one.jobs if isinstance(job, Job)} - HOSTED)
    if labels:
        found[".github/actionlint.yaml"] = document({"self-hosted-runner": {"labels": labels}}, head)
    return found
