"""What the image of the metrics exporter is made of beside Python: the packages that it needs, as locked, and its source."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from infra.errors import ToolError
from infra.progress import step
from toolchain import cache, layers
from toolchain.debianlayer import Layer
from toolchain.place import place

ROOT = Path(__file__).parents[1]
RECIPE = "1"
LOCK = ROOT / "history" / "requirements.lock"
"""What ``lockgate exporter`` imports, with versions and hashes."""
SOURCES = ("infra", "history", "operations")
PROGRAM = b"#!/usr/bin/python3\nimport sys\n\nfrom operations.cli import main\n\nsys.exit(main())\n"


def build_packages(python: str) -> Layer:
    """The locked packages for a Python such as 3.11, as a layer. Some 15 MB of download the first time.

    Raises ToolError: the lock file is not here, or pip cannot get what it names.
    """
    if not LOCK.is_file():
        raise ToolError(f"The exporter's image needs {LOCK.name} of a checkout of Lockgate; make the image there.")
    key = f"{RECIPE}-{python}-{_digest([LOCK.read_bytes()])}"
    home, title = cache.root() / f"layer-exporter-{key}", "The exporter's packages"
    return Layer(
        path=place(home, title, lambda result, scratch: _install(python, result, scratch)) / "layer.tar",
        packages=(),
        key=key,
    )


def build_source(folder: Path, python: str) -> Layer:
    """Lockgate's own code that the exporter is, as a layer in ``folder``."""
    tree: layers.Tree = {}
    for path in _sources():
        layers.put(tree, f"{_site(python)}/{path.relative_to(ROOT)}", path.read_bytes())
    layers.put(tree, "usr/local/bin/lockgate", PROGRAM, 0o755)
    with (folder / "source.tar").open("wb") as file:
        layers.write(tree, file)
    return Layer(path=folder / "source.tar", packages=(), key=source_key())


def source_key() -> str:
    """Another one when any of the code is."""
    return _digest(part for path in _sources() for part in (str(path.relative_to(ROOT)).encode(), path.read_bytes()))


def _install(python: str, result: Path, scratch: Path) -> None:
    target = scratch / "site"
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile",
        "--require-hashes", "--only-binary=:all:", f"--python-version={python}", f"--target={target}", f"--requirement={LOCK}",
    ]  # fmt: skip
    with step("The exporter's packages"):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolError(f"pip cannot get the exporter's packages: {done.stderr.strip()[-500:]}.")
    tree: layers.Tree = {}
    for path in sorted(target.rglob("*")):
        if path.is_file():
            layers.put(tree, f"{_site(python)}/{path.relative_to(target)}", path.read_bytes())
    with (result / "layer.tar").open("wb") as file:
        layers.write(tree, file)


def _site(python: str) -> str:
    return f"usr/local/lib/python{python}/dist-packages"


def _sources() -> Iterator[Path]:
    return (path for package in SOURCES for path in sorted((ROOT / package).rglob("*.py")))


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]
