"""The lab's bridge, its packet filter rules and the kernel settings that it needs; all of it can be undone."""

from __future__ import annotations

import json
from pathlib import Path

from lab import host, packetfilter
from lab.layout import Layout
from lab.pki import write_private
from lab.processes import boot_id

SETTINGS = {
    "net.ipv4.ip_forward": "1",
    "net.ipv4.conf.all.route_localnet": "1",
    "net.bridge.bridge-nf-call-iptables": "1",
}
AT_LEAST = {"vm.max_map_count": 524288}
"""What SonarQube's search engine asks of the machine; more stays."""
CHANGED_BY_OTHERS = (
    "net.bridge.bridge-nf-call-ip6tables",
    "net.ipv6.conf.all.forwarding",
    "net.netfilter.nf_conntrack_tcp_be_liberal",
    "vm.overcommit_memory",
    "vm.panic_on_oom",
    "kernel.panic",
    "kernel.panic_on_oops",
    "kernel.keys.root_maxkeys",
    "kernel.keys.root_maxbytes",
)


def _setting(name: str) -> Path:
    return Path("/proc/sys") / name.replace(".", "/")


def _forwarding() -> list[Path]:
    """Each interface's own switch: writing ``ip_forward`` changes them all."""
    return sorted(Path("/proc/sys/net/ipv4/conf").glob("*/forwarding"))


def _saved(layout: Layout) -> Path:
    return layout.run / "kernel-settings.json"


def up(layout: Layout) -> None:
    """Makes what is missing; what is there already is left as it is."""
    host.attempt("modprobe", "-a", "br_netfilter", "overlay")
    _remember(layout)
    _tune()
    network = layout.network
    if not host.links(network.bridge):
        host.run("ip", "link", "add", network.bridge, "type", "bridge")
    host.run("ip", "address", "replace", f"{network.gateway}/{network.prefix}", "dev", network.bridge)
    host.run("ip", "link", "set", network.bridge, "up")
    packetfilter.up(layout)


def _tune() -> None:
    for name, value in SETTINGS.items():
        path = _setting(name)
        if path.exists() and path.read_text().strip() != value:
            path.write_text(value)
    for name, least in AT_LEAST.items():
        if _setting(name).exists() and int(_setting(name).read_text()) < least:
            _setting(name).write_text(str(least))


def _remember(layout: Layout) -> None:
    if _saved(layout).exists():
        return
    paths = [*map(_setting, (*SETTINGS, *AT_LEAST, *CHANGED_BY_OTHERS)), *_forwarding()]
    values = {str(path): path.read_text().strip() for path in paths if path.exists()}
    write_private(_saved(layout), json.dumps({"boot": boot_id(), "values": values}).encode())


def down(layout: Layout) -> None:
    """Removes the bridge with everything on it, the rules, and puts the kernel settings back."""
    for link in host.links("master", layout.network.bridge):
        host.attempt("ip", "link", "delete", link["ifname"])
    host.attempt("ip", "link", "delete", layout.network.bridge)
    packetfilter.down()
    _restore(layout)


def _restore(layout: Layout) -> None:
    try:
        saved = json.loads(_saved(layout).read_text())
    except (FileNotFoundError, ValueError):
        return
    if saved["boot"] == boot_id():
        for name, value in saved["values"].items():
            path = Path(name)
            if path.exists() and path.read_text().strip() != value:
                path.write_text(value)
    _saved(layout).unlink()
