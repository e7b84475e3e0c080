"""Rules on pods: what they may do on their node, what they may take of it, and how a namespace confines them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.plan import Change
from policy.examples import deployment, namespace
from policy.model import Case, Hit, Rule
from policy.values import at, items, mapping, truthy

TEMPLATE = ("spec", "template", "spec")
"""Where a kind has its pod that is not among ``PATHS``; a custom resource too."""

PATHS = {
    "Pod": (("spec",),),
    "CronJob": (("spec", "jobTemplate", *TEMPLATE),),
    "Release": (("values", "template", "spec"), ("values", "listenerTemplate", "spec")),
}
"""Where others have theirs; in a Helm release it is where charts take one whole, as those of runners do."""

CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
HOST = ("hostNetwork", "hostPID", "hostIPC")
ADDABLE = {"NET_BIND_SERVICE"}
"""The capabilities that Pod Security "restricted" lets a container add."""

LEVEL = "pod-security.kubernetes.io/enforce"


@dataclass(frozen=True, kw_only=True)
class Pod:
    """The pod that a resource makes; ``path`` is where it stands in the inputs."""

    change: Change
    path: str
    spec: Mapping[str, Any]

    def containers(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each container with its path, of every sort."""
        for sort in CONTAINERS:
            for container in items(self.spec.get(sort)):
                if isinstance(container, Mapping):
                    yield f"{self.path}.{sort}[{container.get('name', '?')}]", container


def pods(case: Case) -> Iterator[Pod]:
    """The pods of all Kubernetes resources that are there after the update."""
    for change, new in case.wanted():
        if change.type.startswith("kubernetes:"):
            for keys in PATHS.get(change.type.rpartition(":")[2], (TEMPLATE,)):
                spec = at(new, *keys)
                if isinstance(spec, Mapping):
                    yield Pod(change=change, path=".".join(keys), spec=spec)


def _privileges(case: Case) -> Iterator[Hit]:
    for pod in pods(case):
        for path in (*_of_pod(pod), *_of_containers(pod)):
            yield Hit(change=pod.change, message=f"{path}: lets a pod reach its node", remedy="take it away")


def _of_pod(pod: Pod) -> Iterator[str]:
    for key in HOST:
        if truthy(pod.spec.get(key)):
            yield f"{pod.path}.{key} = true"
    for volume in items(pod.spec.get("volumes")):
        if at(volume, "hostPath") is not None:
            yield f"{pod.path}.volumes[{at(volume, 'name')}].hostPath"


def _of_containers(pod: Pod) -> Iterator[str]:
    for path, container in pod.containers():
        security = mapping(container.get("securityContext"))
        if truthy(security.get("privileged")):
            yield f"{path}.securityContext.privileged = true"
        added = items(at(security, "capabilities", "add"))
        if any(one not in ADDABLE for one in added if isinstance(one, str)):
            yield f"{path}.securityContext.capabilities.add = {', '.join(map(str, added))}"
        for port in items(container.get("ports")):
            if at(port, "hostPort"):
                yield f"{path}.ports[{at(port, 'containerPort')}].hostPort"


def _memory(case: Case) -> Iterator[Hit]:
    for pod in pods(case):
        if at(pod.spec, "resources", "limits", "memory") is not None:
            continue
        for path, container in pod.containers():
            if "ephemeral" not in path and at(container, "resources", "limits", "memory") is None:
                yield Hit(
                    change=pod.change,
                    message=f"{path}.resources.limits.memory: not set, so that one pod can take a whole node's memory",
                    remedy="set it",
                )


def _levels(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted("kubernetes:core/v1:Namespace"):
        labels = at(new, "metadata", "labels")
        level = at(labels, LEVEL)
        if level == "privileged":
            yield _confine(change, "= privileged: pods in it may do anything on their node", milder=False)
        elif level is None and (labels is None or isinstance(labels, Mapping)):
            yield _confine(change, "is not set: the cluster's own default decides, which a preview cannot see", milder=True)


def _confine(change: Change, text: str, *, milder: bool) -> Hit:
    message = f"metadata.labels: {LEVEL} {text}"
    return Hit(change=change, message=message, remedy="set it to restricted or baseline", milder=milder)


RULES = (
    Rule(
        name="pod-privileges",
        severity="deny",
        why="A privileged container, a path, a port or a namespace of the host gives the node to whoever breaks into the pod.",
        check=_privileges,
        good=deployment(container={"securityContext": {"privileged": False}}),
        bad=deployment(container={"securityContext": {"privileged": True}}, pod={"hostNetwork": True}),
    ),
    Rule(
        name="memory-limit",
        severity="warn",
        why="A pod without a memory limit takes its neighbours down with it.",
        check=_memory,
        good=deployment(),
        bad=deployment(container={"resources": {}}),
    ),
    Rule(
        name="pod-security-level",
        severity="deny",
        why="The level of a namespace holds for every pod that comes into it later, whoever makes it.",
        check=_levels,
        good=namespace({LEVEL: "restricted"}),
        bad=namespace({LEVEL: "privileged"}),
    ),
)
