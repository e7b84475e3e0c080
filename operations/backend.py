"""The default backend: files and a generated passphrase inside the project's own data folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import toolchain
from infra.errors import StateError
from infra.provider import GITHUB_VERSION, KUBERNETES_VERSION, VERSION
from operations import stackfile
from operations.project import Project
from operations.pulumi_cli import Pulumi

OURS = "pulumi-resource-lockgate"
PLUGINS = {
    f"resource-github-v{GITHUB_VERSION}": "pulumi-resource-github",
    f"resource-kubernetes-v{KUBERNETES_VERSION}": "pulumi-resource-kubernetes",
    f"resource-lockgate-v{VERSION}": OURS,
}


def ensure(project: Project, environment: Mapping[str, str]) -> None:
    """State folder, passphrase (made once, readable by its owner only) and plugin links. Changes nothing the second time."""
    project.data.mkdir(mode=0o700, exist_ok=True)
    if environment["PULUMI_BACKEND_URL"] == f"file://{project.state}":
        project.state.mkdir(mode=0o700, exist_ok=True)
        _drop_torn(project)
    if environment.get("PULUMI_CONFIG_PASSPHRASE_FILE") == str(project.passphrase):
        _ensure_passphrase(project)
    if environment["PULUMI_HOME"] == str(project.pulumi_home):
        link_plugins(project, Path(environment["PULUMI_PYTHON_CMD"]).parent)


def demand(project: Project, environment: Mapping[str, str]) -> None:
    """For commands that work on stacks. Raises ``StateError`` where the default backend was never made."""
    if environment["PULUMI_BACKEND_URL"] == f"file://{project.state}" and not project.state.is_dir():
        raise StateError(f"{project.state}: this project has no stacks yet; run `make up` first")
    _drop_torn(project)
    if environment["PULUMI_HOME"] == str(project.pulumi_home):
        link_plugins(project, Path(environment["PULUMI_PYTHON_CMD"]).parent)


def _drop_torn(project: Project) -> None:
    """Takes away the empty file of attributes that an engine leaves which was killed while it wrote a state.

    Pulumi replaces the state itself at once, but not its ``.attrs``; an empty one makes it refuse the state ("failed to load
    checkpoint: EOF"), and none is as good as any.
    """
    for file in project.state.glob(".pulumi/stacks/*/*.attrs"):
        if file.stat().st_size == 0:
            file.unlink(missing_ok=True)


def _ensure_passphrase(project: Project) -> None:
    if project.passphrase.exists():
        return
    if project.state.is_dir() and any(project.state.rglob(".pulumi/stacks/*/*.json")):
        raise StateError(
            f"{project.passphrase} is gone, but {project.state} holds stacks encrypted with it; "
            "put it back from a copy, or start anew with `lockgate clean`"
        )
    descriptor = os.open(project.passphrase, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))


def link_plugins(project: Project, scripts: Path) -> None:
    """Puts the providers where Pulumi looks for installed plugins, as links."""
    for folder, name in PLUGINS.items():
        target = _target(name, scripts)
        link = project.pulumi_home / "plugins" / folder / name
        if target is None or (link.exists() and link.resolve() == target.resolve()):
            continue
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def _target(name: str, scripts: Path) -> Path | None:
    if (scripts / name).exists():
        return scripts / name
    found = None if name == OURS else toolchain.find(name)
    return found.path if found else None


def ensure_stack(pulumi: Pulumi, stack: str) -> bool:
    """Initialises the stack where the backend lacks it; the rest of its file stays as it was. Returns whether it did."""
    if pulumi.has_stack(stack):
        return False
    path = pulumi.project.stack_file(stack)
    before = path.read_text() if path.is_file() else ""
    pulumi.run("stack", "init", stack, "--no-select")
    salt = stackfile.top(path, stackfile.SALT)
    if salt is not None and stackfile.SALT not in before:
        path.write_text(before)
        stackfile.set_top(path, stackfile.SALT, salt)
    return True
