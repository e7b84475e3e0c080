"""What a registry of images needs to be told, one kind of args for each kind of registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi


@dataclass(frozen=True, kw_only=True)
class HostRegistryArgs:
    """A registry that is there and asks for no account, such as the lab's: ``host`` with its port, ``repository`` in it."""

    host: str
    repository: str


@dataclass(frozen=True, kw_only=True)
class GhcrArgs:
    """GitHub's container registry: the package ``repository``, OWNER/NAME in small letters.

    ``images`` are those of the releases in the ledger, as references (``images_of``), for a workflow that deletes the others:
    GitHub has no retention rules, and its API cannot set a package's visibility. ``host`` differs on GitHub Enterprise Server.
    """

    repository: str
    images: pulumi.Input[Sequence[str]] = ()
    host: str = "ghcr.io"

    def __post_init__(self) -> None:
        if self.repository != self.repository.lower() or self.repository.count("/") < 1:
            raise ValueError(f"repository = {self.repository}: must be OWNER/NAME in small letters")


@dataclass(frozen=True, kw_only=True)
class EcrArgs:
    """Amazon's container registry: ``repository``, which is made unless it is ``existing``.

    ``images`` are those of the releases in the ledger, as references (``images_of``): they never expire. Other images expire
    ``unused_days`` after they were pushed, and those without a tag after ``untagged_days``. ``kms_key`` is the ARN of the key
    that encrypts; AWS's own for ECR where it is not said, and it cannot be changed later.
    """

    repository: str
    images: pulumi.Input[Sequence[str]]
    existing: bool = False
    untagged_days: int = 7
    unused_days: int = 90
    kms_key: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        for path in ("untagged_days", "unused_days"):
            if getattr(self, path) < 1:
                raise ValueError(f"{path} = {getattr(self, path)}: must be at least 1, or an image goes on the day of its push")
        if self.existing and self.kms_key is not None:
            raise ValueError("existing = True manages no encryption, but kms_key is said too; take one away")


def images_of(ledger: Mapping[str, Any]) -> list[str]:
    """The images of all releases in a ledger, as it stands in a stack's outputs. Pure."""
    return sorted({release["image"] for release in ledger.get("releases", {}).values()})
