"""The image that a service's Dockerfile begins with (``ARG BASE``): this machine's Python, out of its Debian packages."""

from __future__ import annotations

import re
from dataclasses import dataclass

import toolchain
from infra.progress import step
from lab import images
from lab.layout import Layout, default
from lab.samples import require_registry
from toolchain import base

REPOSITORY = "base/python"


@dataclass(frozen=True, kw_only=True)
class BaseImage:
    """``reference`` is by digest, ``python`` the MAJOR.MINOR of the Python in it."""

    reference: str
    python: str


def ensure_base_image() -> BaseImage:
    """Puts the base image into the running lab's registry, as ``base/python:3.11`` where that is its Python, unless it is there.

    Raises LabError: the registry does not answer; ToolError: the image cannot be made here.
    """
    return ensure(default())


def ensure(layout: Layout) -> BaseImage:
    """The same in the registry of ``layout``. One that is there stays, whatever newer packages there are."""
    require_registry(layout)
    python, digest = _there(layout) or _made(layout)
    return BaseImage(reference=f"{layout.registry_host}/{REPOSITORY}@{digest}", python=python)


def _there(layout: Layout) -> tuple[str, str] | None:
    """The newest Python and the digest of its image, where that is made as today's are."""
    listed = images.get(layout, f"{REPOSITORY}/tags/list")
    tags = [tag for tag in (listed.json()["tags"] or [] if listed else []) if re.fullmatch(r"\d+\.\d+", tag)]
    if not tags:
        return None
    newest = max(tags, key=lambda tag: [int(part) for part in tag.split(".")])
    found = images.pushed(layout, f"{REPOSITORY}:{newest}")
    return (newest, found.digest) if found and (found.key or "").startswith(f"{base.RECIPE}-") else None


def _made(layout: Layout) -> tuple[str, str]:
    made = toolchain.build_base()
    crane = toolchain.ensure(["crane"])["crane"]
    with step(f"The base image of Python {made.python}"):
        digest = images.push(
            layout, crane, f"{REPOSITORY}:{made.python}", [made.layer], made.key,
            "--env", "PATH=/usr/local/bin:/usr/bin:/bin", "--env", "LANG=C.UTF-8", "--cmd", "python3",
        )  # fmt: skip
    return made.python, digest
