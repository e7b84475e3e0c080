"""Tools that the user already has, at a version that fits."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from toolchain import cache
from toolchain.model import Found, OnPath, Tool
from toolchain.place import write_once

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")
_ASK_SECONDS = 10


def installed(tool: Tool, binary: str) -> Found | None:
    """``binary`` on PATH, or among Pulumi's own plugins, when all of the tool's binaries are there and fit."""
    if tool.plugin is not None:
        return _plugin(tool.plugin, tool.version, binary)
    if tool.on_path is None:
        return None
    first = shutil.which(tool.binaries[0], path=_path_without_ours())
    if first is None:
        return None
    folder = _folder_with_all(Path(first), tool.binaries)
    version = _version_of(Path(first), tool.on_path.ask)
    if folder is None or version is None or not fits(version, tool.on_path):
        return None
    return Found(binary, folder / binary, version, "path")


def fits(version: str, rule: OnPath) -> bool:
    """Whether ``version`` (as printed by the tool, first numbers count) lies in the rule's range."""
    match = _VERSION.search(version)
    if match is None:
        return False
    numbers = tuple(int(part) for part in match.groups(default="0"))
    return rule.at_least <= numbers < rule.below


def _plugin(folder: str, version: str, binary: str) -> Found | None:
    """A plugin that Pulumi itself has installed; a link to one of ours does not count as the user's."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    path = (home / folder / binary).resolve()
    whole = os.access(path, os.X_OK) and not (home / f"{folder}.partial").exists()
    if not whole or path.is_relative_to(cache.root().resolve()):
        return None
    return Found(binary, path, version, "path")


def _path_without_ours() -> str:
    ours = str(cache.root()) + os.sep
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not folder.startswith(ours))


def _folder_with_all(first: Path, binaries: tuple[str, ...]) -> Path | None:
    for folder in (first.parent, first.resolve().parent):
        if all(os.access(folder / binary, os.X_OK) for binary in binaries):
            return folder.absolute()
    return None


def _version_of(path: Path, ask: tuple[str, ...]) -> str | None:
    """What the tool says; remembered until the file changes, since every command asks."""
    stat = path.stat()
    key = hashlib.sha256(f"{path.resolve()}:{stat.st_mtime_ns}:{stat.st_size}:{ask}".encode()).hexdigest()[:16]
    memo = cache.root() / ".versions" / key
    if memo.is_file():
        return memo.read_text() or None
    version = _ask(path, ask)
    write_once(memo, version)
    return version or None


def _ask(path: Path, ask: tuple[str, ...]) -> str:
    quiet = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        answer = subprocess.run(
            [path, *ask], capture_output=True, text=True, timeout=_ASK_SECONDS, env=quiet, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = _VERSION.search(answer.stdout)
    return match.group() if match and answer.returncode == 0 else ""
