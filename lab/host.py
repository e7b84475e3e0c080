"""Runs the host's own commands."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from infra.errors import LabError
from lab.processes import SEARCH_PATH


def run(*argv: str, given: str | None = None) -> str:
    """Standard output of a command that must succeed."""
    done = attempt(*argv, given=given)
    if done.returncode != 0:
        raise LabError(f"`{' '.join(argv)}` exits {done.returncode}: {done.stderr.strip()[-500:]}.")
    return done.stdout


def attempt(*argv: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command that may fail. A command that does not exist exits 127."""
    environment = {"PATH": SEARCH_PATH, "LC_ALL": "C"}
    try:
        return subprocess.run(argv, input=given, capture_output=True, text=True, check=False, env=environment)
    except FileNotFoundError:
        return subprocess.CompletedProcess(argv, 127, "", f"{argv[0]} is not installed")


def links(*arguments: str) -> list[dict[str, Any]]:
    """Network interfaces as ``ip`` lists them; none when there is nothing that fits."""
    done = attempt("ip", "-json", "link", "show", *arguments)
    found: list[dict[str, Any]] = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else []
    return [link for link in found if link]


def routes() -> list[dict[str, Any]]:
    """Every IPv4 route of the main table."""
    done = attempt("ip", "-json", "-4", "route", "show")
    found: list[dict[str, Any]] = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else []
    return found
