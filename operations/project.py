"""Where the project is, and where it keeps its data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.errors import UsageError

NAME = "lockgate"
STACKS = ("dev", "staging", "prod")


@dataclass(frozen=True)
class Project:
    """A folder with a Pulumi.yaml whose name is ``lockgate``."""

    root: Path

    @property
    def data(self) -> Path:
        """What belongs to this checkout only and is not in Git."""
        return self.root / ".lockgate"

    @property
    def state(self) -> Path:
        return self.data / "state"

    @property
    def passphrase(self) -> Path:
        return self.data / "passphrase"

    @property
    def pulumi_home(self) -> Path:
        return self.data / "pulumi"

    def stack_file(self, stack: str) -> Path:
        return self.root / f"Pulumi.{stack}.yaml"

    def setting(self, stack: str, key: str) -> Any:
        """The value of a plain key in the stack's file, else the default in Pulumi.yaml, else None."""
        path = self.stack_file(stack)
        given = _read(path).get("config") or {} if path.is_file() else {}
        for written in (given, _flat(given)):
            if f"{NAME}:{key}" in written:
                return written[f"{NAME}:{key}"]
        declared = (_read(self.root / "Pulumi.yaml").get("config") or {}).get(key)
        return declared.get("default") if isinstance(declared, Mapping) else declared


def find() -> Project:
    """The project of $LOCKGATE_PROJECT, else the nearest one from the current folder upwards. Raises ``UsageError``."""
    named = os.environ.get("LOCKGATE_PROJECT")
    if named:
        root = Path(named).expanduser().resolve()
        if not _is_ours(root):
            raise UsageError(
                f"LOCKGATE_PROJECT = {named}: not a folder with a Pulumi.yaml whose name is {NAME}; correct or unset it"
            )
        return Project(root)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _is_ours(folder):
            return Project(folder)
    raise UsageError(
        f"{here}: neither it nor a folder above it has a Pulumi.yaml whose name is {NAME}; "
        "change into the project, or set LOCKGATE_PROJECT to it"
    )


def _flat(config: Mapping[str, Any]) -> dict[str, Any]:
    """The members of objects under dotted keys, as ``pulumi config set --path`` writes them."""
    objects = ((key, value) for key, value in config.items() if isinstance(value, Mapping))
    return {f"{key}.{name}": member for key, value in objects for name, member in value.items()}


def _is_ours(folder: Path) -> bool:
    path = folder / "Pulumi.yaml"
    return path.is_file() and _read(path).get("name") == NAME


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not YAML ({' '.join(str(error).split())}); correct it") from error
    return content if isinstance(content, Mapping) else {}
