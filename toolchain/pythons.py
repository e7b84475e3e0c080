"""Programs of PyPI that bring libraries of their own: each in a folder of its own, by a lock of its own in ``pythons/``."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain import cache
from toolchain.model import Found, Tool
from toolchain.place import place

LOCKS = Path(__file__).parent / "pythons"
SEMGREP_VERSION = "1.168.0"
CHECKOV_VERSION = "3.3.30"
_TIMEOUT = 1200
_WRAPPER = """#!/bin/sh
# Runs the program with its own libraries only, on the Python that they were installed for.
here=$(cd "$(dirname "$0")/.." && pwd)
PYTHONPATH="$here/lib" PYTHONNOUSERSITE=1 PATH="$here/bin:$PATH" exec {python} -s -m {module} "$@"
"""


def _tool(name: str, version: str) -> Tool:
    return Tool(name=name, title=f"{name} {version}", version=version, binaries=(name,), builds=(), minutes=1.5)


TOOLS = {"semgrep": _tool("semgrep", SEMGREP_VERSION), "checkov": _tool("checkov", CHECKOV_VERSION)}
MODULES = {
    "semgrep": {"semgrep": "semgrep.console_scripts.entrypoint", "pysemgrep": "semgrep.console_scripts.pysemgrep"},
    "checkov": {"checkov": "checkov.main"},
}
"""The programs of each tool, and the module that each runs."""


def find(name: str) -> Found | None:
    """The program from an earlier installation."""
    tool = TOOLS[name]
    program = home(tool) / "bin" / name
    return Found(name, program, tool.version, "cache") if program.is_file() else None


def home(tool: Tool) -> Path:
    """Where the program is placed: named by its lock, the Python that runs it, and the machine."""
    python = f"{_python()}:{sys.version_info[:2]}:{cache.machine()}:{_WRAPPER}"
    content = (LOCKS / f"{tool.name}.txt").read_bytes() + python.encode()
    return cache.root() / f"{tool.name}-{tool.version}-{hashlib.sha256(content).hexdigest()[:12]}"


def obtain(name: str) -> None:
    """Installs the program, unless it is here."""
    tool = TOOLS[name]
    if find(name) is None:
        with progress.step(f"{tool.title}: the packages of PyPI (about {tool.minutes:.0f} min the first time)"):
            place(home(tool), tool.title, lambda result, _: _install(tool, result))


def _install(tool: Tool, result: Path) -> None:
    lock = LOCKS / f"{tool.name}.txt"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"]
    command += ["--require-hashes", "--only-binary", ":all:", "--target", str(result / "lib"), "-r", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, close_fds=False, check=False)
    if done.returncode != 0:
        raise ToolError(f"`pip install -r {lock}` failed: {done.stderr.strip()[-500:]}; see that pip reaches its index.")
    for name, module in MODULES[tool.name].items():
        program = result / "bin" / name
        program.write_text(_WRAPPER.format(python=_python(), module=module))
        program.chmod(0o755)


def _python() -> str:
    """The Python below this environment, so that none of this environment's packages is seen."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)
