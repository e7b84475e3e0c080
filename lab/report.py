"""What the lab says about itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx2 as httpx

from lab import health, processes
from lab.components import Component
from lab.layout import NODE, Layout


@dataclass(frozen=True, kw_only=True)
class ProcessStatus:
    """One process. ``pid`` is ``None`` when it does not run; ``detail`` says what is wrong."""

    name: str
    pid: int | None
    healthy: bool
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Status:
    """The whole lab. ``memory`` is in bytes, of the lab's processes without the pods'."""

    processes: tuple[ProcessStatus, ...]
    node_ready: bool
    memory: int
    api_url: str
    registry: str

    @property
    def running(self) -> bool:
        """Whether any of its processes lives."""
        return any(process.pid is not None for process in self.processes)

    @property
    def healthy(self) -> bool:
        return self.node_ready and all(process.healthy for process in self.processes)


def process_status(layout: Layout, component: Component) -> ProcessStatus:
    record = processes.read(layout, component.name)
    if record is None:
        return ProcessStatus(name=component.name, pid=None, healthy=False, detail="not running")
    detail = component.probe()
    return ProcessStatus(name=component.name, pid=record.identity.pid, healthy=not detail, detail=detail)


def collect(layout: Layout, components: Sequence[Component]) -> Status:
    with ThreadPoolExecutor(len(components) + 1) as pool:
        ready = pool.submit(node_ready, layout)
        states = tuple(pool.map(lambda component: process_status(layout, component), components))
    return Status(
        processes=states,
        node_ready=ready.result(),
        memory=sum(processes.memory(state.pid) for state in states if state.pid),
        api_url=layout.api_url,
        registry=layout.registry_host,
    )


def node_ready(layout: Layout) -> bool:
    """Whether the kubelet that runs now says so, by way of the API server: what an earlier one said does not count."""
    try:
        with health.client(layout) as api:
            node = api.get(f"/api/v1/nodes/{NODE}", timeout=health.SECONDS).raise_for_status().json()
    except (httpx.HTTPError, OSError):
        return False
    ready = next((item for item in node["status"].get("conditions", []) if item["type"] == "Ready"), None)
    if ready is None or ready["status"] != "True":
        return False
    heartbeat = dt.datetime.fromisoformat(ready["lastHeartbeatTime"]).timestamp()
    return heartbeat >= processes.started_at(layout, "kubelet") - 1.0


def registry_answers(layout: Layout) -> bool:
    return not health.http(f"http://{layout.registry_host}/v2/")()
