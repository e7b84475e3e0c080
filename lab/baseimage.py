"""The image that a service's Dockerfile begins with (``ARG BASE``): this machine's Python, out of its Debian packages."""

from __future__ import annotations

import re

import toolchain
from infra.progress import step
from lab import images
from lab.layout import Layout, default
from lab.samples import require_registry
from toolchain import base

REPOSITORY = "base/python"


def ensure_base_image() -> str:
    """Puts the base image into the running lab's registry, as ``base/python:3.11`` where that is its Python, unless it is there.

    Returns the reference by digest. Raises LabError: the registry does not answer; ToolError: the image cannot be made here.
    """
    return ensure(default())


def ensure(layout: Layout) -> str:
    """The same in the registry of ``layout``. One that is there stays, whatever newer packages there are."""
    require_registry(layout)
    digest = _there(layout) or _made(layout)
    return f"{layout.registry_host}/{REPOSITORY}@{digest}"


def _there(layout: Layout) -> str | None:
    """The digest of the newest Python's image, where it is made as today's are."""
    listed = images.get(layout, f"{REPOSITORY}/tags/list")
    tags = [tag for tag in (listed.json()["tags"] or [] if listed else []) if re.fullmatch(r"\d+\.\d+", tag)]
    if not tags:
        return None
    newest = max(tags, key=lambda tag: [int(part) for part in tag.split(".")])
    found = images.pushed(layout, f"{REPOSITORY}:{newest}")
    return found.digest if found and (found.key or "").startswith(f"{base.RECIPE}-") else None


def _made(layout: Layout) -> str:
    made = toolchain.build_base()
    crane = toolchain.ensure(["crane"])["crane"]
    with step(f"The base image of Python {made.python}"):
        return images.push(
            layout, crane, f"{REPOSITORY}:{made.python}", made.layer, made.key,
            "--env", "PATH=/usr/local/bin:/usr/bin:/bin", "--env", "LANG=C.UTF-8", "--cmd", "python3",
        )  # fmt: skip
