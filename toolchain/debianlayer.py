"""A layer of an image out of Debian packages with all that they need: made once, kept in the cache, the same bytes every time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain import cache, closure, debian, layers
from toolchain.place import place


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """``tree`` makes the files of the packages' archives; ``left_out`` are packages by name that those named do not need here.

    ``number`` is another one when other contents are made of the same packages; ``remedy`` is for where there is no Debian.
    """

    name: str
    number: str
    packages: tuple[str, ...]
    tree: Callable[[Sequence[bytes]], layers.Tree]
    remedy: str
    left_out: re.Pattern[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """``path`` is a tar archive; ``packages`` are its package files; ``key`` changes when anything in it does."""

    path: Path
    packages: tuple[str, ...]
    key: str


def build(recipe: Recipe) -> Layer:
    """Makes the layer, or takes it from the cache; no package's script runs.

    Raises ToolError: no root or no Debian; or apt-get fails, also after it has updated its lists.
    """
    closure.require_apt(recipe.remedy)
    try:
        return _build(recipe)
    except ToolError:
        # The lists are not here, or name versions that the mirror no longer has.
        with progress.step("Debian packages: updating the lists"):
            debian.apt(["update"])
        return _build(recipe)


def key_of(number: str, packages: Sequence[str]) -> str:
    """The recipe's number, and a hash over names and versions."""
    return f"{number}-{hashlib.sha256(repr(sorted(packages)).encode()).hexdigest()[:12]}"


def _build(recipe: Recipe) -> Layer:
    every = closure.resolve(recipe.packages)
    packages = tuple(one for one in every if not (recipe.left_out and recipe.left_out.fullmatch(one.partition("_")[0])))
    key = key_of(recipe.number, packages)
    title = f"The layer of {recipe.name}"
    home = cache.root() / f"layer-{recipe.name}-{key}"
    if not home.is_dir():
        with progress.step(f"{title}: {len(packages)} Debian packages"):
            place(home, title, lambda result, scratch: _make(recipe, packages, result, scratch))
    return Layer(path=home / "layer.tar", packages=packages, key=key)


def _make(recipe: Recipe, packages: Sequence[str], result: Path, scratch: Path) -> None:
    closure.download(recipe.packages, scratch)
    tree = recipe.tree([closure.files(scratch / package) for package in packages])
    for package in packages:
        # Where scanners look for the packages of an image without dpkg's database.
        layers.put(tree, f"var/lib/dpkg/status.d/{package.partition('_')[0]}", closure.description(scratch / package))
    with (result / "layer.tar").open("wb") as file:
        layers.write(tree, file)
