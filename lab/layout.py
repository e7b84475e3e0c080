"""Where the lab keeps things and which addresses it uses: the one place that knows."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
NODE = "lockgate-lab"
CONTEXT = "lockgate-lab"
DOMAIN = "cluster.local"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """TCP ports. Far from the defaults, so that another cluster on this machine is not in the way."""

    api: int = 16443
    registry: int = 15000
    etcd: int = 12379
    etcd_peer: int = 12380
    etcd_metrics: int = 12381
    kubelet: int = 16250
    kubelet_health: int = 16248
    proxy_metrics: int = 16249
    proxy_health: int = 16256
    controllers: int = 16257
    scheduler: int = 16259
    dns_ready: int = 16253
    containerd_metrics: int = 16338
    github: int = 16480


@dataclass(frozen=True, kw_only=True)
class Network:
    """The bridge that pods hang on, and their and the Services' addresses."""

    bridge: str = "lockgate0"
    gateway: str = "10.199.0.1"
    prefix: int = 24
    pods: str = "10.199.0.0/24"
    services: str = "10.198.0.0/20"
    kubernetes_service: str = "10.198.0.1"


@dataclass(frozen=True)
class Layout:
    """A lab's folders below ``root``. ``run`` holds what does not survive a reboot or ``down``; the rest is data."""

    root: Path
    ports: Ports = field(default_factory=Ports)
    network: Network = field(default_factory=Network)

    @property
    def pki(self) -> Path:
        return self.root / "pki"

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def cni(self) -> Path:
        return self.config / "cni"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def pod_logs(self) -> Path:
        return self.root / "pod-logs"

    @property
    def kubelet(self) -> Path:
        return self.root / "kubelet"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def github(self) -> Path:
        return self.root / "github"

    @property
    def kubeconfig(self) -> Path:
        return self.root / "kubeconfig"

    @property
    def containerd_state(self) -> Path:
        return self.run / "containerd"

    @property
    def containerd_socket(self) -> Path:
        return self.run / "containerd.sock"

    @property
    def cgroup(self) -> str:
        """The cgroup of all pods, below each hierarchy's root; its own per lab folder."""
        return f"lockgate-lab-{hashlib.sha256(str(self.root).encode()).hexdigest()[:8]}"

    @property
    def api_url(self) -> str:
        return f"https://{LOOPBACK}:{self.ports.api}"

    @property
    def registry_host(self) -> str:
        return f"{LOOPBACK}:{self.ports.registry}"

    @property
    def github_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.github}"


def default() -> Layout:
    """The lab of this machine: ``$LOCKGATE_LAB_DIR``, or ``lockgate/lab`` in the user's data folder."""
    given = os.environ.get("LOCKGATE_LAB_DIR")
    if given:
        return Layout(Path(given).expanduser().resolve())
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Layout((Path(data).expanduser() / "lockgate" / "lab").resolve())
