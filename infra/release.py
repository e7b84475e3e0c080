"""A release: an immutable bundle that a slot runs. Two releases with the same content have the same id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from infra.errors import StateError
from infra.plain import content_hash, plain

LABEL_LENGTH = 63


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is deployed together and goes back together.

    ``image`` is a reference by digest. ``config`` is the content of the release's ConfigMap (environment variables).
    ``secret`` names the release's Secret by its content, or is empty: the values are never part of a release.
    ``revision`` is the source revision, or empty. ``pod`` is the pod's spec as it was rendered when the release was
    made, so that a later change of the settings makes another release instead of touching a running one.
    """

    version: str
    image: str
    config: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    revision: str = ""
    pod: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """``<version>-<hash of the content>``; a valid label value (Kubernetes allows 63 characters)."""
        digest = content_hash(asdict(self))
        readable = re.sub(r"[^A-Za-z0-9._-]+", "-", self.version).strip("-._")[: LABEL_LENGTH - len(digest) - 1]
        return f"{readable}-{digest}" if readable else digest

    def same_content(self, other: Release) -> bool:
        """Whether both release the same image, version and config, in whatever pod."""
        keys = ("version", "image", "config", "secret", "revision")
        return all(plain(getattr(self, key)) == plain(getattr(other, key)) for key in keys)

    def to_dict(self) -> dict[str, Any]:
        """As it stands in the ledger."""
        return {"id": self.id, **asdict(self)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Release:
        """Reads what ``to_dict`` wrote. Raises ``StateError`` where a field is missing or the content does not fit the id."""
        values = plain(data)
        try:
            release = cls(
                version=values["version"],
                image=values["image"],
                config=values.get("config") or {},
                secret=values.get("secret") or "",
                revision=values.get("revision") or "",
                pod=values.get("pod") or {},
            )
        except (KeyError, TypeError) as error:
            raise StateError(f"ledger.releases: a release lacks {error}; restore the stack's state from a backup") from error
        if values.get("id") != release.id:
            raise StateError(
                f"ledger.releases: release {values.get('id')} has the content of {release.id}: a release is immutable; "
                "restore the stack's state from a backup"
            )
        return release
