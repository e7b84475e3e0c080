"""What an image for a service in Python stands on: the machine's own Python with what it needs, out of Debian packages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain import cache, closure, debian, layers
from toolchain.place import place

PACKAGES = ("python3", "ca-certificates", "tzdata", "base-files", "netbase")
RECIPE = "1"
"""Another one when other contents are made of the same packages."""
USERS = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
GROUPS = b"root:x:0:\nnobody:x:65534:\n"
NAMES = b"passwd: files\ngroup: files\nhosts: files dns\n"
_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True, kw_only=True)
class Base:
    """``layer`` is a tar archive; ``python`` its Python's version, such as 3.11; ``key`` changes when anything in it does."""

    layer: Path
    python: str
    key: str


def build_base() -> Base:
    """Makes the layer, or takes it from the cache; no package's script runs. About 10 s and 20 MB of download the first time.

    Raises ToolError: no root or no Debian; or apt-get fails, also after it has updated its lists.
    """
    closure.require_apt()
    try:
        return _build()
    except ToolError:
        # The lists are not here, or name versions that the mirror no longer has.
        with progress.step("Debian packages: updating the lists"):
            debian.apt(["update"])
        return _build()


def key_of(packages: Sequence[str]) -> str:
    """``RECIPE``, and a hash over names and versions."""
    return f"{RECIPE}-{hashlib.sha256(repr(sorted(packages)).encode()).hexdigest()[:12]}"


def python_of(packages: Sequence[str]) -> str:
    """The version, such as 3.11, of the Python among the packages."""
    found = [match[1] for name in packages if (match := re.match(r"python3_(\d+\.\d+)", name))]
    if len(found) != 1:
        raise ToolError(f"The package lists of this machine lead to no Python: {', '.join(packages) or 'nothing'}.")
    return found[0]


def tree_of(archives: Sequence[bytes]) -> layers.Tree:
    """The packages' files, and the few that their scripts would have made."""
    tree = layers.merge(archives)
    layers.put(tree, "etc/passwd", USERS)
    layers.put(tree, "etc/group", GROUPS)
    layers.put(tree, "etc/nsswitch.conf", NAMES)
    layers.put_folder(tree, "tmp", 0o1777)
    trusted = [tree[path][1].rstrip() for path in sorted(tree) if re.match(r"usr/share/ca-certificates/.*\.crt$", path)]
    layers.put(tree, _CERTIFICATES, b"".join(certificate + b"\n" for certificate in trusted))
    layers.put_link(tree, "usr/lib/ssl/cert.pem", f"/{_CERTIFICATES}")
    return tree


def _build() -> Base:
    packages = closure.resolve(PACKAGES)
    python, key = python_of(packages), key_of(packages)
    title = f"The base image's layer, Python {python}"
    home = cache.root() / f"base-python-{python}-{key}"
    if not home.is_dir():
        with progress.step(f"{title}: {len(packages)} Debian packages"):
            place(home, title, lambda result, scratch: _make(packages, result, scratch))
    return Base(layer=home / "layer.tar", python=python, key=key)


def _make(packages: Sequence[str], result: Path, scratch: Path) -> None:
    closure.download(PACKAGES, scratch)
    tree = tree_of([closure.files(scratch / package) for package in packages])
    for package in packages:
        # Where scanners look for the packages of an image without dpkg's database.
        layers.put(tree, f"var/lib/dpkg/status.d/{package.partition('_')[0]}", closure.description(scratch / package))
    with (result / "layer.tar").open("wb") as file:
        layers.write(tree, file)
