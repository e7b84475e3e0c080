"""Debian packages with everything that they need, got as on a machine that has nothing: what an image is made of."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra.errors import ToolError
from toolchain import debian

_CONFIG = """
Dir::State::status "{folder}/status";
Dir::Cache::archives "{folder}";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Sandbox::User "root";
"""
_INSTALL = ("install", "-y", "-qq", "--no-install-recommends")


def require_apt(remedy: str) -> None:
    """Raises ToolError where packages cannot be got; ``remedy`` is what else to do."""
    lacking = [program for program in ("apt-get", "dpkg-deb") if shutil.which(program) is None]
    if lacking or os.geteuid() != 0:
        reason = f"{' and '.join(lacking)} is not here" if lacking else "this is not root"
        raise ToolError(
            f"This image is made from Debian packages, by root, on Debian or Ubuntu; {reason}. Run it there, or {remedy}."
        )


def resolve(names: Sequence[str]) -> tuple[str, ...]:
    """The package files of ``names`` and of all that they need, sorted, each as ``NAME_VERSION_ARCHITECTURE.deb``.

    Raises ToolError: the machine's package lists do not have them; ``apt-get update`` may help.
    """
    with tempfile.TemporaryDirectory() as folder:
        said = debian.apt([*_INSTALL, "--print-uris", *names], _nothing_installed(Path(folder)))
    return tuple(sorted(re.findall(r"^'\S+' (\S+\.deb) ", said, re.MULTILINE)))


def download(names: Sequence[str], folder: Path) -> None:
    """Puts the files that ``resolve`` names into ``folder``, checked against the machine's signed package lists."""
    debian.apt([*_INSTALL, "--download-only", *names], _nothing_installed(folder))


def files(package: Path) -> bytes:
    """What the package installs, as a tar archive."""
    return _dpkg_deb("--fsys-tarfile", package)


def description(package: Path) -> bytes:
    """The package's control file."""
    return _dpkg_deb("--field", package)


def _nothing_installed(folder: Path) -> Path:
    """A configuration of apt with the machine's own sources, for which no package is installed and all go to ``folder``."""
    (folder / "partial").mkdir(exist_ok=True)
    (folder / "status").touch()
    config = folder / "apt.conf"
    config.write_text(_CONFIG.format(folder=folder))
    return config


def _dpkg_deb(option: str, package: Path) -> bytes:
    done = subprocess.run(["dpkg-deb", option, str(package)], capture_output=True, check=False)
    if done.returncode:
        raise ToolError(f"`dpkg-deb {option} {package.name}` ended with {done.returncode}: {done.stderr.decode().strip()}.")
    return done.stdout
