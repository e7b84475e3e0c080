"""What is known of an image: itself, what is attached to it, and which stacks hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LIVE, BACK, WANTED = "live", "can go back to", "wanted"


@dataclass(frozen=True, kw_only=True)
class Hold:
    """That a stack needs an image: it is ``live`` there, the stack ``can go back to`` it, or it is ``wanted`` (its config or
    something else of its state names it)."""

    stack: str
    why: str

    def __str__(self) -> str:
        return f"{self.why} in {self.stack}" if self.why != BACK else f"{self.stack} can go back to it"


@dataclass(frozen=True, kw_only=True)
class Attached:
    """What is said of an image beside it. None of it is verified: anybody who may push can attach it.

    ``digests`` are the manifests that hold it. ``releases`` are the versions that it was signed as. ``built`` is when the
    build ended. ``findings`` counts vulnerabilities by severity, None where no scan is attached.
    """

    digests: tuple[str, ...] = ()
    signatures: int = 0
    releases: tuple[str, ...] = ()
    sbom: bool = False
    provenance: bool = False
    revision: str = ""
    built: datetime | None = None
    findings: Mapping[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """``size`` is in bytes, as it is stored. ``created`` is None where nobody knows. ``present`` is false for one that only
    its attachments, or a ledger, still remember. ``children`` are the digests of an index's images."""

    repository: str
    digest: str
    tags: tuple[str, ...] = ()
    size: int = 0
    created: datetime | None = None
    children: tuple[str, ...] = ()
    present: bool = True
    attached: Attached = field(default_factory=Attached)
    holds: tuple[Hold, ...] = ()

    def days(self, now: datetime) -> int | None:
        """Its age, or None where nobody knows it."""
        return None if self.created is None else (now - self.created).days

    def to_dict(self) -> dict[str, Any]:
        attached = self.attached
        return {
            "image": f"{self.repository}@{self.digest}",
            "digest": self.digest,
            "tags": list(self.tags),
            "present": self.present,
            "created": self.created.isoformat() if self.created else None,
            "days": self.days(datetime.now(UTC)),
            "bytes": self.size,
            "stacks": [{"stack": hold.stack, "why": hold.why} for hold in self.holds],
            "signatures": attached.signatures,
            "releases": list(attached.releases),
            "sbom": attached.sbom,
            "provenance": attached.provenance,
            "revision": attached.revision,
            "vulnerabilities": dict(attached.findings) if attached.findings is not None else None,
        }
