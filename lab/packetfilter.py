"""The lab's own iptables rules, and the removal of all that it and its Kubernetes components added."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lab import host
from lab.layout import Layout

OWN = re.compile(r"^(LOCKGATE|KUBE)-")
FAMILIES = ("iptables", "ip6tables")
TABLES = ("nat", "filter", "mangle")


def rules(layout: Layout) -> dict[tuple[str, str, str], list[str]]:
    """(table, the lab's chain, the built-in chain that jumps to it) -> what the chain holds."""
    network = layout.network
    return {
        ("nat", "LOCKGATE-POSTROUTING", "POSTROUTING"): [
            f"-s {network.pods} ! -d {network.pods} ! -o {network.bridge} -j MASQUERADE"
        ],
        ("filter", "LOCKGATE-INPUT", "INPUT"): [
            f"-d {network.gateway}/32 -i {network.bridge} -p tcp -m tcp --dport {layout.ports.kubelet} -j DROP",
            f"-i {network.bridge} -j RETURN",
            "-i lo -j RETURN",
            f"-d {network.gateway}/32 -j DROP",
        ],
        ("filter", "LOCKGATE-FORWARD", "FORWARD"): [
            f"-i {network.bridge} -j ACCEPT",
            f"-o {network.bridge} -j ACCEPT",
        ],
    }


def up(layout: Layout) -> None:
    """Adds what is missing of the lab's own rules."""
    for (table, chain, parent), wanted in rules(layout).items():
        if not _filled(table, chain, wanted):
            lines = [f"*{table}", f":{chain} - [0:0]", *(f"-A {chain} {rule}" for rule in wanted), "COMMIT", ""]
            host.run("iptables-restore", "-w", "--noflush", given="\n".join(lines))
        if not _reached(table, chain, parent):
            host.run("iptables", "-w", "-t", table, "-I", parent, "-j", chain)


def complete(layout: Layout) -> bool:
    """Whether all of the lab's own rules are in place."""
    return all(
        _filled(table, chain, wanted) and _reached(table, chain, parent)
        for (table, chain, parent), wanted in rules(layout).items()
    )


def _filled(table: str, chain: str, wanted: list[str]) -> bool:
    have = host.attempt("iptables", "-w", "-t", table, "-S", chain).stdout.splitlines()[1:]
    return have == [f"-A {chain} {rule}" for rule in wanted]


def _reached(table: str, chain: str, parent: str) -> bool:
    return host.attempt("iptables", "-w", "-t", table, "-C", parent, "-j", chain).returncode == 0


def present(prefix: str) -> bool:
    """Whether a chain of this prefix exists, of either family."""
    return any(f":{prefix}" in host.attempt(f"{family}-save").stdout for family in FAMILIES)


def down() -> None:
    """Removes the lab's, kube-proxy's and the kubelet's chains, and the rules that jump to them."""
    for family in FAMILIES:
        for table in TABLES:
            saved = host.attempt(f"{family}-save", "-t", table).stdout.splitlines()
            removal = _removal(saved)
            if removal:
                lines = [f"*{table}", *removal, "COMMIT", ""]
                host.run(f"{family}-restore", "-w", "--noflush", given="\n".join(lines))


def _removal(saved: Iterable[str]) -> list[str]:
    """``iptables-restore`` lines that undo the lab's part of ``iptables-save`` output of one table."""
    lines = list(saved)
    chains = [line[1:].split()[0] for line in lines if line.startswith(":") and OWN.match(line[1:])]
    jumps = [line for line in lines if line.startswith("-A ") and not OWN.match(line[3:])]
    jumps = [line for line in jumps if any(f"-j {chain}" in line for chain in chains)]
    deletions = [f"-D {line[3:]}" for line in jumps]
    return deletions + [f"-F {chain}" for chain in chains] + [f"-X {chain}" for chain in chains]
