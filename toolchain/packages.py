"""The lab's parts that come as Debian packages. Data only, like the table of tools."""

from __future__ import annotations

from toolchain.model import Package

PACKAGES: tuple[Package, ...] = (
    Package(name="etcd-server", binaries=("etcd",)),
    Package(name="containerd", binaries=("containerd", "containerd-shim-runc-v2", "ctr")),
    Package(name="runc", binaries=("runc",)),
    Package(
        name="containernetworking-plugins",
        binaries=("bridge", "host-local", "loopback", "portmap"),
        folders=("/usr/lib/cni", "/opt/cni/bin"),
    ),
    Package(name="docker-registry", binaries=("docker-registry",)),
    Package(name="conntrack", binaries=("conntrack",)),
    Package(name="ipset", binaries=("ipset",)),
    Package(name="socat", binaries=("socat",)),
    Package(name="ethtool", binaries=("ethtool",)),
    Package(name="iproute2", binaries=("ip",)),
    Package(name="iptables", binaries=("iptables", "iptables-save", "iptables-restore")),
    Package(name="busybox-static", binaries=("busybox",), static=True),
)
