"""Finds, downloads or builds every pinned tool that Lockgate and its lab run."""

from toolchain.base import build_base
from toolchain.cache import root as cache_root
from toolchain.debian import debian_packages, ensure_packages, install_packages
from toolchain.model import Found
from toolchain.obtain import build_podinfo, ensure, find, path_dirs
from toolchain.table import LAB, PULUMI

__all__ = [
    "LAB",
    "PULUMI",
    "Found",
    "build_base",
    "build_podinfo",
    "cache_root",
    "debian_packages",
    "ensure",
    "ensure_packages",
    "find",
    "install_packages",
    "path_dirs",
]
