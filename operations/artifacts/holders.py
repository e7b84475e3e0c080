"""Which images the stacks hold. A stack that cannot be read is named, and never taken for one that holds nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from infra.errors import LockgateError, ReleaseError
from operations import state
from operations.artifacts.model import BACK, LIVE, WANTED, Hold
from operations.images import Image, split
from operations.project import NAME, STACKS, Project
from operations.pulumi_cli import Pulumi

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class Holders:
    """``held`` is by digest, in whatever repository. ``images`` are those of the ledgers, by name. ``unreadable`` says by stack
    why nobody knows what it holds."""

    held: Mapping[str, tuple[Hold, ...]] = field(default_factory=dict)
    images: frozenset[Image] = frozenset()
    unreadable: Mapping[str, str] = field(default_factory=dict)

    def demand(self) -> None:
        """Raises ``ReleaseError`` where a stack cannot be read."""
        if self.unreadable:
            reasons = "\n".join(f"  - {reason}" for reason in self.unreadable.values())
            raise ReleaseError(f"nothing was deleted, since nobody knows what all the stacks can go back to:\n{reasons}")


def order(project: Project) -> list[str]:
    """The stacks in the order in which a release goes through them: github.stacks of the one that manages the repository."""
    manager = next((stack for stack in files(project) if project.setting(stack, "github.manages") == "repository"), "")
    return [name for name in str(project.setting(manager, "github.stacks") or ",".join(STACKS)).split(",") if name]


def files(project: Project) -> list[str]:
    """The stacks that have a file."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in project.root.glob("Pulumi.*.yaml"))


def read(pulumi: Pulumi) -> Holders:
    """What every stack holds: those of the backend, those with a file, and those that a release goes through."""
    project = pulumi.project
    listed = json.loads(pulumi.run("stack", "ls", "--json", "--project", NAME))
    backend = [str(item["name"]).rsplit("/", 1)[-1] for item in listed]
    held: dict[str, dict[str, str]] = {}
    known: set[Image] = set()
    unreadable: dict[str, str] = {}
    for stack in dict.fromkeys([*order(project), *files(project), *backend]):
        try:
            for image, why in _of(pulumi, stack):
                known.add(image)
                held.setdefault(image.digest, {}).setdefault(stack, why)
        except LockgateError as error:
            unreadable[stack] = str(error)
    holds = {digest: tuple(Hold(stack=name, why=why) for name, why in stacks.items()) for digest, stacks in held.items()}
    return Holders(held=holds, images=frozenset(known), unreadable=unreadable)


def _of(pulumi: Pulumi, stack: str) -> Iterator[tuple[Image, str]]:
    """Images and why they are held, the most important first. Whatever else in the state or the config looks like a digest is
    held too, such as the image of a Deployment whose release failed; its name is left out."""
    deployment = pulumi.export(stack)
    ledger = state.of(deployment).ledger
    if ledger.live_release:
        yield split(ledger.live_release.image), LIVE
    yield from ((split(release.image), BACK) for release in ledger.releases.values())
    for text in (json.dumps(deployment), str(pulumi.project.setting(stack, "image") or "")):
        yield from ((Image(repository="", tag="", digest=digest), WANTED) for digest in DIGEST.findall(text))
