"""The lab's processes: what each is started with, what tells that it is well, what it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lab import github, health, logkeeper
from lab.binaries import Binaries
from lab.identities import CLUSTER, ETCD
from lab.layout import LOOPBACK, NODE, Layout


@dataclass(frozen=True, kw_only=True)
class Component:
    """One process. ``files`` are those whose change needs a restart; ``probe`` returns what is wrong, or ``""``."""

    name: str
    argv: tuple[str, ...]
    probe: Callable[[], str]
    files: tuple[Path, ...] = ()


def components(layout: Layout, binaries: Binaries) -> tuple[Component, ...]:
    """All of them, in the order in which they start."""
    first = (_keeper, _registry, _github, _etcd, _containerd, _apiserver)
    makers = (*first, _controllers, _scheduler, _proxy, _dns, _relay, _kubelet)
    return tuple(maker(layout, binaries) for maker in makers)


def _pki(layout: Layout, *names: str) -> tuple[Path, ...]:
    return tuple(layout.pki / f"{name}.{kind}" for name in names for kind in ("crt", "key"))


def _keeper(layout: Layout, binaries: Binaries) -> Component:
    argv = (str(binaries["python3"]), "-I", "-S", logkeeper.__file__, str(layout.logs))
    return Component(name="log-keeper", argv=argv, probe=lambda: "")


def _registry(layout: Layout, binaries: Binaries) -> Component:
    config = layout.config / "registry.yaml"
    return Component(
        name="registry",
        argv=(str(binaries["docker-registry"]), "serve", str(config)),
        probe=health.http(f"http://{layout.registry_host}/v2/"),
        files=(config,),
    )


def _github(layout: Layout, binaries: Binaries) -> Component:
    argv = github.argv(binaries["node"], binaries["github-modules"], layout.github, layout.ports.github)
    return Component(name="github", argv=argv, probe=health.http(f"{layout.github_url}/_lab/health"), files=github.FILES)


def _etcd(layout: Layout, binaries: Binaries) -> Component:
    ports, certificate, key = layout.ports, layout.pki / "etcd.crt", layout.pki / "etcd.key"
    client, peer = f"https://{LOOPBACK}:{ports.etcd}", f"https://{LOOPBACK}:{ports.etcd_peer}"
    metrics = f"http://{LOOPBACK}:{ports.etcd_metrics}"
    flags = {
        "name": NODE, "data-dir": layout.root / "etcd",
        "listen-client-urls": client, "advertise-client-urls": client,
        "listen-peer-urls": peer, "initial-advertise-peer-urls": peer, "initial-cluster": f"{NODE}={peer}",
        "client-cert-auth": "true", "trusted-ca-file": layout.pki / f"{ETCD}.crt",
        "cert-file": certificate, "key-file": key,
        "peer-client-cert-auth": "true", "peer-trusted-ca-file": layout.pki / f"{ETCD}.crt",
        "peer-cert-file": certificate, "peer-key-file": key,
        "listen-metrics-urls": metrics, "logger": "zap", "log-level": "warn",
    }  # fmt: skip
    return Component(
        name="etcd",
        argv=(str(binaries["etcd"]), *_flags(flags)),
        probe=health.http(f"{metrics}/health"),
        files=_pki(layout, "etcd"),
    )


def _containerd(layout: Layout, binaries: Binaries) -> Component:
    config = layout.config / "containerd.toml"
    control = (str(binaries["ctr"]), "--address", str(layout.containerd_socket), "version")
    return Component(
        name="containerd",
        argv=(str(binaries["containerd"]), "--config", str(config)),
        probe=health.command(control),
        files=(config, layout.config / "registries" / layout.registry_host / "hosts.toml"),
    )


def _apiserver(layout: Layout, binaries: Binaries) -> Component:
    pki = layout.pki
    flags = {
        "bind-address": LOOPBACK, "secure-port": layout.ports.api, "advertise-address": layout.network.gateway,
        "etcd-servers": f"https://{LOOPBACK}:{layout.ports.etcd}", "etcd-cafile": pki / f"{ETCD}.crt",
        "etcd-certfile": pki / "etcd-client.crt", "etcd-keyfile": pki / "etcd-client.key",
        "tls-cert-file": pki / "apiserver.crt", "tls-private-key-file": pki / "apiserver.key",
        "client-ca-file": pki / f"{CLUSTER}.crt", "anonymous-auth": "false",
        "authorization-mode": "Node,RBAC", "enable-admission-plugins": "NodeRestriction",
        "kubelet-client-certificate": pki / "apiserver-kubelet.crt",
        "kubelet-client-key": pki / "apiserver-kubelet.key",
        "kubelet-certificate-authority": pki / f"{CLUSTER}.crt",
        "kubelet-preferred-address-types": "InternalIP",
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": pki / "sa.pub", "service-account-signing-key-file": pki / "sa.key",
        "service-cluster-ip-range": layout.network.services, "service-node-port-range": "30000-32767",
        "profiling": "false", "shutdown-delay-duration": "0s",
        # Its statistics need a newer etcd than Debian's, and fill the log with complaints.
        "feature-gates": "SizeBasedListCostEstimate=false",
    }  # fmt: skip
    return Component(
        name="apiserver",
        argv=(str(binaries["kube-apiserver"]), *_flags(flags)),
        probe=health.api(layout, "/readyz"),
        files=(*_pki(layout, "apiserver", "apiserver-kubelet", "etcd-client", CLUSTER, ETCD), pki / "sa.key"),
    )


def _controllers(layout: Layout, binaries: Binaries) -> Component:
    config = layout.config / "controllers.kubeconfig"
    flags = {
        "kubeconfig": config, "bind-address": LOOPBACK, "secure-port": layout.ports.controllers,
        "tls-cert-file": layout.pki / "controllers-server.crt",
        "tls-private-key-file": layout.pki / "controllers-server.key",
        "root-ca-file": layout.pki / f"{CLUSTER}.crt",
        "service-account-private-key-file": layout.pki / "sa.key", "use-service-account-credentials": "true",
        "allocate-node-cidrs": "false", "leader-elect": "false", "profiling": "false",
        "kube-api-qps": 200, "kube-api-burst": 400,
        "concurrent-deployment-syncs": 10, "concurrent-replicaset-syncs": 10, "concurrent-namespace-syncs": 10,
        "endpointslice-updates-batch-period": "0s",
    }  # fmt: skip
    return Component(
        name="controller-manager",
        argv=(str(binaries["kube-controller-manager"]), *_flags(flags)),
        probe=health.https(layout, layout.ports.controllers, "/healthz"),
        files=(config, *_pki(layout, "controllers", "controllers-server", CLUSTER), layout.pki / "sa.key"),
    )


def _scheduler(layout: Layout, binaries: Binaries) -> Component:
    config = layout.config / "scheduler.yaml"
    flags = {
        "config": config, "bind-address": LOOPBACK, "secure-port": layout.ports.scheduler,
        "tls-cert-file": layout.pki / "scheduler-server.crt",
        "tls-private-key-file": layout.pki / "scheduler-server.key",
    }  # fmt: skip
    return Component(
        name="scheduler",
        argv=(str(binaries["kube-scheduler"]), *_flags(flags)),
        probe=health.https(layout, layout.ports.scheduler, "/readyz"),
        files=(config, *_pki(layout, "scheduler", "scheduler-server", CLUSTER)),
    )


def _proxy(layout: Layout, binaries: Binaries) -> Component:
    config = layout.config / "proxy.yaml"
    return Component(
        name="proxy",
        argv=(str(binaries["kube-proxy"]), *_flags({"config": config})),
        probe=health.http(f"http://{LOOPBACK}:{layout.ports.proxy_health}/healthz"),
        files=(config, *_pki(layout, "proxy", CLUSTER)),
    )


def _dns(layout: Layout, binaries: Binaries) -> Component:
    config = layout.config / "Corefile"
    return Component(
        name="dns",
        argv=(str(binaries["coredns"]), "-conf", str(config)),
        probe=health.http(f"http://{LOOPBACK}:{layout.ports.dns_ready}/ready"),
        files=(config, *_pki(layout, "dns", CLUSTER)),
    )


def _relay(layout: Layout, binaries: Binaries) -> Component:
    """Pods cannot reach a loopback address, and the API server listens on nothing else."""
    gateway, port = layout.network.gateway, layout.ports.api
    listen = f"TCP-LISTEN:{port},bind={gateway},reuseaddr,fork,nodelay"
    return Component(
        name="api-relay",
        argv=(str(binaries["socat"]), listen, f"TCP:{LOOPBACK}:{port},nodelay"),
        probe=health.tcp(gateway, port),
    )


def _kubelet(layout: Layout, binaries: Binaries) -> Component:
    config, access = layout.config / "kubelet.yaml", layout.config / "kubelet.kubeconfig"
    flags = {
        "config": config, "kubeconfig": access, "root-dir": layout.kubelet,
        "hostname-override": NODE, "node-ip": layout.network.gateway, "cert-dir": layout.pki / "kubelet",
    }  # fmt: skip
    return Component(
        name="kubelet",
        argv=(str(binaries["kubelet"]), *_flags(flags)),
        probe=health.http(f"http://{LOOPBACK}:{layout.ports.kubelet_health}/healthz"),
        files=(config, access, *_pki(layout, "kubelet", "kubelet-server", CLUSTER)),
    )


def _flags(values: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(f"--{name}={value}" for name, value in values.items())
