"""A cluster that keeps what it is given: the real ``Cluster``, on a client whose API server is a few dictionaries.

Deployments make no pods by themselves, and nothing happens later: a test sets the scene, or hooks into a call.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2
from lightkube import ApiError
from lightkube.models.core_v1 import ServicePort, ServiceSpec
from lightkube.models.meta_v1 import ObjectMeta, Status
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.batch_v1 import Job
from lightkube.resources.core_v1 import Pod, Service
from lightkube.resources.discovery_v1 import EndpointSlice
from pods_factory import pod, running

from infra.kubernetes import Cluster
from infra.labels import NAME, RELEASE, SLOT
from infra.provider.context import Context

NAMESPACE = "podinfo-prod"
Hook = Callable[[Any], None]


def api_error(code: int, message: str) -> ApiError:
    request = httpx2.Request("GET", "https://cluster.test")
    return ApiError(request, None, Status(code=code, message=message, reason=message))


def ready_pod(pod: Pod) -> bool:
    return any(c.type == "Ready" and c.status == "True" for c in pod.status.conditions)


class FakeClient:
    """What the core asks of lightkube's client. ``before_apply`` runs before each write, as other people's writes do."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], Any] = {}
        self.logs: dict[str, list[str]] = {}
        self.before_apply: Hook = lambda _: None
        self.after_apply: Hook = lambda _: None
        self.after_create: Hook = lambda _: None
        self._versions = itertools.count(1)

    def put(self, obj: Any) -> None:
        obj.metadata.resourceVersion = str(next(self._versions))
        self.stored[type(obj).__name__, obj.metadata.name] = obj

    def get(self, kind: type, name: str, *, namespace: str) -> Any:
        assert namespace == NAMESPACE
        if (kind.__name__, name) not in self.stored:
            raise api_error(404, f"{kind.__name__} {name} not found")
        return self.stored[kind.__name__, name]

    def list(self, kind: type, *, namespace: str, labels: Mapping[str, str]) -> list[Any]:
        assert namespace == NAMESPACE
        if kind is EndpointSlice:
            return [self._slice(labels["kubernetes.io/service-name"])]
        found = [obj for (name, _), obj in self.stored.items() if name == kind.__name__]
        return [obj for obj in found if labels.items() <= (obj.metadata.labels or {}).items()]

    def apply(self, obj: Any, *, force: bool) -> None:
        assert force
        self.before_apply(obj)
        key = type(obj).__name__, obj.metadata.name
        known = self.stored.get(key)
        if obj.metadata.resourceVersion and known and known.metadata.resourceVersion != obj.metadata.resourceVersion:
            raise api_error(409, "the object has been modified")
        if known and isinstance(obj, Service):
            known.spec.selector = obj.spec.selector
            self.put(known)
        else:
            self.put(obj)
        self.after_apply(obj)

    def create(self, obj: Any) -> Any:
        obj.metadata.name = f"{obj.metadata.generateName}abcde"
        self.put(obj)
        self.after_create(obj)
        return obj

    def delete(self, kind: type, name: str, *, namespace: str, cascade: Any) -> None:
        assert (namespace, cascade.name) == (NAMESPACE, "BACKGROUND")
        del self.stored[kind.__name__, name]

    def log(self, name: str, *, namespace: str, tail_lines: int, newlines: bool, container: str | None = None) -> Iterator[str]:
        assert (namespace, newlines) == (NAMESPACE, False)
        assert container in (None, "service")
        return iter(self.logs.get(name, [])[-tail_lines:])

    def _slice(self, service: str) -> EndpointSlice:
        selector = self.stored["Service", service].spec.selector
        pods = self.list(Pod, namespace=NAMESPACE, labels=selector) if selector else []
        endpoints = [
            {"addresses": ["10.0.0.1"], "conditions": {"ready": ready_pod(pod)}, "targetRef": {"name": pod.metadata.name}}
            for pod in pods
            if not pod.metadata.deletionTimestamp
        ]
        made: EndpointSlice = EndpointSlice.from_dict({"addressType": "IPv4", "endpoints": endpoints})
        return made


class FakeCluster(Cluster):
    """``answer`` is how the pods answer: it gets a request and gives the response."""

    server = "https://cluster.test"

    def __init__(self) -> None:
        self.client: Any = FakeClient()
        self.answer: Callable[[httpx2.Request], httpx2.Response] = lambda _: httpx2.Response(200, text="ok")

    def http(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.server, transport=httpx2.MockTransport(lambda request: self.answer(request)))

    def add_service(self, name: str, slot: str = "") -> None:
        selector = {NAME: "podinfo", SLOT: slot} if slot else None
        spec = ServiceSpec(selector=selector, clusterIP="10.96.0.7", ports=[ServicePort(port=9898)])
        self.client.put(Service(metadata=ObjectMeta(name=name, namespace=NAMESPACE), spec=spec))

    def add_deployment(self, name: str, release: str, ready: int = 2) -> None:
        labels = {NAME: "podinfo", RELEASE: release}
        made = Deployment.from_dict(
            {
                "metadata": {"name": name, "namespace": NAMESPACE, "generation": 1},
                "spec": {"selector": {"matchLabels": {NAME: "podinfo"}}, "template": {"metadata": {"labels": labels}}},
                "status": {"readyReplicas": ready, "observedGeneration": 1},
            }
        )
        self.client.put(made)

    def add_slot(self, slot: str, release: str, pods: int = 2) -> None:
        """A slot's Deployment with its pods, ready."""
        self.add_deployment(f"podinfo-{slot}", release, pods)
        for number in range(pods):
            self.client.put(pod(f"podinfo-{slot}-{number}", running(), release=release, slot=slot))

    def finish_jobs(self, condition: str, message: str = "") -> None:
        """Every Job from now on ends at once with this condition."""

        def end(job: Job) -> None:
            status = {"conditions": [{"type": condition, "status": "True", "message": message}]}
            job.status = Job.from_dict({"status": status}).status

        self.client.after_create = end


class Hurried(Context):
    """Asks again at once: nothing in a fake cluster takes its time."""

    def wait(self, seconds: float = 0.01) -> None:
        super().wait(min(seconds, 0.01))


def context(cluster: Cluster, said: list[str] | None = None) -> Context:
    lines = said if said is not None else []
    return Hurried(cluster=cluster, say=lines.append, stop=threading.Event())
