"""What ``up`` gives a stack on the lab before its first update: the sample's release, the token of the lab's GitHub, and the
images of a SonarQube, or of what watches the pipeline, of the stack's own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import yaml

import lab
from lab.layout import CONTEXT
from operations import images, stackfile, state
from operations.project import NAME, STACKS, Project
from operations.pulumi_cli import Pulumi
from operations.sealing import sealed
from operations.stackfile import SALT

SAMPLE = "podinfo:1.0.0"
TOKEN = "github.token"  # noqa: S105
PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105
RELEASE_KEYS = ("image", "version", "config", "secrets", "revision", "note", "release")
SONAR_KEYS = ("sonar.image", "sonar.databaseImage")
MONITORING_KEYS = ("monitoring.exporterImage", "monitoring.prometheusImage", "monitoring.alertmanagerImage")
SEEDED = "seeded"
"""A file in the project's data folder with lines ``STACK KEY HAD,HAD``: a key that the stack got, and what its file had before.

``image``, or no key, stands for a whole release. A line is written before the stack's file: wherever ``up`` is killed, nothing
stays that ``clean`` does not know of.
"""


def uses_lab(project: Project, stack: str) -> bool:
    """Whether the stack's cluster is the lab's."""
    return project.setting(stack, "kubeContext") in (None, CONTEXT)


def seed(pulumi: Pulumi, stack: str) -> None:
    """Gives the stack what it lacks; what it has stays."""
    _release(pulumi, stack)
    _images(pulumi.project, stack, "sonar.namespace", SONAR_KEYS, _of_sonar)
    _images(pulumi.project, stack, "monitoring.namespace", MONITORING_KEYS, _of_monitoring)
    if pulumi.project.setting(stack, "github.baseUrl") == lab.github_url():
        for key, text in _for_github(pulumi, stack).items():
            value = sealed(pulumi, stack, key, text)
            _remember(pulumi.project, stack, key)
            stackfile.edit(pulumi.project.stack_file(stack), {key: value})


def remember_salt(pulumi: Pulumi, stack: str) -> None:
    """Whether the stack's file has a salt. For the time before the stack is initialised, which makes one where there is none."""
    project = pulumi.project
    if not any(key == SALT for _, key, _ in _remembered(project, stack)) and not pulumi.has_stack(stack):
        _remember(project, stack, SALT, [SALT] if stackfile.top(project.stack_file(stack), SALT) else [])


def had_salt(project: Project, stack: str) -> bool:
    """Whether the stack's file had a salt before the backend knew the stack: then it is the user's."""
    return any(SALT in had for _, _, had in _remembered(project, stack))


def _release(pulumi: Pulumi, stack: str) -> None:
    """The sample's first release. Another service waits for its own, and a release that is live stays."""
    project = pulumi.project
    if project.setting(stack, "image") or not _runs_sample(project, stack) or state.read(pulumi, stack).ledger.live:
        return
    image = images.resolve(f"{lab.status().registry}/{SAMPLE}")
    had = _release_keys(project.stack_file(stack))
    _remember(project, stack, "image", had)
    given = {"image": str(image), "version": image.tag}
    stackfile.edit(project.stack_file(stack), {key: value for key, value in given.items() if key not in had})


def _images(project: Project, stack: str, asked_by: str, keys: Sequence[str], make: Callable[[], Sequence[str]]) -> None:
    """The lab's images for ``keys``, where the stack asks for them by a namespace in ``asked_by``."""
    lacking = [key for key in keys if not project.setting(stack, key)]
    if not (lacking and project.setting(stack, asked_by) and uses_lab(project, stack)):
        return
    values = dict(zip(keys, make(), strict=True))
    for key in lacking:
        _remember(project, stack, key)
    stackfile.edit(project.stack_file(stack), {key: values[key] for key in lacking})


def _of_sonar() -> tuple[str, str]:
    made = lab.ensure_sonar_images()
    return made.server, made.database


def _of_monitoring() -> tuple[str, str, str]:
    made = lab.ensure_monitoring_images()
    return made.exporter, made.prometheus, made.alertmanager


def _runs_sample(project: Project, stack: str) -> bool:
    return uses_lab(project, stack) and project.setting(stack, "service") in (None, SAMPLE.partition(":")[0])


def _release_keys(path: Path) -> list[str]:
    """Those that have a value in the file itself; the defaults of Pulumi.yaml don't count."""
    written = (yaml.safe_load(path.read_text()) or {}).get("config") or {}
    return [key for key in RELEASE_KEYS if written.get(f"{NAME}:{key}")]


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


def _remember(project: Project, stack: str, key: str, had: Iterable[str] = ()) -> None:
    with (project.data / SEEDED).open("a") as file:
        file.write(f"{stack} {key} {','.join(had)}".rstrip() + "\n")


def _remembered(project: Project, *stacks: str) -> list[tuple[str, str, list[str]]]:
    """The lines of the stacks: each stack, the key that it got, and the keys that it had."""
    path = project.data / SEEDED
    lines = [[*line.split(" "), "", ""] for line in path.read_text().splitlines()] if path.is_file() else []
    return [(stack, key, had.split(",")) for stack, key, had, *_ in lines if stack in stacks]


def forget(project: Project) -> None:
    """Takes what ``seed`` gave out of the stacks' files again, and what releases then added; what was there before stays."""
    for stack, key, had in _remembered(project, *STACKS):
        if project.stack_file(stack).is_file():
            keys = {"": RELEASE_KEYS, "image": RELEASE_KEYS, SALT: ()}.get(key, (key,))
            stackfile.edit(project.stack_file(stack), {one: None for one in keys if one not in had})
