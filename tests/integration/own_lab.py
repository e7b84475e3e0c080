"""A lab of the tests' own, in a network namespace of its own: it meets neither the ports, the bridge nor the packet
filter of a lab that is in use on the same machine."""

from __future__ import annotations

import ctypes
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import lab
from lab import health, layout, processes, remains

CLONE_NEWNET = 0x40000000
NAMESPACE = "lab-tests"
NODE_PORT = 30199
RESTRICTED = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
PLURALS = {"Deployment": "deployments", "Service": "services", "Job": "jobs", "NetworkPolicy": "networkpolicies"}


def _call(function: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, function)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{function} failed")


@contextmanager
def own_network() -> Iterator[None]:
    """Inside, this thread and all that it starts have a network with nothing but a loopback interface."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _call("unshare", CLONE_NEWNET)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield
    finally:
        _call("setns", home, CLONE_NEWNET)
        os.close(home)


@contextmanager
def running_lab(folder: Path) -> Iterator[None]:
    """A lab with its data in ``folder`` and the sample images in its registry; skipped where none can run."""
    with pytest.MonkeyPatch.context() as patch, own_network():
        patch.setenv("LOCKGATE_LAB_DIR", str(folder))
        lacking = lab.check()
        if lacking:
            pytest.skip(f"no lab can run here: {'; '.join(map(str, lacking))}")
        try:
            lab.up()
            lab.ensure_images()
            yield
        finally:
            lab.clean()


def footprint() -> dict[str, object]:
    """What a lab could leave behind on this machine."""
    place = layout.default()

    def lines(*argv: str) -> list[str]:
        output = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
        return sorted(line for line in output if not line.startswith(("#", ":", "*", "COMMIT")))

    virtual = ("vm/overcommit_memory", "vm/max_map_count")
    kernel = ("net/ipv4/ip_forward", "net/ipv4/conf/all/route_localnet", *virtual, "kernel/panic")
    logs = Path("/var/log/containers")
    return {
        "links": lines("ip", "-brief", "link"),
        "rules": lines("iptables-save") + lines("ip6tables-save"),
        "chains": [line for line in lines("iptables", "-S") if line.startswith("-N")],
        "namespaces": lines("ip", "netns"),
        "mounts": remains.mounts(place),
        "processes": [*processes.marked(place), *remains.pod_processes(place)],
        "cgroups": [str(root) for root in remains.hierarchies() if (root / place.cgroup).exists()],
        "kernel": {name: (Path("/proc/sys") / name).read_text() for name in kernel},
        "results": sorted(str(path) for path in remains.CNI_RESULTS.glob(f"*{place.cgroup}*")),
        "logs": [str(path) for path in logs.glob("*") if str(place.root) in str(path.readlink())],
    }


def shim_sockets() -> list[Path]:
    """What containerd's shims listen on, in a folder that all labs share."""
    found = layout.default().containerd_state.glob("io.containerd.runtime.v2.task/*/*/address")
    return [Path(file.read_text().strip().removeprefix("unix://")) for file in found]


def request(method: str, path: str, body: dict[str, Any] | None = None, **query: str) -> dict[str, Any]:
    with health.client(layout.default()) as api:
        kind = "application/apply-patch+yaml" if method == "PATCH" else "application/json"
        answer = api.request(method, path, json=body, params=query, headers={"Content-Type": kind})
        assert answer.is_success or method == "DELETE", answer.text
        if answer.headers.get("content-type", "").startswith("application/json"):
            return dict(answer.json())
        return {"text": answer.text}


def apply(item: dict[str, Any]) -> dict[str, Any]:
    group = item["apiVersion"]
    base = f"/api/{group}" if group == "v1" else f"/apis/{group}"
    path = f"{base}/namespaces/{NAMESPACE}/{PLURALS[item['kind']]}/{item['metadata']['name']}"
    return request("PATCH", path, item, fieldManager="tests", force="true")


def make_namespace() -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    request("PATCH", f"/api/v1/namespaces/{NAMESPACE}", body, fieldManager="tests", force="true")


def pod_spec(image: str, **container: object) -> dict[str, Any]:
    """A pod that restricted Pod Security accepts."""
    return {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 3,
        "containers": [{"name": "main", "image": f"127.0.0.1:15000/{image}", "securityContext": RESTRICTED, **container}],
    }


def deploy(tag: str, name: str = "podinfo") -> None:
    """A Deployment of one podinfo, and a Service of the same name with a NodePort."""
    probe = {"httpGet": {"path": "/readyz", "port": 9898}, "periodSeconds": 1}
    stop = {"preStop": {"sleep": {"seconds": 1}}}
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": pod_spec(f"podinfo:{tag}", readinessProbe=probe, lifecycle=stop),
    }
    apply({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": template},
    })  # fmt: skip
    port = {"port": 80, "targetPort": 9898, "nodePort": NODE_PORT}
    apply({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"type": "NodePort", "selector": {"app": name}, "ports": [port]},
    })  # fmt: skip


def remove(name: str = "podinfo") -> None:
    """Until nothing of it is there: what is applied to a Deployment that still goes would vanish with it."""
    deployment = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}"
    request("DELETE", deployment, propagationPolicy="Foreground")
    request("DELETE", f"/api/v1/namespaces/{NAMESPACE}/services/{name}")
    until(lambda: not pods(name) and not exists(deployment), 60.0)


def exists(path: str) -> bool:
    with health.client(layout.default()) as api:
        answer = api.get(path)
        assert answer.is_success or answer.status_code == 404, answer.text
        return bool(answer.is_success)


def pods(app: str) -> list[dict[str, Any]]:
    found = request("GET", f"/api/v1/namespaces/{NAMESPACE}/pods", labelSelector=f"app={app}")
    return list(found["items"])


def container(app: str) -> dict[str, Any]:
    """The status of the first pod's container; empty when there is none yet."""
    for pod in pods(app):
        for status in pod["status"].get("containerStatuses", []):
            return dict(status)
    return {}


def version() -> str:
    """What answers on the NodePort; empty when nothing does."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{NODE_PORT}/version", trust_env=False, timeout=1.0)
        return str(answer.raise_for_status().json()["version"])
    except httpx.HTTPError:
        return ""


def until(condition: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)
