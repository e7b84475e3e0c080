"""The pipeline of the repository that a stack manages: the story's, with what its stacks say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from components.workflows.spec import DeploymentEnvironment, PipelineSpec
from components.workflows.standard import PipelineOptions, standard
from infra.errors import LockgateError
from infra.settings import Settings
from infra.settings.load import PROJECT


def pipeline(settings: Settings, folder: Path) -> PipelineSpec:
    """The workflows that ``settings`` ask for; the environments are those of ``github.stacks``, whose files lie in ``folder``.

    Raises ``LockgateError`` where such a file is missing.
    """
    environments = tuple(_environment(stack, folder) for stack in settings.github__stacks.split(","))
    # GitHub keeps a private repository's attestations for enterprises alone.
    public = settings.github__visibility == "public"
    return standard(PipelineOptions.of(settings, environments=environments, provenance_enabled=public))


def _environment(stack: str, folder: Path) -> DeploymentEnvironment:
    says = _says(stack, folder / f"Pulumi.{stack}.yaml")
    strategy = says.get(f"{PROJECT}:strategy", Settings.model_fields["strategy"].default)
    return DeploymentEnvironment(name=_name(says) or stack, stack=stack, strategy=strategy)


def _name(says: Mapping[str, Any]) -> str:
    inner = says.get(f"{PROJECT}:github") or {}
    return str(says.get(f"{PROJECT}:github.environment") or inner.get("environment") or "")


def _says(stack: str, path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise LockgateError(
            f"github.stacks names {stack}, but {path.name} is missing; restore it, or run `pulumi config set github.stacks …`"
        )
    return (yaml.safe_load(path.read_text()) or {}).get("config") or {}
