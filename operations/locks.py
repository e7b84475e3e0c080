"""Locks of a file backend whose owner is dead. They have no lease, so they stay after a ``kill -9``.

A lock goes away only when it is proven that nobody holds it; otherwise Pulumi's own refusal stands.
"""

from __future__ import annotations

import json
import os
import socket
from datetime import datetime
from pathlib import Path

from infra.progress import note
from operations.project import NAME
from operations.pulumi_cli import Pulumi

CLOCK_MARGIN_SECONDS = 2.0


def remove_dead(pulumi: Pulumi, stack: str) -> list[Path]:
    """Removes the stack's locks of dead owners on this machine, says so, and returns them."""
    folder = pulumi.file_backend()
    if folder is None:
        return []
    held = (folder / ".pulumi" / "locks" / "organization" / NAME / stack).glob("*.json")
    return [path for path in held if _remove_if_dead(path, stack)]


def _remove_if_dead(path: Path, stack: str) -> bool:
    try:
        lock = json.loads(path.read_text())
        pid, host, since = int(lock["pid"]), str(lock["hostname"]), datetime.fromisoformat(lock["timestamp"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if host != socket.gethostname() or not is_dead(pid, since):
        return False
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.attrs").unlink(missing_ok=True)
    note(f"  stack {stack}: removed the lock of an update that was killed (pid {pid}, since {since:%Y-%m-%d %H:%M:%S})")
    return True


def is_dead(pid: int, since: datetime) -> bool:
    """Whether the process that had this pid at that time is proven to be gone."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        booted = next(int(line.split()[1]) for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime"))
    except (OSError, StopIteration):
        return False
    started = booted + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return fields[0] == "Z" or started > since.timestamp() + CLOCK_MARGIN_SECONDS
