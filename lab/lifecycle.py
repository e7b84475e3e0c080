"""Up, down, status, clean: each may be called at any time and in any state of the machine."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.errors import LabError
from infra.progress import step
from lab import (
    binaries,
    identities,
    network,
    packetfilter,
    pki,
    prerequisites,
    processes,
    remains,
    report,
    samples,
    startup,
)
from lab.components import Component, components
from lab.layout import Layout, default

FIRST = ("log-keeper", "registry", "github", "etcd", "containerd", "apiserver")


def kubeconfig() -> Path:
    """The admin's kubeconfig; its context is ``lockgate-lab``. It exists once the lab was up."""
    return default().kubeconfig


def github_url() -> str:
    """The lab's GitHub, as a value for ``lockgate:github.baseUrl``."""
    return default().github_url


def github_token() -> str:
    """The token of its user ``lockgate-bot``, an owner of the organization ``lab``. Raises LabError before the first ``up``."""
    file = default().github / "token"
    if not file.is_file():
        raise LabError(f"{file} is not there: the lab's GitHub makes it when it first starts; run `lockgate lab up`.")
    return file.read_text()


def up() -> report.Status:
    """Brings the lab up, or repairs it. Returns once the node is ready; in a second when all is well already.

    Raises LabError: a prerequisite is missing, or a process does not become healthy.
    """
    layout = default()
    with _alone(layout):
        _forget_other_boot(layout)
        programs = binaries.locate() if layout.run.exists() else _locate(layout)
        parts = components(layout, programs)
        found = _healthy_already(layout, parts)
        if found is not None:
            return found
        prerequisites.demand(layout)
        with step("Preparing the lab's network, certificates and configuration"):
            startup.prepare(layout, programs)
            binaries.remember(layout, programs)
        with step("Starting Kubernetes"):
            startup.start(layout, [part for part in parts if part.name in FIRST])
            samples.ensure_sandbox(layout, programs)
            startup.grant(layout)
            startup.start(layout, [part for part in parts if part.name not in FIRST])
            startup.await_node(layout)
        return report.collect(layout, parts)


def down() -> None:
    """Stops everything and takes away all that the lab made outside its folder. Its data stays. Never fails on a
    lab that is down already."""
    layout = default()
    if not layout.root.exists():
        return
    with _alone(layout):
        _forget_other_boot(layout)
        if not (layout.run.exists() or processes.marked(layout) or remains.pod_processes(layout)):
            return
        with step("Stopping the lab"):
            _stop(layout)


def clean() -> None:
    """``down``, then removes the lab's data: cluster, registry, images, certificates."""
    down()
    layout = default()
    if remains.mounts(layout):
        places = ", ".join(remains.mounts(layout))
        raise LabError(f"{layout.root} still has mounts below it: {places}; unmount them first.")
    shutil.rmtree(layout.root, ignore_errors=True)


def status() -> report.Status:
    """What runs and how well; never starts or builds anything."""
    layout = default()
    return report.collect(layout, components(layout, binaries.remembered(layout)))


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """One at a time: a second caller waits for the first."""
    layout.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (layout.root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _locate(layout: Layout) -> binaries.Binaries:
    """A first start may build programs for minutes: what the machine lacks is said before."""
    prerequisites.demand(layout)
    return binaries.locate()


def _healthy_already(layout: Layout, parts: Sequence[Component]) -> report.Status | None:
    if any(processes.read(layout, part.name) is None for part in parts) or _outdated(layout, parts):
        return None
    if pki.due(layout.pki, identities.leaves(layout)) or not packetfilter.complete(layout):
        return None
    found = report.collect(layout, parts)
    return found if found.healthy else None


def _outdated(layout: Layout, parts: Sequence[Component]) -> bool:
    records = ((processes.read(layout, part.name), part) for part in parts)
    return any(record is not None and record.fingerprint != processes.fingerprint(part) for record, part in records)


def _forget_other_boot(layout: Layout) -> None:
    """After a reboot nothing in ``run`` is true any more, and the packet filter may be another cluster's."""
    marker = layout.run / "boot"
    if marker.exists() and marker.read_text() != processes.boot_id():
        remains.remove_files(layout)


def _stop(layout: Layout) -> None:
    """Clients first: the kubelet, so that no pod is started again; the API server while etcd still answers it."""
    for names in (("kubelet", "proxy", "controller-manager", "scheduler", "dns", "api-relay"), ("apiserver",)):
        records = [processes.read(layout, name) for name in names]
        processes.stop_all([record.identity for record in records if record])
    processes.stop_all(remains.pod_processes(layout), seconds=3.0)
    processes.stop_all(processes.marked(layout))
    processes.stop_all(remains.pod_processes(layout), seconds=0.0)
    remains.unmount(layout)
    network.down(layout)
    remains.remove_cgroups(layout)
    remains.remove_files(layout)
