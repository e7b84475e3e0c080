"""The files of ``.github/``: written, and compared with what the PipelineSpec renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components.workflows import PipelineSpec
from components.workflows.render import HEAD

FOLDER = ".github"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``path`` from the root; ``what`` is wrong with the file there."""

    path: str
    what: str


def differences(root: Path, spec: PipelineSpec) -> list[Difference]:
    """What differs below ``root``. A file that Lockgate did not render is nobody's business here."""
    files = spec.files()
    found = [Difference(path=path, what=what) for path, text in files.items() if (what := _wrong(root / path, text))]
    return [*found, *(Difference(path=path, what="no longer rendered") for path in _left(root, files))]


def write(root: Path, spec: PipelineSpec) -> list[Difference]:
    """Makes the files as they are rendered, takes away those of ours that no longer are, and tells what it changed."""
    found = differences(root, spec)
    files = spec.files()
    for one in found:
        path = root / one.path
        if one.path not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[one.path], encoding="utf-8")
    return found


def _wrong(path: Path, text: str) -> str:
    if not path.is_file():
        return "missing"
    return "" if path.read_text(encoding="utf-8") == text else "different"


def _left(root: Path, files: Mapping[str, str]) -> list[str]:
    there = sorted(path for path in (root / FOLDER).rglob("*") if path.suffix in (".yml", ".yaml") and path.is_file())
    ours = (path.relative_to(root).as_posix() for path in there if path.read_text(encoding="utf-8").startswith(f"# {HEAD}\n"))
    return [path for path in ours if path not in files]
