"""What pods leave on the machine: processes, mounts, cgroups, sockets, links; found by the lab's folder or cgroup."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
from pathlib import Path

from lab import host
from lab.layout import Layout
from lab.processes import Identity, identify

CGROUPS = Path("/sys/fs/cgroup")
CONTAINER_LOGS = Path("/var/log/containers")
CNI_RESULTS = Path("/var/lib/cni/results")
DEVICE_PLUGINS = Path("/var/lib/kubelet/device-plugins")


def hierarchies() -> list[Path]:
    """The roots below which cgroups are made: one per controller with cgroups v1, one in all with v2."""
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    return [folder for folder in CGROUPS.iterdir() if (folder / "cgroup.procs").exists() and not folder.is_symlink()]


def make_cgroups(layout: Layout) -> None:
    """The folder of all pods' cgroups; the kubelet wants it to exist."""
    unified = CGROUPS / "cgroup.controllers"
    if unified.exists():
        wanted = " ".join(f"+{name}" for name in unified.read_text().split())
        with contextlib.suppress(OSError):
            (CGROUPS / "cgroup.subtree_control").write_text(wanted)
    for root in hierarchies():
        (root / layout.cgroup).mkdir(exist_ok=True)


def pod_processes(layout: Layout) -> list[Identity]:
    """Every process in a pod of this lab."""
    pids: set[int] = set()
    for root in hierarchies():
        for folder in _folders(root / layout.cgroup):
            with contextlib.suppress(OSError):
                pids.update(int(line) for line in (folder / "cgroup.procs").read_text().split())
    return [identity for identity in map(identify, sorted(pids)) if identity]


def remove_cgroups(layout: Layout) -> None:
    for root in hierarchies():
        for folder in reversed(_folders(root / layout.cgroup)):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _folders(top: Path) -> list[Path]:
    """``top`` and all below it, parents first; one that goes while it is looked at (runc removes them too) is passed over."""
    return [Path(folder) for folder, _, _ in os.walk(top)]


def mounts(layout: Layout) -> list[str]:
    """Mount points below the lab's folder, the innermost first."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        target = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), line.split()[4])
        if Path(target).is_relative_to(layout.root):
            found.append(target)
    return found[::-1]


def unmount(layout: Layout) -> None:
    for target in mounts(layout):
        if host.attempt("umount", target).returncode != 0:
            host.attempt("umount", "--lazy", target)


def remove_files(layout: Layout) -> None:
    """Sockets, links and caches that lie outside the lab's folder, then the lab's ``run`` folder."""
    for address in layout.containerd_state.glob("io.containerd.runtime.v2.task/*/*/address"):
        with contextlib.suppress(OSError):
            Path(address.read_text().strip().removeprefix("unix://")).unlink()
    for link in CONTAINER_LOGS.glob("*.log"):
        if link.is_symlink() and link.readlink().is_relative_to(layout.root):
            link.unlink()
    for result in CNI_RESULTS.glob(f"{layout.cgroup}-*-eth0"):
        sandbox = result.name.removeprefix(f"{layout.cgroup}-").removesuffix("-eth0")
        for file in CNI_RESULTS.glob(f"*-{sandbox}-*"):
            file.unlink(missing_ok=True)
    _remove_dead(DEVICE_PLUGINS / "kubelet.sock")
    for folder in (CONTAINER_LOGS, CNI_RESULTS, CNI_RESULTS.parent, DEVICE_PLUGINS, DEVICE_PLUGINS.parent):
        with contextlib.suppress(OSError):
            folder.rmdir()
    shutil.rmtree(layout.run, ignore_errors=True)


def _remove_dead(path: Path) -> None:
    """The kubelet's path for it is fixed, so that it may by now be another kubelet's: then somebody answers."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            return
