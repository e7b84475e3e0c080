"""Rules on images: where they come from, and whether they stay what they were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.plan import Change
from policy.examples import DIGEST, IMAGE, deployment
from policy.model import Case, Context, Hit, Rule
from policy.pods import pods
from policy.values import is_hidden

SMOKE = "lockgate:index:SmokeTest"
DOCKER_HUB = "docker.io"
OF_OWNERS = "ghcr.io"
"""The registry whose first path is the owner on GitHub."""

_SHARED = """
docker.io index.docker.io registry-1.docker.io registry.hub.docker.com ghcr.io docker.pkg.github.com registry.gitlab.com
quay.io gcr.io eu.gcr.io us.gcr.io asia.gcr.io mirror.gcr.io registry.k8s.io k8s.gcr.io public.ecr.aws mcr.microsoft.com
nvcr.io cgr.dev lscr.io docker.elastic.co registry.access.redhat.com registry.redhat.io container-registry.oracle.com
"""
PUBLIC = frozenset(_SHARED.split())
"""Registries that hold images of anybody; one's own part of them is that of the setting registryUrl."""

BY_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
LOOPBACK = re.compile(r"^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?/")


def images(case: Case) -> Iterator[tuple[Change, str, Any]]:
    """Every image that the stack makes a cluster run: its resource, its path, its reference."""
    for pod in pods(case):
        for path, container in pod.containers():
            if "image" in container:
                yield pod.change, f"{path}.image", container["image"]
    for change, new in case.wanted(SMOKE):
        yield change, "image", new.get("image")


def registry_of(reference: str) -> str:
    """The registry's host, Docker Hub where the reference names none."""
    host, slash, _ = reference.partition("/")
    return host.lower() if slash and (host == "localhost" or {".", ":"} & set(host)) else DOCKER_HUB


def _public(case: Case) -> Iterator[Hit]:
    for change, path, image in images(case):
        if is_hidden(image):
            yield _unsure(change, path)
        elif isinstance(image, str) and registry_of(image) in PUBLIC and not _own(image, case.context):
            yield _foreign(change, path, image, case.context)


def _own(image: str, context: Context) -> bool:
    """Whether it lies below the setting registryUrl; a registry that others share counts only with one's part of it."""
    prefix = context.registry.lower()
    if prefix == OF_OWNERS and context.owner:
        prefix = f"{OF_OWNERS}/{context.owner.lower()}"
    return bool(prefix) and prefix not in PUBLIC and image.startswith(f"{prefix}/")


def _foreign(change: Change, path: str, image: str, context: Context) -> Hit:
    host = registry_of(image)
    if context.registry.lower() == host:
        return Hit(
            change=change,
            message=f"{path} = {image}: cannot tell whether it is yours, since registryUrl ({host}) is shared with everybody",
            remedy=f"set registryUrl to your part of it, as in {host}/NAME",
            milder=True,
        )
    return Hit(
        change=change,
        message=f"{path} = {image}: comes from the public registry {host}",
        remedy="copy it into a registry of yours, or set registryUrl to the part of it that is yours",
    )


def _movable(case: Case) -> Iterator[Hit]:
    for change, path, image in images(case):
        if change.type == SMOKE and isinstance(image, str) and LOOPBACK.match(image):
            continue  # nobody else can move a tag of this machine's own registry
        if isinstance(image, str) and not is_hidden(image) and not BY_DIGEST.search(image):
            yield Hit(
                change=change,
                message=f"{path} = {image}: is no digest, so that what runs can change without a release",
                remedy="name it as REPOSITORY[:TAG]@sha256:DIGEST; `crane digest` tells the digest",
                milder=change.type == SMOKE,
            )


def _unsure(change: Change, path: str) -> Hit:
    return Hit(
        change=change,
        message=f"{path}: cannot tell where it comes from, since a preview does not show it",
        remedy="read it in the update's output, or give it as a setting",
        milder=True,
    )


RULES = (
    Rule(
        name="public-registry",
        severity="deny",
        why="An image in a registry that others own can be changed, deleted or rate-limited by them, in the middle of a release.",
        check=_public,
        good=deployment(container={"image": IMAGE}),
        bad=deployment(container={"image": f"nginx:1.29.1@{DIGEST}"}),
    ),
    Rule(
        name="image-by-digest",
        severity="deny",
        why="A tag can be moved: a release that names one cannot be repeated, and going back may bring something else.",
        check=_movable,
        good=deployment(container={"image": IMAGE}),
        bad=deployment(container={"image": "registry.example.com/web:latest"}),
    ),
)
