"""What a machine must have before a lab can run on it. Each lack comes with its remedy; looking changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from pathlib import Path

from infra.errors import LabError
from lab import host, packetfilter, processes
from lab.layout import LOOPBACK, Layout, default

SOCKET_PATH_LIMIT = 107
PORT_SECONDS = 2.0
CONTROLLERS = {"cpu", "cpuset", "memory", "pids"}
NETWORK_PROBE = """set -e
ip link set lo up
ip link add probe0 type bridge
ip link add probe1 type veth peer name probe2
iptables -t nat -A PREROUTING -p tcp -m comment --comment x -m statistic --mode random --probability 0.5 -j ACCEPT
iptables -t nat -A POSTROUTING -m mark --mark 1 -j MASQUERADE
iptables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -t nat -A PREROUTING -p tcp -m addrtype --dst-type LOCAL -j DNAT --to-destination 127.0.0.1:1
"""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One thing that the machine lacks, and what to do about it."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}"


def check() -> list[Missing]:
    """Everything that this machine lacks for a lab; empty when one can run. Takes less than a second."""
    layout = default()
    if platform.system() != "Linux":
        return [Missing(what=f"this is {platform.system()}, not Linux", remedy="run on Linux, or name another cluster")]
    if os.geteuid() != 0:
        return [Missing(what="root's rights", remedy="run as root, or name another cluster by lockgate:kubeContext")]
    return [*_cgroups(), *_kernel(), *_paths(layout), *_ports(layout), *_other_cluster(layout), *_addresses(layout)]


def demand(layout: Layout) -> None:
    """Raises LabError that lists all that ``check`` found."""
    found = check()
    if found:
        lines = "\n".join(f"  - {missing}" for missing in found)
        raise LabError(f"The lab in {layout.root} cannot run on this machine as it is. Missing:\n{lines}")


def _cgroups() -> Iterator[Missing]:
    unified = Path("/sys/fs/cgroup/cgroup.controllers")
    if unified.exists():
        have = set(unified.read_text().split())
    else:
        have = {part for folder in Path("/sys/fs/cgroup").glob("*") for part in folder.name.split(",")}
    lacking = sorted(CONTROLLERS - have)
    if lacking:
        yield Missing(what=f"cgroup controllers {', '.join(lacking)}", remedy="mount them, or enable them at boot")


def _kernel() -> Iterator[Missing]:
    host.attempt("modprobe", "-a", "overlay", "br_netfilter")
    if "\toverlay\n" not in Path("/proc/filesystems").read_text():
        yield Missing(what="the overlay file system", remedy="load the kernel's module `overlay`")
    if not Path("/proc/sys/net/bridge/bridge-nf-call-iptables").exists():
        yield Missing(what="packet filtering on bridges", remedy="load the kernel's module `br_netfilter`")
    if not shutil.which("iptables", path=processes.SEARCH_PATH):
        return  # The toolchain installs it, and then this is looked at again.
    probe = host.attempt("unshare", "--net", "sh", "-c", NETWORK_PROBE)
    if probe.returncode != 0:
        reason = probe.stderr.strip().splitlines()[-1:] or [f"exit code {probe.returncode}"]
        yield Missing(
            what=f"network namespaces, bridges and iptables ({reason[0]})",
            remedy="install iproute2, iptables and util-linux, and use a kernel with veth, bridge and nat",
        )


def _paths(layout: Layout) -> Iterator[Missing]:
    longest = f"{layout.containerd_socket}.ttrpc"
    if len(longest) > SOCKET_PATH_LIMIT:
        yield Missing(
            what=f"a folder with a shorter path ({longest} is longer than {SOCKET_PATH_LIMIT} characters)",
            remedy="set LOCKGATE_LAB_DIR to a shorter one",
        )


def _ports(layout: Layout) -> Iterator[Missing]:
    """A process that was just killed may hold its port for a moment longer."""
    if processes.marked(layout):
        return
    deadline = time.monotonic() + PORT_SECONDS
    for item in dataclass_fields(layout.ports):
        port = getattr(layout.ports, item.name)
        while not (free := _free(port)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not free:
            yield Missing(
                what=f"port {LOOPBACK}:{port}, for the lab's {item.name.replace('_', ' ')}, which is in use",
                remedy=f"see by whom with `ss -ltnp 'sport = :{port}'` and end that",
            )


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _other_cluster(layout: Layout) -> Iterator[Missing]:
    if not layout.run.exists() and packetfilter.present("KUBE-"):
        yield Missing(
            what="a packet filter without another cluster's rules (chains KUBE-* exist)",
            remedy="stop the other Kubernetes on this machine and run `kube-proxy --cleanup`, or name its context",
        )


def _addresses(layout: Layout) -> Iterator[Missing]:
    for link in host.routes():
        other = link.get("dev") != layout.network.bridge
        if other and link.get("dst", "").rpartition(".")[0] in ("10.199.0", "10.198.0"):
            yield Missing(
                what=f"the addresses {layout.network.pods} (a route to {link['dst']} by {link.get('dev')} is there)",
                remedy="take that route away while the lab runs",
            )
