"""Makes stacks and takes them away."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import shutil
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from lightkube.resources.core_v1 import Namespace, Service
from lightkube.types import CascadeType

import lab
import toolchain
from benchmarks.rig.cluster import Observer, until
from benchmarks.rig.stack import Stack
from infra.kubernetes import Cluster
from operations import backend, environment, up
from operations.project import Project

ROOT = Path(__file__).parents[2]
PREFIX = "lgtest"
PORTS = range(30100, 30199)
QUICK = {
    "bakeSeconds": 2,
    "healthCheckTimeoutSeconds": 20,
    "smokeTimeoutSeconds": 20,
    "preStopSeconds": 3,
    "terminationGraceSeconds": 10,
}
"""Settings with which a test does not wait long."""


class Rig:
    """A copy of the project with a backend of its own, and the stacks made in it."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, folder / name)
        base = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "LOCKGATE_PROJECT"))}
        self.environment = {**base, **environment.build(self.project, base)}
        backend.ensure(self.project, self.environment)
        os.environ.update({key: self.environment[key] for key in ("PATH", "KUBECONFIG")})
        self.cluster = Cluster("lockgate-lab")
        self.stacks: list[Stack] = []
        self._held: list[socket.socket] = []

    def stack(self, settings: Mapping[str, Any] | None = None, **more: Any) -> Stack:
        """A new stack with quick settings and ``settings`` on top; nothing is deployed yet."""
        name, port = new_name(), self.free_port()
        values = {"namespace": name, "nodePort": port, **QUICK, **(settings or {}), **more}
        config = {"config": {f"lockgate:{key}": value for key, value in values.items() if value is not None}}
        (self.project.root / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(config))
        return self._init(Stack(name, self.project.root, self.environment, Observer(self.cluster, name), _url(port)))

    def stack_in(self, folder: Path, *, service: str) -> Stack:
        """A new stack of another project, without settings; its program is to keep to the stack's name as its namespace."""
        name = new_name()
        return self._init(Stack(name, folder, self.environment, Observer(self.cluster, name, service), _url(self.free_port())))

    def _init(self, stack: Stack) -> Stack:
        self.stacks.append(stack)
        stack.pulumi("stack", "init", "--no-select").good()
        return stack

    def free_port(self) -> int:
        """A node port that no Service has, and that no other run on this machine is about to take."""
        return self.free_ports(1)[0]

    def free_ports(self, count: int) -> range:
        """So many of them, one after the other."""
        taken = {
            port.nodePort
            for service in self.cluster.client.list(Service, namespace="*")
            for port in (service.spec.ports if service.spec else None) or []
        }
        rows = [PORTS[start : start + count] for start in range(len(PORTS) - count + 1)]
        free = [row for row in rows if not taken.intersection(row)]
        return next(row for row in random.sample(free, len(free)) if all(map(self._reserve, row)))

    def _reserve(self, port: int) -> bool:
        """Holds the port for as long as the rig lives; traffic to a node port never reaches a socket."""
        held = socket.socket()
        try:
            held.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            return False
        self._held.append(held)
        return True

    def remove(self, stack: Stack) -> None:
        """Ends what runs of the stack, forgets it, and takes its namespace away, without waiting for it."""
        stack.end()
        stack.forget()
        _delete(self.cluster, stack.name)
        if stack in self.stacks:
            self.stacks.remove(stack)

    def close(self) -> None:
        """Removes every stack and waits until their namespaces are gone."""
        for held in self._held:
            held.close()
        names = {stack.name for stack in self.stacks}
        for stack in list(self.stacks):
            self.remove(stack)
        until(lambda: not names & _namespaces(self.cluster), f"end of {', '.join(sorted(names))}", 120)


@contextlib.contextmanager
def open_rig(folder: Path) -> Iterator[Rig]:
    """A rig on the running lab, which is left as it is; where none runs, it is started, and stopped at the end."""
    before = lab.status()
    if before.healthy:
        toolchain.ensure(toolchain.PULUMI)
        lab.ensure_images()
    else:
        up.prepare(uses_lab=True)
    rig = Rig(folder)
    try:
        for name in _namespaces(rig.cluster):
            if _is_orphan(name):
                _delete(rig.cluster, name)
        yield rig
    finally:
        rig.close()
        if not before.running:
            lab.down()


def new_name() -> str:
    """Of a stack, or the beginning of a namespace's, by which the next rig finds what a run that was killed has left."""
    return f"{PREFIX}-{os.getpid()}-{secrets.token_hex(3)}"


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _namespaces(cluster: Cluster) -> set[str]:
    return {str(item.metadata.name) for item in cluster.client.list(Namespace) if item.metadata}


def _is_orphan(name: str) -> bool:
    """Whether the namespace is left from a run whose process is gone."""
    parts = name.split("-")
    return parts[0] == PREFIX and len(parts) > 2 and parts[1].isdigit() and not Path(f"/proc/{parts[1]}").exists()


def _delete(cluster: Cluster, name: str) -> None:
    if name in _namespaces(cluster):
        cluster.client.delete(Namespace, name, cascade=CascadeType.BACKGROUND)
