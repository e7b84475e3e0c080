"""Finds, downloads or builds every pinned tool that Lockgate and its lab run."""

from toolchain.base import build_base
from toolchain.cache import root as cache_root
from toolchain.debian import debian_packages, ensure_packages, install_packages
from toolchain.model import Found
from toolchain.monitoring import ensure_monitoring
from toolchain.obtain import build_podinfo, ensure, find, path_dirs
from toolchain.table import LAB, ON_DEMAND, PULUMI

__all__ = [
    "LAB",
    "ON_DEMAND",
    "PULUMI",
    "Found",
    "build_base",
    "build_podinfo",
    "cache_root",
    "debian_packages",
    "ensure",
    "ensure_monitoring",
    "ensure_packages",
    "find",
    "install_packages",
    "path_dirs",
]
