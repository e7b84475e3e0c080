"""What ``up`` gives a stack on the lab before its first update: the sample's release, and the token of the lab's GitHub."""

from __future__ import annotations

import json
import os
from pathlib import Path

import lab
from infra.errors import UsageError
from lab.layout import CONTEXT
from operations import images, stackfile
from operations.project import STACKS, Project
from operations.pulumi_cli import Pulumi
from operations.sealing import sealed

SAMPLE = "podinfo:1.0.0"
TOKEN = "github.token"  # noqa: S105
PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105
RELEASE_KEYS = ("image", "version", "config", "secrets", "revision", "note", "release")
SEEDED = "seeded"
"""A file in the project's data folder: each line a stack and the key that it got, ``image`` for a whole release."""


def uses_lab(project: Project, stack: str) -> bool:
    """Whether the stack's cluster is the lab's."""
    return project.setting(stack, "kubeContext") in (None, CONTEXT)


def seed(pulumi: Pulumi, stack: str) -> None:
    """Gives the stack what it lacks; what it has stays. Raises ``UsageError`` where only its user can say it."""
    _release(pulumi.project, stack)
    if pulumi.project.setting(stack, "github.baseUrl") == lab.github_url():
        for key, text in _for_github(pulumi, stack).items():
            stackfile.edit(pulumi.project.stack_file(stack), {key: sealed(pulumi, stack, key, text)})
            _remember(pulumi.project, stack, key)


def _release(project: Project, stack: str) -> None:
    if project.setting(stack, "image"):
        return
    if not uses_lab(project, stack):
        raise UsageError(f"{project.stack_file(stack)}: lockgate:image is missing; set it to an image that its cluster can pull")
    image = images.resolve(f"{lab.status().registry}/{SAMPLE}")
    stackfile.edit(project.stack_file(stack), {"image": str(image), "version": image.tag})
    _remember(project, stack, "image")


def _for_github(pulumi: Pulumi, stack: str) -> dict[str, str]:
    """The secrets that the stack lacks: to sign in to the lab's GitHub, and for the jobs there that work on stacks."""
    project = pulumi.project
    lacking: dict[str, str] = {}
    if not any(project.setting(stack, key) for key in (TOKEN, "github.appId")):
        lacking[TOKEN] = lab.github_token()
    managed = ("github.repositorySecrets",) if project.setting(stack, "github.manages") == "repository" else ()
    for key in ("github.secrets", *managed):
        if not project.setting(stack, key) and (phrase := passphrase(pulumi)):
            lacking[key] = json.dumps({PASSPHRASE: phrase})
    return lacking


def passphrase(pulumi: Pulumi) -> str:
    """What the stacks' secrets are encrypted with, "" where a service does that."""
    given = pulumi.environment.get(PASSPHRASE, "")
    file = Path(pulumi.environment.get(f"{PASSPHRASE}_FILE") or os.devnull)
    return given or (file.read_text().strip() if file.is_file() else "")


def _remember(project: Project, stack: str, key: str) -> None:
    with (project.data / SEEDED).open("a") as file:
        file.write(f"{stack} {key}\n")


def forget(project: Project) -> None:
    """Takes what ``seed`` gave out of the stacks' files again."""
    seeded = project.data / SEEDED
    for line in seeded.read_text().splitlines() if seeded.is_file() else []:
        stack, _, key = line.partition(" ")
        if stack in STACKS and project.stack_file(stack).is_file():
            keys = RELEASE_KEYS if key in ("", "image") else (key,)
            stackfile.edit(project.stack_file(stack), dict.fromkeys(keys))
