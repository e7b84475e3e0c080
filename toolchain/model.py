"""The shapes of the table: what a tool is, and the three ways to get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Source = Literal["path", "cache", "vendor", "module", "package"]


@dataclass(frozen=True)
class Found:
    """A binary that is on this machine: where, at which version, and where it came from."""

    name: str
    path: Path
    version: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class OnPath:
    """An installed tool fits when ``at_least <= version < below``; ``ask`` are the arguments that print the version."""

    ask: tuple[str, ...]
    at_least: tuple[int, ...]
    below: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A gzipped tar file; ``digest`` is ``sha256:<hex>`` or ``sha512:<hex>``, whichever the vendor publishes."""

    url: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """The vendor's own release: one archive per machine (Go's words), the binaries lie in its ``folder``."""

    version: str
    archives: Mapping[str, Archive] = field(hash=False)
    folder: str = ""


@dataclass(frozen=True, kw_only=True)
class ModuleFiles:
    """Files that are read out of a Go module at build time, because they are not ours to commit."""

    module: str
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GoBuild:
    """One ``go build`` in ``modules/<module>``; each package becomes a binary named after its last path element.

    ``embeds`` are put beside the module's main.go, ``schema_version`` into its schema.json; ``beside`` are scripts
    that are placed next to the binaries.
    """

    module: str
    packages: tuple[str, ...]
    ldflags: str = ""
    embeds: ModuleFiles | None = None
    schema_version: str | None = None
    beside: ModuleFiles | None = None


@dataclass(frozen=True, kw_only=True)
class Tool:
    """What is found, downloaded or built as one; ``minutes`` is how long a cold build takes on two cores."""

    name: str
    title: str
    version: str
    binaries: tuple[str, ...]
    builds: tuple[GoBuild, ...]
    minutes: float
    on_path: OnPath | None = None
    plugin: str | None = None
    vendor: Vendor | None = None


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Debian package and the binaries that show it is there; ``folders`` where these are not on PATH.

    ``static`` binaries count only when they need no shared library (busybox exists in both forms).
    """

    name: str
    binaries: tuple[str, ...]
    folders: tuple[str, ...] = ()
    static: bool = False
