"""A stateful GitHub for one machine: its REST API, as GitHub's own description has it, and as an Enterprise server places it.

The server is JavaScript, in ``server/``; this module says how it is started.
"""

from __future__ import annotations

from pathlib import Path

SERVER = Path(__file__).parent / "server"
FILES = tuple(sorted(SERVER.rglob("*.mjs")))


def argv(node: Path, modules: Path, data: Path, port: int) -> tuple[str, ...]:
    """The command that serves on 127.0.0.1:``port``, with all it knows in the folder ``data``."""
    return (str(node), str(SERVER / "main.mjs"), "--modules", str(modules), "--data", str(data), "--port", str(port))
