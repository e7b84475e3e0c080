"""Where the results lie, and how they are named by the content that makes them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from toolchain.model import Archive, Found, Tool

MODULES = Path(__file__).parent / "modules"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def root() -> Path:
    """The folder of all tools: ``$XDG_CACHE_HOME/lockgate/tools``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "lockgate" / "tools"


def machine() -> str:
    """This machine's architecture in Go's words."""
    return _MACHINES.get(platform.machine(), platform.machine())


def archive_of(tool: Tool) -> Archive | None:
    """The vendor's archive for this machine, where the table has one."""
    if tool.vendor is None or platform.system() != "Linux":
        return None
    return tool.vendor.archives.get(machine())


def vendor_home(tool: Tool) -> Path | None:
    """Where the vendor's release of ``tool`` is placed."""
    archive = archive_of(tool)
    if tool.vendor is None or archive is None:
        return None
    digest = _short(json.dumps([asdict(archive), tool.vendor.folder, tool.binaries]).encode())
    return root() / f"{tool.name}-{tool.vendor.version}-{digest}"


def module_home(tool: Tool, modules: Path = MODULES) -> Path:
    """Where ``tool`` is placed when it is built: named by its modules' files, flags, version and the machine."""
    return root() / f"{tool.name}-{tool.version}-{_module_digest(tool, modules)}"


def cached(tool: Tool, binary: str) -> Found | None:
    """``binary`` from an earlier download or build. Only whole results are ever there, so a look is enough."""
    release = vendor_home(tool)
    if tool.vendor is not None and release is not None and release.is_dir():
        return Found(binary, release / "bin" / binary, tool.vendor.version, "vendor")
    built = module_home(tool)
    if built.is_dir():
        return Found(binary, built / "bin" / binary, tool.version, "module")
    return None


@lru_cache(maxsize=64)
def _module_digest(tool: Tool, modules: Path) -> str:
    content = hashlib.sha256()
    builds = [asdict(build) for build in tool.builds]
    content.update(json.dumps([tool.name, tool.version, builds, platform.system(), machine()]).encode())
    for build in tool.builds:
        for file in sorted((modules / build.module).iterdir()):
            data = file.read_bytes()
            content.update(f"{file.name}:{len(data)}:".encode() + data)
    return _short(content.digest())


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]
