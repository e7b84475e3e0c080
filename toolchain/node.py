"""Node.js, which must be installed, and the npm packages of the lab's GitHub, which are installed from the committed lock."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain import cache
from toolchain.installed import installed
from toolchain.model import Found, OnPath, Tool
from toolchain.place import place

NODE_AT_LEAST = 20
PACKAGES = "github-modules"
NAMES: tuple[str, ...] = ("node", PACKAGES)
LOCK = Path(__file__).parent / "npm" / "github"
TITLE = "The npm packages of the lab's GitHub"
_UNUSED = ("*.deref.json", "ghe*.json")
_TIMEOUT = 600

NODE = Tool(
    name="node",
    title="Node.js",
    version=str(NODE_AT_LEAST),
    binaries=("node", "npm"),
    on_path=OnPath(ask=("--version",), at_least=(NODE_AT_LEAST,), below=(100,)),
    builds=(),
    minutes=0,
)


def find(name: str) -> Found | None:
    """``node`` on PATH, or the folder whose ``node_modules`` the lab's GitHub stands on; None where it is not here."""
    if name == "node":
        return installed(NODE, "node")
    return Found(PACKAGES, home(), "", "cache") if home().is_dir() else None


def require() -> Path:
    """The folder of ``node`` and ``npm``. Raises ToolError with the remedy where they are missing or too old."""
    found = installed(NODE, "node")
    if found is None:
        raise ToolError(
            f"Node.js {NODE_AT_LEAST} or newer with npm, which the lab's GitHub runs on, is not on PATH: "
            "install it from https://nodejs.org/en/download or with your package manager."
        )
    return found.path.parent


def home() -> Path:
    """Where the packages are placed: named by the lock and by what is asked for."""
    content = b"".join(file.read_bytes() for file in sorted(LOCK.iterdir()))
    return cache.root() / f"{PACKAGES}-{hashlib.sha256(content).hexdigest()[:12]}"


def obtain() -> None:
    """Installs the packages, unless they are here. No script of theirs runs."""
    if home().is_dir():
        return
    folder = require()
    with progress.step(TITLE):
        place(home(), TITLE, lambda result, scratch: _install(folder, result, scratch))


def _install(node: Path, result: Path, scratch: Path) -> None:
    for file in LOCK.iterdir():
        shutil.copy(file, result)
    command = [str(node / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(scratch)]
    path = f"{node}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command, cwd=result, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=_TIMEOUT, close_fds=False
    )
    if done.returncode != 0:
        raise ToolError(f"`npm ci` of {LOCK} failed: {done.stderr.strip()[-500:]}; see that npm reaches its registry.")
    for pattern in _UNUSED:
        for file in result.glob(f"node_modules/@octokit/openapi/generated/{pattern}"):
            file.unlink()
