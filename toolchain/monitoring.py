"""Prometheus and Alertmanager with their tools, out of Debian packages, unpacked into the cache: nothing is installed, no
service is started. Only tests, pictures and the lab's images want them."""

from __future__ import annotations

import io
import re
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain import base, cache, closure, debian, debianlayer
from toolchain.debianlayer import Layer, Recipe
from toolchain.place import place

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "prometheus": ("prometheus", "promtool"),
    "prometheus-alertmanager": ("prometheus-alertmanager", "amtool"),
}
"""The binaries of each package."""

RECIPE = "1"
"""Another one when other images are made of the same packages."""
_ELSEWHERE = "name images of yours in monitoring.prometheusImage and monitoring.alertmanagerImage"
_OF_NO_USE = re.compile(
    r"adduser|debconf|dpkg|passwd|perl.*|.*-perl|tar|usrmerge|mawk|openssl|init-system-helpers|fonts-.*|javascript-common"
    r"|lib(acl|audit|bz2|cap-ng|crypt|db5|gdbm|lzma|md0|pam|pcre2|perl|selinux|semanage|sepol|ssl|zstd).*|liblzma5|zlib1g"
)
"""What only the packages' scripts want; the programs need libc alone."""


def ensure_monitoring() -> Mapping[str, Path]:
    """The binaries by their names, all of Debian's version. Downloads 50 MB the first time.

    Raises ToolError: no root or no Debian; or apt-get fails, also after it has updated its lists.
    """
    if shutil.which("apt-get") is None:
        raise ToolError(
            "Prometheus and Alertmanager come from Debian packages, but apt-get is not here; run this on Debian or Ubuntu."
        )
    try:
        homes = [_unpacked(package) for package in PACKAGES]
    except ToolError:
        with progress.step("Debian packages: updating the lists"):
            debian.apt(["update"])
        homes = [_unpacked(package) for package in PACKAGES]
    return {name: home / name for home, names in zip(homes, PACKAGES.values(), strict=True) for name in names}


def _unpacked(package: str) -> Path:
    file = next((name for name in closure.resolve([package]) if name.startswith(f"{package}_")), None)
    if file is None:
        raise ToolError(f"The package lists of this machine lead to no {package}.")
    title, home = f"Debian's {package}", cache.root() / re.sub(r"\.deb$", "", file).replace("%3a", "-")
    if not home.is_dir():
        with progress.step(title):
            place(home, title, lambda result, scratch: _unpack(package, file, result, scratch))
    return home


def _unpack(package: str, file: str, result: Path, scratch: Path) -> None:
    closure.download([package], scratch)
    with tarfile.open(fileobj=io.BytesIO(closure.files(scratch / file))) as archive:
        for name in PACKAGES[package]:
            with archive.extractfile(f"./usr/bin/{name}") as source, (result / name).open("wb") as target:  # type: ignore[union-attr]
                shutil.copyfileobj(source, target)
            (result / name).chmod(0o755)


def build_prometheus() -> Layer:
    """Debian's Prometheus with its graph page, as a layer. About 35 MB of download at first."""
    return debianlayer.build(_recipe("prometheus"))


def build_alertmanager() -> Layer:
    """Debian's Alertmanager, which has no page, as a layer. About 20 MB of download at first."""
    return debianlayer.build(_recipe("prometheus-alertmanager"))


def _recipe(package: str) -> Recipe:
    packages = (package, "base-files", "netbase", "tzdata", "ca-certificates")
    return Recipe(name=package, number=RECIPE, packages=packages, tree=base.tree_of, remedy=_ELSEWHERE, left_out=_OF_NO_USE)
