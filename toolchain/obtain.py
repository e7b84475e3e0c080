"""Finds, downloads or builds: PATH first, then the cache, then the vendor's release, then the Go module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from infra.errors import ToolError
from toolchain import cache, debian, gobuild, maven, node, pythons, wheel
from toolchain.installed import installed
from toolchain.model import Found, Tool
from toolchain.packages import PACKAGES
from toolchain.sample import podinfo
from toolchain.table import PULUMI, TOOLS
from toolchain.vendor import Releases

_TOOL_OF = {binary: tool for tool in TOOLS for binary in tool.binaries}
_PACKAGED = frozenset(binary for package in PACKAGES for binary in package.binaries)
_ELSEWHERE = _PACKAGED | {*node.NAMES, *wheel.TOOLS, *pythons.TOOLS, *maven.TOOLS}


def find(name: str) -> Found | None:
    """Where the binary ``name`` is on this machine, or None. Nothing is downloaded or built; takes milliseconds."""
    if name in _PACKAGED:
        return debian.find_packaged(name)
    if name in node.NAMES:
        return node.find(name)
    if name in wheel.TOOLS:
        return wheel.find(name)
    if name in pythons.TOOLS:
        return pythons.find(name)
    if name in maven.TOOLS:
        return maven.find(name)
    tool = _tool_of(name)
    return installed(tool, name) or cache.cached(tool, name)


def ensure(names: Iterable[str]) -> Mapping[str, Path]:
    """Makes sure of the binaries ``names`` and returns their absolute paths. Shows progress on stderr.

    Prerequisites (Go, Node.js, root) are checked before any work. Raises ToolError that names what is missing and the remedy.
    """
    wanted = list(dict.fromkeys(names))
    lacking = [name for name in wanted if find(name) is None]
    needed = {_tool_of(name).name for name in lacking if name not in _ELSEWHERE}
    packages = any(name in _PACKAGED for name in lacking)
    tools = [tool for tool in TOOLS if tool.name in needed]
    if packages:
        debian.require_installable()
    if any(name in node.NAMES for name in lacking):
        node.require()
    _require_go([tool for tool in tools if cache.archive_of(tool) is None])
    if packages:
        debian.ensure_packages()
    if any(name in node.NAMES for name in wanted):
        node.obtain()
    for name in lacking:
        _obtain_elsewhere(name)
    _obtain(tools)
    return {name: _sure(name).path for name in wanted}


def path_dirs() -> list[Path]:
    """The folders that must come first on PATH, so that plain pulumi, kubectl and crane are the ones found here.

    Left out are tools that are not here yet, and the folders of those that PATH finds without help.
    """
    named = ((name, find(name)) for name in PULUMI)
    folders = (one.path.parent for name, one in named if one and not _is_on_path(name, one))
    return list(dict.fromkeys(folders))


def build_podinfo(version: str) -> Path:
    """A static binary of the sample service that reports ``version``."""
    tool = podinfo(version)
    if cache.cached(tool, "podinfo") is None:
        _obtain([tool])
    return cache.module_home(tool) / "bin" / "podinfo"


def _is_on_path(name: str, found: Found) -> bool:
    return found.source == "path" and _tool_of(name).plugin is None


def _obtain(tools: list[Tool]) -> None:
    releases = Releases()
    to_build = [tool for tool in tools if not releases.obtain(tool)]
    _require_go(to_build)
    gobuild.prefetch(to_build[1:])
    for tool in to_build:
        gobuild.build(tool)


def _obtain_elsewhere(name: str) -> None:
    for origin in (wheel, pythons, maven):
        if name in origin.TOOLS:
            origin.obtain(name)


def _require_go(tools: list[Tool]) -> None:
    if tools:
        gobuild.require_go(tools)


def _tool_of(name: str) -> Tool:
    if name not in _TOOL_OF:
        known = ", ".join(sorted({*_TOOL_OF, *_ELSEWHERE}))
        raise ToolError(f"{name} is not a tool of Lockgate; these are: {known}.")
    return _TOOL_OF[name]


def _sure(name: str) -> Found:
    found = find(name)
    if found is None:
        raise ToolError(f"{name} was made but is gone again from {cache.root()}: run the command once more.")
    return found
