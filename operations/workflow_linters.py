"""The linters of workflows, each with its strictest settings: actionlint, zizmor's pedantic persona, SchemaStore's schemas."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import toolchain
from infra.errors import ToolError
from operations.workflows import FOLDER

ZIZMOR = ("--offline", "--no-online-audits", "--persona=pedantic", "--strict-collection", "--no-progress", "--quiet")
ACTIONLINT = ("-no-color", "-shellcheck=", "-pyflakes=")


def findings(root: Path) -> dict[str, str]:
    """What each linter says about the workflows, templates and actions below ``root``, by the linter's name; nothing left out.

    A linter without a finding is not there. Nothing is fetched. Raises ToolError where a linter is missing.
    """
    folder = root / FOLDER
    workflows = sorted([*folder.glob("workflows/*.y*ml"), *folder.glob("templates/*.y*ml")])
    actions = sorted(folder.glob("actions/*/action.y*ml"))
    said = {
        "actionlint": _actionlint(root, workflows),
        "zizmor": _zizmor(root, [*workflows, *actions]),
        "schema of workflows": _schema(root, "github-workflows", workflows),
        "schema of actions": _schema(root, "github-actions", actions),
    }
    return {linter: text for linter, text in said.items() if text}


def _actionlint(root: Path, files: Sequence[Path]) -> str:
    program = toolchain.ensure(["actionlint"])["actionlint"]
    config = root / FOLDER / "actionlint.yaml"
    return _run(root, [str(program), *ACTIONLINT, *(["-config-file", str(config)] if config.is_file() else [])], files)


def _zizmor(root: Path, files: Sequence[Path]) -> str:
    config = root / FOLDER / "zizmor.yml"
    return _run(root, [_installed("zizmor"), *ZIZMOR, *(["--config", str(config)] if config.is_file() else [])], files)


def _schema(root: Path, name: str, files: Sequence[Path]) -> str:
    return _run(root, [_installed("check-jsonschema"), "--builtin-schema", f"vendor.{name}"], files)


def _run(root: Path, command: Iterable[str], files: Sequence[Path]) -> str:
    """What the linter said, where it was not content."""
    if not files:
        return ""
    done = subprocess.run([*command, *map(str, files)], cwd=root, capture_output=True, text=True, check=False)
    said = f"{done.stdout}{done.stderr}".strip()
    return "" if done.returncode == 0 else said or f"it ended with exit code {done.returncode}"


def _installed(name: str) -> str:
    """The program of a Python package, beside this Python."""
    program = Path(sys.executable).parent / name
    if not program.is_file():
        raise ToolError(f"{name} is missing beside {sys.executable}: run `make venv`, or `pip install {name}`.")
    return str(program)
