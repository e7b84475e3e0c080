"""What an image for a service in Python stands on: the machine's own Python with what it needs, out of Debian packages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.errors import ToolError
from toolchain import debianlayer, layers
from toolchain.debianlayer import Recipe

RECIPE = "1"
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
    """Makes the layer, or takes it from the cache, as ``debianlayer.build`` does. About 10 s and 20 MB of download at first."""
    made = debianlayer.build(_PYTHON)
    return Base(layer=made.path, python=python_of(made.packages), key=made.key)


def python_of(packages: Sequence[str]) -> str:
    """The version, such as 3.11, of the Python among the packages."""
    found = [match[1] for name in packages if (match := re.match(r"python3_(\d+\.\d+)", name))]
    if len(found) != 1:
        raise ToolError(f"The package lists of this machine lead to no Python: {', '.join(packages) or 'nothing'}.")
    return found[0]


def tree_of(archives: Sequence[bytes], *users: tuple[str, int]) -> layers.Tree:
    """The packages' files, and the few that their scripts would have made; with ``users`` by name and number besides."""
    tree = layers.merge(archives)
    lines = b"".join(f"{name}:x:{number}:0::/nonexistent:/bin/sh\n".encode() for name, number in users)
    layers.put(tree, "etc/passwd", USERS + lines)
    layers.put(tree, "etc/group", GROUPS)
    layers.put(tree, "etc/nsswitch.conf", NAMES)
    layers.put_folder(tree, "tmp", 0o1777)
    trusted = [tree[path][1].rstrip() for path in sorted(tree) if re.match(r"usr/share/ca-certificates/.*\.crt$", path)]
    layers.put(tree, _CERTIFICATES, b"".join(certificate + b"\n" for certificate in trusted))
    layers.put_link(tree, "usr/lib/ssl/cert.pem", f"/{_CERTIFICATES}")
    return tree


_PYTHON = Recipe(
    name="python",
    number=RECIPE,
    packages=("python3", "ca-certificates", "tzdata", "base-files", "netbase"),
    tree=tree_of,
    remedy="name another image with Python in BASE_IMAGE",
)
