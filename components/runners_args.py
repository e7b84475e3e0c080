"""What a set of runners needs to be told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pydantic import SecretStr

MAX_NAME = 45
"""As long may the name of a scale set be: the chart refuses longer ones."""

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_WORKFLOW = re.compile(r"[^/@*\s]+/[^/@*\s]+/\.github/workflows/[^/@*\s]+\.ya?ml@[^*\s]+")


@dataclass(frozen=True, kw_only=True)
class GitHubAppArgs:
    """A GitHub App that signs in: its id, its installation's, and its private key (PEM), encrypted in the state."""

    app_id: str
    installation_id: str
    private_key: SecretStr | pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class ControllerArgs:
    """A controller that runs already: its service account and that one's namespace. It must watch the runners' namespace."""

    service_account: str
    namespace: str


@dataclass(frozen=True, kw_only=True)
class RunnerScaleSetArgs:
    """Runners of the organization ``organization_url`` (https://github.com/ORG), for jobs with ``runs-on: <label>``.

    Only the repositories with ``repository_ids`` may use them, and there only ``workflows``, each
    ``OWNER/NAME/.github/workflows/FILE@REF``; never a public repository. ``image`` is the runner's, by digest. Each runner takes
    one job, and its pod is gone after it; there are ``min_runners`` to ``max_runners``. ``app`` signs in; where it is a text,
    it is the name of a Secret that is there already, in ``namespace``, which is made unless ``create_namespace`` is False.
    ``controller`` is one that runs already; a new one, for ``namespace`` alone, where it is None.
    """

    organization_url: str
    label: str
    repository_ids: Sequence[pulumi.Input[int]]
    workflows: Sequence[str]
    app: GitHubAppArgs | str
    image: str
    namespace: str = "runners"
    create_namespace: bool = True
    controller: ControllerArgs | None = None
    min_runners: int = 0
    max_runners: int = 5
    cpu: str = "1"
    memory: str = "2Gi"
    storage: str = "10Gi"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.label) or len(self.label) > MAX_NAME:
            raise ValueError(f"label = {self.label}: must be at most {MAX_NAME} lower-case letters, digits and hyphens")
        if "@sha256:" not in self.image:
            raise ValueError(f"image = {self.image}: must be a reference by digest (repo[:tag]@sha256:...)")
        if not 0 <= self.min_runners <= self.max_runners or not self.max_runners:
            raise ValueError(f"min_runners = {self.min_runners} must be 0 to max_runners = {self.max_runners}, and that not 0")
        if not self.repository_ids:
            raise ValueError("repository_ids = (): no repository could use the runners; name at least one")
        wrong = [workflow for workflow in self.workflows if not _WORKFLOW.fullmatch(workflow)]
        if wrong or not self.workflows:
            raise ValueError(f"workflows = {', '.join(wrong) or '()'}: each must be OWNER/NAME/.github/workflows/FILE@REF")
