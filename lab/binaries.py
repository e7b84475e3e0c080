"""Which program each of the lab's processes is."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import toolchain
from infra.errors import LabError
from lab.layout import Layout
from lab.pki import write_private
from lab.processes import SEARCH_PATH

Binaries = Mapping[str, Path]
OF_THE_SYSTEM = ("containerd", "ctr", "etcd", "docker-registry", "socat", "busybox")
OF_THE_TOOLCHAIN = (
    "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "coredns", "crane",
)  # fmt: skip


def locate() -> Binaries:
    """Every program of the lab; those that are missing are found, installed or built.

    Raises LabError when a program of the system is still missing.
    """
    system = _of_the_system()
    if len(system) < len(OF_THE_SYSTEM):
        toolchain.ensure_packages()
        system = _of_the_system()
    missing = sorted(set(OF_THE_SYSTEM) - set(system))
    if missing:
        raise LabError(f"The lab needs {', '.join(missing)} in {SEARCH_PATH}; install what has them.")
    return dict(toolchain.ensure(toolchain.LAB)) | system | {"python3": Path(sys.executable).resolve()}


def _of_the_system() -> dict[str, Path]:
    found = {name: shutil.which(name, path=SEARCH_PATH) for name in OF_THE_SYSTEM}
    return {name: Path(path) for name, path in found.items() if path}


def remember(layout: Layout, binaries: Binaries) -> None:
    data = {name: str(path) for name, path in binaries.items()}
    write_private(layout.run / "binaries.json", json.dumps(data).encode())


def remembered(layout: Layout) -> Binaries:
    """The programs that the lab was last brought up with; bare names when it never was."""
    bare = {name: Path(name) for name in (*OF_THE_SYSTEM, *OF_THE_TOOLCHAIN, "python3")}
    try:
        data = json.loads((layout.run / "binaries.json").read_text())
    except (FileNotFoundError, ValueError):
        return bare
    return bare | {name: Path(path) for name, path in data.items()}
