"""What can be seen of a stack's service on the cluster, asked beside Lockgate's own code paths where that matters."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.kubernetes import Cluster
from infra.labels import NAME, RELEASE, SLOT

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Observer:
    """One service in one namespace."""

    cluster: Cluster
    namespace: str
    service: str = "podinfo"

    def slot(self) -> str | None:
        """The slot that the Service selects, "" for none, None where the Service is gone."""
        return self.cluster.selected_slot(self.namespace, self.service)

    def pods(self, slot: str | None = None) -> dict[str, int]:
        """Uids of the pods (of one slot) that are not ending, each with its restarts."""
        labels = {NAME: self.service, **({SLOT: slot} if slot else {})}
        found = {}
        for pod in self.cluster.pods(self.namespace, labels):
            if pod.metadata is None or pod.metadata.deletionTimestamp:
                continue
            statuses = (pod.status.containerStatuses if pod.status else None) or []
            found[str(pod.metadata.uid)] = sum(status.restartCount for status in statuses)
        return found

    def deployed(self, slot: str) -> str:
        """The release in the slot's Deployment."""
        return self.cluster.deployed_release(self.namespace, f"{self.service}-{slot}" if slot else self.service)

    def live_releases(self) -> set[str]:
        """The releases of the pods that get the Service's traffic."""
        names = self.cluster.endpoints(self.namespace, self.service).ready
        pods = self.cluster.pods(self.namespace, {NAME: self.service})
        labels = [pod.metadata.labels or {} for pod in pods if pod.metadata and pod.metadata.name in names]
        return {label.get(RELEASE, "") for label in labels}

    def kubectl(self, *arguments: str) -> str:
        """``kubectl`` in the namespace, as a person would use it."""
        command = ["kubectl", "--context", "lockgate-lab", "-n", self.namespace, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def select(self, selector: Mapping[str, str | None]) -> None:
        """Edits the Service's selector by hand; None takes a key away."""
        parts = ",".join(f'"{key}":' + ("null" if value is None else f'"{value}"') for key, value in selector.items())
        self.kubectl("patch", "service", self.service, "-p", f'{{"spec":{{"selector":{{{parts}}}}}}}')


def until(check: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Waits for ``check``. Raises ``AssertionError`` with ``what`` when it does not come in time."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not seen in {seconds} s: {what}"
        time.sleep(POLL_SECONDS)
