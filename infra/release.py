"""A release: an immutable bundle that a slot runs. Two releases with the same content have the same id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from infra.errors import StateError
from infra.plain import content_hash, plain

LABEL_LENGTH = 63
CONTENT = ("version", "image", "config", "secret", "revision")


@dataclass(frozen=True, kw_only=True)
class Release:
    """What is deployed together and goes back together. Made by ``Release.of``.

    ``image`` is a reference by digest. ``config`` is the content of the release's ConfigMap (environment variables).
    ``secret`` names the release's Secret by its content, or is empty: the values are never part of a release.
    ``revision`` is the source revision, or empty. ``pod`` is the pod's spec as it was rendered when the release was
    made, so that a later change of the settings makes another release instead of touching a running one; it is empty
    where a ledger is read from a stack's outputs, which leave it out.
    """

    id: str
    version: str
    image: str
    config: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""
    revision: str = ""
    pod: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        version: str,
        image: str,
        pod: Mapping[str, Any],
        config: Mapping[str, str] | None = None,
        secret: str = "",
        revision: str = "",
    ) -> Release:
        """The release with this content; its id is ``<version>-<hash>``, a valid label value of at most 63 characters."""
        content = {"version": version, "image": image, "config": config or {}, "secret": secret, "revision": revision}
        digest = content_hash({**content, "pod": pod})
        readable = re.sub(r"[^A-Za-z0-9._-]+", "-", version).strip("-._")[: LABEL_LENGTH - len(digest) - 1]
        return cls(id=f"{readable}-{digest}" if readable else digest, pod=plain(pod), **plain(content))

    def same_content(self, other: Release) -> bool:
        """Whether both release the same image, version, config and source, in whatever pod."""
        return all(plain(getattr(self, key)) == plain(getattr(other, key)) for key in CONTENT)

    def to_dict(self) -> dict[str, Any]:
        """With its pod, as a resource gets it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], pod: Mapping[str, Any] | None = None) -> Release:
        """Reads what ``to_dict`` wrote. Raises ``StateError`` where a field is missing."""
        values = plain(data)
        try:
            return cls(
                id=values["id"],
                version=values["version"],
                image=values["image"],
                config=values.get("config") or {},
                secret=values.get("secret") or "",
                revision=values.get("revision") or "",
                pod=plain(pod) if pod is not None else values.get("pod") or {},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise StateError(f"ledger.releases: a release lacks {error}; restore the stack's state from a backup") from error
