"""Where a stack is previewed: on its own backend, or on a scratch one beside it. Nothing of the user's is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from operations import stackfile
from operations.project import NAME, Project
from operations.pulumi_cli import Pulumi

PROVIDER = "secretsprovider"


@dataclass(frozen=True, kw_only=True)
class Place:
    """``config`` is a copy of the stack's file: Pulumi may write to it. ``environment`` adds to the project's.

    ``exists`` says whether the backend knows the stack; on a scratch backend everything is new.
    """

    stack: str
    config: Path
    exists: bool
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> tuple[str, ...]:
        return "-s", self.stack, "--config-file", str(self.config)

    def stored(self) -> Mapping[str, Any]:
        """The config as the file has it, secrets encrypted."""
        return (yaml.safe_load(self.config.read_text()) or {}).get("config") or {}


@contextmanager
def own(pulumi: Pulumi, stack: str, config: Path | None = None) -> Iterator[Place]:
    """The stack's own backend, where that knows the stack; else a scratch one that opens the same secrets.

    ``config`` is a file to take the settings from, in the place of the stack's own.
    """
    given = config or pulumi.project.stack_file(stack)
    if not pulumi.has_stack(stack):
        with scratch(pulumi, stack, given) as place:
            yield place
        return
    with TemporaryDirectory(prefix=f"{NAME}-") as folder:
        yield Place(stack=stack, config=_copy(given, Path(folder), stack), exists=True)


@contextmanager
def scratch(pulumi: Pulumi, stack: str, config: Path, passphrase: str | None = None) -> Iterator[Place]:
    """A backend in a folder of its own, with the stack in it. With a ``passphrase`` it opens none of the stack's secrets."""
    with TemporaryDirectory(prefix=f"{NAME}-") as folder:
        root = Path(folder)
        (root / "state").mkdir()
        copy = _copy(config, root, stack)
        environment = {"PULUMI_BACKEND_URL": f"file://{root}/state"}
        if passphrase is not None:
            environment |= {"PULUMI_CONFIG_PASSPHRASE": passphrase, "PULUMI_CONFIG_PASSPHRASE_FILE": ""}
            stackfile.set_top(copy, stackfile.SALT, None)
        (root / "Pulumi.yaml").write_text(f"name: {NAME}\nruntime: python\n")
        provider = stackfile.top(copy, PROVIDER)
        chosen = ("--secrets-provider", provider) if provider else ()
        Pulumi(Project(root), {**pulumi.environment, **environment}).run("stack", "init", stack, "--no-select", *chosen)
        yield Place(stack=stack, config=copy, exists=False, environment=environment)


def _copy(config: Path, folder: Path, stack: str) -> Path:
    path = folder / f"Pulumi.{stack}.yaml"
    path.write_text(config.read_text() if config.is_file() else "{}\n")
    return path
