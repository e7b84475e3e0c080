"""The Kubernetes client: where a cluster is, and the few questions that Lockgate asks of it.

It stands on lightkube, which reads kubeconfigs (tokens, client certificates, exec plugins) and starts in 0.1 s.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

import httpx2
from lightkube import ApiError, Client
from lightkube.config import client_adapter
from lightkube.config.kubeconfig import KubeConfig, SingleConfig
from lightkube.core import decoders
from lightkube.core.exceptions import ConfigError
from lightkube.models.core_v1 import ServiceSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.batch_v1 import Job
from lightkube.resources.core_v1 import ConfigMap, Pod, Service
from lightkube.resources.discovery_v1 import EndpointSlice

from infra.errors import LockgateError
from infra.labels import RELEASE, SLOT

FIELD_MANAGER = "lockgate"
REQUEST_SECONDS = 5.0
HTTP_SERVER_ERROR = 500

READ = (Service, Deployment, Pod, Job, EndpointSlice, ConfigMap)
"""What is read from clusters."""

Found = TypeVar("Found", Service, Deployment)


class ClusterError(LockgateError):
    """The cluster cannot be found or reached."""


def is_passing(error: httpx2.HTTPError) -> bool:
    """Whether the same request may go through a little later: the API server restarts, or has too much to do."""
    if isinstance(error, ApiError):
        return error.status.code == httpx2.codes.TOO_MANY_REQUESTS or (error.status.code or 0) >= HTTP_SERVER_ERROR
    return isinstance(error, httpx2.TransportError)


def find_context(context: str | None) -> SingleConfig:
    """The kubeconfig entry of ``context`` (None: the current one) in the files that KUBECONFIG names, or ~/.kube/config."""
    named = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube" / "config")
    known: list[str] = []
    for path in filter(None, named.split(os.pathsep)):
        if not Path(path).is_file():
            continue
        config = KubeConfig.from_file(path)
        known.extend(config.contexts)
        if context is None or context in config.contexts:
            found = config.get(context)
            if found is not None:
                return found
    raise ClusterError(
        f"kubeContext = {context or '(the current one)'}: no such context in KUBECONFIG={named} "
        f"(it knows: {', '.join(known) or 'none'}); run `lockgate lab up`, or name one of these"
    )


def _own() -> SingleConfig:
    found = KubeConfig.from_service_account().get()
    if found is None:
        raise ClusterError("the pod has no ServiceAccount token: set automountServiceAccountToken")
    return found


_LEARNING = threading.Lock()


@cache
def learn_types() -> None:
    """Lets the client learn what is read in one thread: two that learn a type at once crash the process (msgspec 0.22)."""
    decoders.decode_status(b"{}")
    for kind in READ:
        decoders.decode_list(b'{"items": []}', kind)


@dataclass(frozen=True)
class Endpoints:
    """What a Service's EndpointSlices say: the names of the pods that get traffic, and of those that don't (yet)."""

    ready: frozenset[str]
    waiting: frozenset[str]


class Cluster:
    """One cluster, through one context of a kubeconfig. Made in one thread, it may be asked from several.

    ``inside``: the cluster that this process runs in, as the ServiceAccount of its pod.
    """

    def __init__(self, context: str | None, *, inside: bool = False) -> None:
        with _LEARNING:
            learn_types()
        try:
            self.config = _own() if inside else find_context(context)
            timeout = httpx2.Timeout(REQUEST_SECONDS)
            self.client = Client(self.config, timeout=timeout, field_manager=FIELD_MANAGER, trust_env=False)
        except ConfigError as error:
            raise ClusterError(f"kubeContext = {context}: {error}; mend the kubeconfig") from error

    def http(self) -> httpx2.Client:
        """A plain HTTP client of the API server, for its proxy to pods and Services."""
        timeout = httpx2.Timeout(REQUEST_SECONDS)
        return client_adapter.Client(self.config, client_adapter.ConnectionParams(timeout=timeout, trust_env=False))

    @cached_property
    def server(self) -> str:
        """The API server's address."""
        return self.config.cluster.server

    def service(self, namespace: str, name: str) -> Service | None:
        """The Service, or None where there is none."""
        return self._find(Service, namespace, name)

    def address(self, namespace: str, name: str) -> str:
        """The Service's cluster IP, as it stands in a URL."""
        service = self.service(namespace, name)
        address = (service.spec.clusterIP if service and service.spec else None) or ""
        return f"[{address}]" if ":" in address else address

    def selected_slot(self, namespace: str, name: str) -> str | None:
        """The slot that the Service selects, "" where it selects none; None where there is no Service."""
        service = self.service(namespace, name)
        if service is None:
            return None
        selector: Mapping[str, str] = (service.spec.selector if service.spec else None) or {}
        return selector.get(SLOT, "")

    def deployment(self, namespace: str, name: str) -> Deployment | None:
        """The Deployment, or None where there is none."""
        return self._find(Deployment, namespace, name)

    def _find(self, kind: type[Found], namespace: str, name: str) -> Found | None:
        try:
            return self.client.get(kind, name, namespace=namespace)
        except ApiError as error:
            if error.status.code == httpx2.codes.NOT_FOUND:
                return None
            raise

    def deployed_release(self, namespace: str, name: str) -> str:
        """The id of the release in the Deployment's pod template, or ""."""
        deployment = self.deployment(namespace, name)
        if deployment is None or deployment.spec is None or deployment.spec.template.metadata is None:
            return ""
        labels: Mapping[str, str] = deployment.spec.template.metadata.labels or {}
        return labels.get(RELEASE, "")

    def pods(self, namespace: str, labels: Mapping[str, str]) -> list[Pod]:
        """The pods with these labels, the ending ones included."""
        return list(self.client.list(Pod, namespace=namespace, labels=dict(labels)))

    def config_maps(self, namespace: str, labels: Mapping[str, str]) -> list[ConfigMap]:
        """The ConfigMaps with these labels."""
        return list(self.client.list(ConfigMap, namespace=namespace, labels=dict(labels)))

    def endpoints(self, namespace: str, service: str) -> Endpoints:
        """Who gets the Service's traffic now, from its EndpointSlices."""
        ready: set[str] = set()
        waiting: set[str] = set()
        slices = self.client.list(EndpointSlice, namespace=namespace, labels={"kubernetes.io/service-name": service})
        for part in slices:
            for endpoint in part.endpoints or []:
                pod = endpoint.targetRef.name if endpoint.targetRef and endpoint.targetRef.name else "?"
                serving = endpoint.conditions is None or endpoint.conditions.ready is not False
                (ready if serving else waiting).add(pod)
        return Endpoints(ready=frozenset(ready), waiting=frozenset(waiting))

    def select(self, namespace: str, name: str, selector: Mapping[str, str], *, version: str | None = None) -> None:
        """Makes the Service select the pods with these labels.

        With ``version``, the Service's resourceVersion, only if nobody changed the Service since it was read:
        otherwise an ``ApiError`` with code 409.
        """
        metadata = ObjectMeta(name=name, namespace=namespace, resourceVersion=version)
        self.client.apply(Service(metadata=metadata, spec=ServiceSpec(selector=dict(selector))), force=True)
