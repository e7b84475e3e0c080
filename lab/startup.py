"""The steps of coming up; each does only what is not done yet."""

from __future__ import annotations

import time
from collections.abc import Sequence

from infra.errors import LabError
from lab import configs, health, identities, network, pki, processes, remains, report
from lab.binaries import Binaries
from lab.components import Component
from lab.layout import Layout

HEALTHY_SECONDS = 60.0
HUNG_SECONDS = 10.0


def prepare(layout: Layout, binaries: Binaries) -> None:
    """Folders, certificates, configuration, network, cgroups."""
    for folder in (layout.run, layout.logs, layout.pod_logs, layout.kubelet, layout.root / "etcd"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (layout.run / "boot").write_text(processes.boot_id())
    pki.ensure_leaves(layout.pki, identities.leaves(layout))
    pki.ensure_signing_key(layout.pki)
    configs.write(layout, binaries)
    network.up(layout)
    remains.make_cgroups(layout)


def start(layout: Layout, parts: Sequence[Component]) -> None:
    """Starts those that do not run as wanted, and waits for all. One that has hung is started again, once."""
    kept = {part.name for part in parts if _current(layout, part)}
    for part in parts:
        if part.name not in kept:
            processes.start(layout, part)
    for part in parts:
        if part.name in kept and not _recovers(layout, part):
            processes.start(layout, part)
        _await_healthy(layout, part, HEALTHY_SECONDS)


def _current(layout: Layout, part: Component) -> bool:
    record = processes.read(layout, part.name)
    return record is not None and record.fingerprint == processes.fingerprint(part)


def _recovers(layout: Layout, part: Component) -> bool:
    """Whether it is well, or becomes so soon, now that what it stands on was started."""
    deadline = time.monotonic() + HUNG_SECONDS
    while not (found := report.process_status(layout, part)).healthy:
        if found.pid is None or time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _await_healthy(layout: Layout, part: Component, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        found = report.process_status(layout, part)
        if found.healthy:
            return
        if found.pid is None or time.monotonic() > deadline:
            what = "ended" if found.pid is None else f"is not healthy after {seconds:.0f} s: {found.detail}"
            raise LabError(
                f"The lab's {part.name} {what}; its last lines in {layout.logs / part.name}.log:\n"
                f"{processes.last_lines(layout, part.name)}"
            )
        time.sleep(0.05)


def grant(layout: Layout) -> None:
    """Gives the lab's own names their rights."""
    with health.client(layout) as api:
        for item in identities.rights():
            kind = {"ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings"}[item["kind"]]
            path = f"/apis/{item['apiVersion']}/{kind}/{item['metadata']['name']}"
            query = {"fieldManager": "lockgate-lab", "force": "true"}
            headers = {"Content-Type": "application/apply-patch+yaml"}
            api.patch(path, params=query, json=item, headers=headers).raise_for_status()


def await_node(layout: Layout) -> None:
    """Raises LabError when the node is not ready in time."""
    deadline = time.monotonic() + HEALTHY_SECONDS
    while not report.node_ready(layout):
        if time.monotonic() > deadline:
            lines = processes.last_lines(layout, "kubelet")
            what = f"The lab's node is not ready after {HEALTHY_SECONDS:.0f} s"
            raise LabError(f"{what}; the kubelet's last lines:\n{lines}")
        time.sleep(0.1)
