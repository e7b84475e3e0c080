"""Which program each of the lab's processes is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import toolchain
from lab.layout import Layout
from lab.pki import write_private

Binaries = Mapping[str, Path]


def locate() -> Binaries:
    """Every program of the lab; those that are missing are downloaded, installed or built, which may take minutes."""
    return {**toolchain.ensure(toolchain.LAB), **_python()}


def remember(layout: Layout, binaries: Binaries) -> None:
    data = {name: str(path) for name, path in binaries.items()}
    write_private(layout.run / "binaries.json", json.dumps(data).encode())


def remembered(layout: Layout) -> Binaries:
    """The programs that the lab was last brought up with; bare names when it is down."""
    bare = {**{name: Path(name) for name in toolchain.LAB}, **_python()}
    try:
        data = json.loads((layout.run / "binaries.json").read_text())
    except (FileNotFoundError, ValueError):
        return bare
    return {**bare, **{name: Path(path) for name, path in data.items()}}


def _python() -> Binaries:
    return {"python3": Path(sys.executable).resolve()}
