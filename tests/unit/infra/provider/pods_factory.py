"""Pods as a kubelet 1.34 reports them."""

from __future__ import annotations

from typing import Any

from lightkube.resources.core_v1 import Pod

from infra.labels import NAME, RELEASE, SLOT

OURS = "1.1.0-aaaaaaaa"
OTHER = "1.0.0-bbbbbbbb"
IMAGE = "127.0.0.1:15000/podinfo:1.1.0@sha256:" + "a" * 64
NOT_FOUND = (
    f'rpc error: code = NotFound desc = failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '
    f"{IMAGE}: not found"
)
UNREACHABLE = (
    f'rpc error: code = Unavailable desc = failed to pull and unpack image "{IMAGE}": failed to resolve reference "{IMAGE}": '
    'failed to do request: Head "http://127.0.0.1:15000/v2/podinfo/manifests/1.1.0": dial tcp 127.0.0.1:15000: '
    "connect: connection refused"
)


def container(
    name: str = "service", *, state: dict[str, Any], ready: bool = False, restarts: int = 0, **more: Any
) -> dict[str, Any]:
    return {"name": name, "image": IMAGE, "imageID": "", "ready": ready, "restartCount": restarts, "state": state, **more}


def running(ready: bool = True, restarts: int = 0) -> dict[str, Any]:
    return container(state={"running": {"startedAt": "2026-01-01T00:00:00Z"}}, ready=ready, restarts=restarts)


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    return container(state={"waiting": {"reason": reason, "message": message}}, **more)


def ended(code: int = 2, reason: str = "Error") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "containerID": "containerd://x"}}


def pod(
    name: str = "podinfo-green-1",
    *containers: dict[str, Any],
    release: str = OURS,
    slot: str = "green",
    ready: bool | None = None,
    ending: bool = False,
    init: list[dict[str, Any]] | None = None,
    conditions: list[dict[str, Any]] | None = None,
) -> Pod:
    """A pod of a slot; ready where all of its containers are, unless ``ready`` says otherwise."""
    labels = {NAME: "podinfo", SLOT: slot, RELEASE: release}
    everything = all(status["ready"] for status in containers) and bool(containers) if ready is None else ready
    condition = {"type": "Ready", "status": "True" if everything else "False"}
    metadata: dict[str, Any] = {"name": name, "namespace": "podinfo-prod", "labels": labels}
    if ending:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    status: dict[str, Any] = {"conditions": [condition, *(conditions or [])], "containerStatuses": list(containers)}
    if init is not None:
        status["initContainerStatuses"] = init
    made: Pod = Pod.from_dict({"metadata": metadata, "status": status})
    return made
