"""What the pods of a release say about it. Pure: the same pods always give the same verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lightkube.models.core_v1 import ContainerStatus
from lightkube.resources.core_v1 import Pod

from infra.labels import RELEASE

CRASHES = 2
"""How many crashes of a container that is not ready make a crash loop: one may fail once while what it needs comes up."""

IMAGE_REASONS = frozenset({"ErrImagePull", "ImagePullBackOff"})
HOPELESS_IMAGE = ("not found", "manifest unknown", "unauthorized", "denied", "no match for platform", "mismatch")
HOPELESS_REASONS = frozenset({"InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError"})


@dataclass(frozen=True)
class Trouble:
    """Why a release will not become ready: the pod, its container, and the reason in Kubernetes' own words.

    ``logged`` tells whether the container ran, so that its log has more to say.
    """

    pod: str
    container: str
    reason: str
    logged: bool = False

    def __str__(self) -> str:
        return f"pod {self.pod}, container {self.container}: {self.reason}"


@dataclass(frozen=True)
class Verdict:
    """How many pods of the release are ready, how many other pods of the slot are not yet ending, and any trouble."""

    ready: int
    others: int
    trouble: Trouble | None
    waiting: str


def judge(pods: Iterable[Pod], release: str) -> Verdict:
    """The verdict on ``release`` from all the pods of its slot."""
    standing = [pod for pod in pods if not _ending(pod)]
    ours = [pod for pod in standing if _labels(pod).get(RELEASE) == release]
    troubles = [trouble for pod in ours for trouble in _troubles(pod)]
    return Verdict(
        ready=sum(_ready(pod) for pod in ours),
        others=len(standing) - len(ours),
        trouble=troubles[0] if troubles else None,
        waiting=next(filter(None, map(_waiting, ours)), ""),
    )


def restarts(pods: Iterable[Pod]) -> dict[str, int]:
    """How often the containers of each pod that is not ending were restarted."""
    return {_name(pod): sum(status.restartCount for status in _statuses(pod)) for pod in pods if not _ending(pod)}


def _name(pod: Pod) -> str:
    return (pod.metadata.name if pod.metadata else None) or "?"


def _labels(pod: Pod) -> dict[str, str]:
    return (pod.metadata.labels if pod.metadata else None) or {}


def _ending(pod: Pod) -> bool:
    return bool(pod.metadata and pod.metadata.deletionTimestamp)


def _statuses(pod: Pod) -> list[ContainerStatus]:
    if pod.status is None:
        return []
    return [*(pod.status.initContainerStatuses or []), *(pod.status.containerStatuses or [])]


def _ready(pod: Pod) -> bool:
    conditions = (pod.status.conditions if pod.status else None) or []
    return any(condition.type == "Ready" and condition.status == "True" for condition in conditions)


def _troubles(pod: Pod) -> Iterator[Trouble]:
    for status in _statuses(pod):
        waiting = status.state.waiting if status.state else None
        reason, message = (waiting.reason or "", waiting.message or "") if waiting else ("", "")
        hopeless_image = reason in IMAGE_REASONS and any(word in message.lower() for word in HOPELESS_IMAGE)
        if hopeless_image or reason in HOPELESS_REASONS:
            yield Trouble(_name(pod), status.name, f"{reason}: {message}")
        elif _crashes(status, reason) >= CRASHES and not status.ready:
            yield Trouble(_name(pod), status.name, f"crash loop: {_last_end(status)}", logged=True)


def _crashes(status: ContainerStatus, reason: str) -> int:
    """The restarts, and one more where the next one is held back: the third start would come 10 s or more later."""
    return status.restartCount + (reason == "CrashLoopBackOff")


def _last_end(status: ContainerStatus) -> str:
    last = status.lastState.terminated if status.lastState else None
    times = f"{status.restartCount} restarts"
    return f"{last.reason}, exit code {last.exitCode}, {times}" if last else times


def _waiting(pod: Pod) -> str:
    for status in _statuses(pod):
        waiting = status.state.waiting if status.state else None
        if waiting and waiting.reason not in (None, "ContainerCreating", "PodInitializing"):
            return f"pod {_name(pod)}: {waiting.reason} {waiting.message or ''}".rstrip()
    for condition in (pod.status.conditions if pod.status else None) or []:
        if condition.type == "PodScheduled" and condition.status == "False":
            return f"pod {_name(pod)}: {condition.reason}: {condition.message}"
    return "" if _ready(pod) else f"pod {_name(pod)} runs, but is not ready"
