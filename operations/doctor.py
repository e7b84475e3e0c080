"""Which tools and which clusters this machine has, and what is missing. Changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

import lab
import toolchain
from lab.layout import CONTEXT
from operations import environment
from operations.project import Project

ASK_SECONDS = 10
GET = "run `make up`, which gets or builds it"
LATER = "not here; an analysis by SonarQube gets it when it first needs it"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``detail`` says where from, or what to do."""

    kind: str
    name: str
    ok: bool
    detail: str


def examine(project: Project) -> list[Finding]:
    """Tools first, those that only some commands want after the others, then the possibilities for a cluster."""
    tools = [*(_tool(name) for name in _names()), *(_tool(name, "later", LATER) for name in toolchain.ON_DEMAND)]
    return [*tools, _lab(), *_contexts(project), *(_docker(name) for name in ("kind", "k3d"))]


def is_fit(findings: list[Finding]) -> bool:
    """Whether every tool is here and at least one cluster is possible."""
    return all(one.ok for one in findings if one.kind == "tool") and any(one.ok for one in findings if one.kind == "cluster")


def _names() -> list[str]:
    return list(dict.fromkeys([*toolchain.PULUMI, *toolchain.LAB]))


def _tool(name: str, kind: str = "tool", missing: str = f"missing: {GET}") -> Finding:
    found = toolchain.find(name)
    if found is None:
        return Finding(kind=kind, name=name, ok=False, detail=missing)
    return Finding(kind=kind, name=name, ok=True, detail=f"{found.version} {found.path} ({found.source})".strip())


def _lab() -> Finding:
    if lab.status().healthy:
        return Finding(kind="cluster", name="lab", ok=True, detail="runs")
    missing = lab.check()
    detail = "; ".join(map(str, missing)) if missing else "can run here: `lockgate lab up`"
    return Finding(kind="cluster", name="lab", ok=not missing, detail=detail)


def _contexts(project: Project) -> list[Finding]:
    names: dict[str, str] = {}
    for path in environment.build(project)["KUBECONFIG"].split(os.pathsep):
        names.update(dict.fromkeys(_context_names(Path(path)), path))
    names.pop(CONTEXT, None)
    if not names:
        return [Finding(kind="cluster", name="context", ok=False, detail="no other context in KUBECONFIG or ~/.kube/config")]
    use = "use it by lockgate:kubeContext"
    return [Finding(kind="cluster", name=f"context {name}", ok=True, detail=f"{path}; {use}") for name, path in names.items()]


def _context_names(path: Path) -> list[str]:
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError):
        return []
    contexts = content.get("contexts") if isinstance(content, Mapping) else None
    return [str(one["name"]) for one in contexts or [] if isinstance(one, Mapping) and "name" in one]


def _docker(name: str) -> Finding:
    program = shutil.which(name)
    if program is None:
        return Finding(kind="cluster", name=name, ok=False, detail="not installed; it needs Docker")
    if not _docker_runs():
        return Finding(kind="cluster", name=name, ok=False, detail=f"{program}, but Docker does not run; start it")
    create = f"{name} create cluster" if name == "kind" else "k3d cluster create"
    return Finding(kind="cluster", name=name, ok=True, detail=f"`{create}`, then name its context in lockgate:kubeContext")


def _docker_runs() -> bool:
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=ASK_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
