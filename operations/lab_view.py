"""The lab's status, for people and for machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import lab

MEGABYTE = 1_000_000


def to_dict() -> dict[str, Any]:
    found = lab.status()
    return {**asdict(found), "running": found.running, "healthy": found.healthy, "kubeconfig": str(lab.kubeconfig())}


def text() -> str:
    """One line a process, then where to reach it."""
    found = lab.status()
    if not found.running:
        return "The lab does not run; start it by `lockgate lab up`.\n"
    rows = [
        f"  {'✓' if one.healthy else '✗'} {one.name:<20} {f'pid {one.pid}' if one.pid else '-':<12} {one.detail}".rstrip()
        for one in found.processes
    ]
    node = "ready" if found.node_ready else "not ready"
    return "\n".join(
        [
            *rows,
            f"node {node}, {found.memory / MEGABYTE:.0f} MB, API {found.api_url}, registry {found.registry}",
            f"kubeconfig {lab.kubeconfig()}",
            "",
        ]
    )
