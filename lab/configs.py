"""The components' configuration files: objects here, text once, in ``write``."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lab import node
from lab.binaries import Binaries
from lab.identities import CLUSTER
from lab.layout import CONTEXT, DOMAIN, LOOPBACK, Layout
from lab.pki import write_private

SANDBOX_IMAGE = "tools/pause:1"


def toml(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> str:
    """A table of strings, numbers, booleans, lists of them, and tables, as TOML."""
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    header = [f"[{'.'.join(json.dumps(part) for part in path)}]"] if path else []
    lines = header + [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in values.items()]
    inner = [toml(value, (*path, key)) for key, value in table.items() if isinstance(value, Mapping)]
    return "\n".join(lines + inner) + ("\n" if lines else "")


def client_kubeconfig(layout: Layout, name: str, *, inline: bool = False) -> dict[str, Any]:
    """A kubeconfig for the certificate ``name``; with ``inline`` it holds the keys and can be copied elsewhere."""
    files = {
        "certificate-authority": layout.pki / f"{CLUSTER}.crt",
        "client-certificate": layout.pki / f"{name}.crt",
        "client-key": layout.pki / f"{name}.key",
    }
    entries = (
        {f"{key}-data": base64.b64encode(path.read_bytes()).decode() for key, path in files.items()}
        if inline
        else {key: str(path) for key, path in files.items()}
    )
    authority = {key: value for key, value in entries.items() if key.startswith("certificate-authority")}
    user = {key: value for key, value in entries.items() if key.startswith("client")}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": {"server": layout.api_url, **authority}}],
        "users": [{"name": CONTEXT, "user": user}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        "current-context": CONTEXT,
    }


def registry(layout: Layout) -> dict[str, Any]:
    return {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(layout.root / "registry")}, "delete": {"enabled": True}},
        "http": {"addr": layout.registry_host},
    }


def containerd(layout: Layout, binaries: Binaries) -> dict[str, Any]:
    runc = {"runtime_type": "io.containerd.runc.v2", "options": {"BinaryName": str(binaries["runc"])}}
    cri = {
        "sandbox_image": f"{layout.registry_host}/{SANDBOX_IMAGE}",
        "restrict_oom_score_adj": True,
        "netns_mounts_under_state_dir": True,
        "disable_tcp_service": True,
        "stream_server_address": LOOPBACK,
        "stream_server_port": "0",
        "enable_unprivileged_ports": True,
        "cni": {"bin_dir": str(binaries["bridge"].parent), "conf_dir": str(layout.cni)},
        "registry": {"config_path": str(layout.config / "registries")},
        "containerd": {"runtimes": {"runc": runc}},
    }
    return {
        "version": 2,
        "root": str(layout.root / "containerd"),
        "state": str(layout.containerd_state),
        "disabled_plugins": ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"],
        "grpc": {"address": str(layout.containerd_socket)},
        "debug": {"level": "warn"},
        "plugins": {
            "io.containerd.grpc.v1.cri": cri,
            "io.containerd.internal.v1.opt": {"path": str(layout.root / "containerd" / "opt")},
        },
    }


def registry_host(layout: Layout) -> dict[str, Any]:
    url = f"http://{layout.registry_host}"
    return {"server": url, "host": {url: {"capabilities": ["pull", "resolve"]}}}


def cni(layout: Layout) -> dict[str, Any]:
    """Masquerading is one rule of the lab's own (see ``network``): a rule per pod would slow every start."""
    ranges = [[{"subnet": layout.network.pods, "gateway": layout.network.gateway}]]
    ipam = {
        "type": "host-local",
        "dataDir": str(layout.run / "cni"),
        "ranges": ranges,
        "routes": [{"dst": "0.0.0.0/0"}],
    }
    bridge = {
        "type": "bridge",
        "bridge": layout.network.bridge,
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": ipam,
    }
    return {"cniVersion": "0.4.0", "name": layout.cgroup, "plugins": [bridge]}


def corefile(layout: Layout, *, upstream: bool) -> str:
    """CoreDNS has a syntax of its own: one server block, a directive a line."""
    directives = [
        f"bind {layout.network.gateway}",
        "errors",
        f"ready {LOOPBACK}:{layout.ports.dns_ready}",
        f"kubernetes {DOMAIN} {{\n    kubeconfig {layout.config / 'dns.kubeconfig'} {CONTEXT}\n    ttl 2\n  }}",
        *(["forward . /etc/resolv.conf", "cache 10"] if upstream else []),
    ]
    return ".:53 {\n" + "".join(f"  {line}\n" for line in directives) + "}\n"


def _upstream() -> bool:
    resolver = Path("/etc/resolv.conf")
    return resolver.exists() and any(line.startswith("nameserver") for line in resolver.read_text().splitlines())


def write(layout: Layout, binaries: Binaries) -> None:
    """Renders every file that differs from what is there."""
    documents: dict[Path, dict[str, Any]] = {
        layout.config / "registry.yaml": registry(layout),
        layout.config / "kubelet.yaml": node.kubelet(layout),
        layout.config / "proxy.yaml": node.proxy(layout),
        layout.config / "scheduler.yaml": node.scheduler(layout),
        layout.kubeconfig: client_kubeconfig(layout, "admin", inline=True),
    }
    for name in ("kubelet", "controllers", "scheduler", "proxy", "dns"):
        documents[layout.config / f"{name}.kubeconfig"] = client_kubeconfig(layout, name)
    texts = {path: yaml.safe_dump(document, sort_keys=False) for path, document in documents.items()}
    texts[layout.cni / "10-lockgate-lab.conflist"] = json.dumps(cni(layout), indent=1)
    texts[layout.config / "containerd.toml"] = toml(containerd(layout, binaries))
    texts[layout.config / "registries" / layout.registry_host / "hosts.toml"] = toml(registry_host(layout))
    texts[layout.config / "Corefile"] = corefile(layout, upstream=_upstream())
    for path, text in texts.items():
        if not path.exists() or path.read_text() != text:
            write_private(path, text.encode())
