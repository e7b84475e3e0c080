"""What is attached to an image, in cosign's layout: the tags ``sha256-HEX.sig``, ``.att`` and ``.sbom`` beside it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from operations.artifacts.model import Attached
from operations.artifacts.registry import Manifest, Repository

TAG = re.compile(r"sha256-([0-9a-f]{64})\.(sig|att|sbom)")
PROVENANCE = "https://slsa.dev/provenance/v1"
SCAN = "https://cosign.sigstore.dev/attestation/vuln/v1"
SBOMS = frozenset({"https://spdx.dev/Document", "https://cyclonedx.org/bom"})
RELEASE = "lockgate.dev/release"


def subject(tag: str) -> str:
    """The digest of the image that a tag's content is attached to, or ""."""
    found = TAG.fullmatch(tag)
    return f"sha256:{found[1]}" if found else ""


def read(repository: Repository, manifests: Mapping[str, Manifest]) -> Attached:
    """``manifests`` are by kind: sig, att, sbom."""
    payloads = [repository.document(layer["digest"]) for layer in _layers(manifests, "sig")]
    kinds = [(_kind(layer), layer["digest"]) for layer in _layers(manifests, "att")]
    # Attestations are in the order in which they were made: the newest of a kind counts.
    newest = dict(kinds)
    made = _predicate(repository, newest.get(PROVENANCE))
    scan = _predicate(repository, newest.get(SCAN))
    return Attached(
        digests=tuple(manifest.digest for manifest in manifests.values()),
        signatures=len(payloads),
        releases=tuple(sorted({str(one["optional"][RELEASE]) for one in payloads if RELEASE in (one.get("optional") or {})})),
        sbom="sbom" in manifests or bool(SBOMS & newest.keys()),
        provenance=PROVENANCE in newest,
        revision=revision(made),
        built=moment(((made.get("runDetails") or {}).get("metadata") or {}).get("finishedOn")),
        findings=((scan.get("scanner") or {}).get("result") or {}).get("summary"),
    )


def statement(envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The in-toto statement in a DSSE envelope; an empty one where it holds none."""
    try:
        content = json.loads(base64.b64decode(envelope.get("payload", "")))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def revision(predicate: Mapping[str, Any]) -> str:
    """The commit that a provenance names, or ""."""
    sources = (predicate.get("buildDefinition") or {}).get("resolvedDependencies") or []
    return next((str(one["digest"]["gitCommit"]) for one in sources if "gitCommit" in (one.get("digest") or {})), "")


def moment(text: str | None) -> datetime | None:
    """A time, or None where there is none that can be believed: tools write the year 1 or 1970 for a build that repeats."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo and found.year >= 2000 else None


def _layers(manifests: Mapping[str, Manifest], kind: str) -> list[Mapping[str, Any]]:
    return list(manifests[kind].content.get("layers", [])) if kind in manifests else []


def _kind(layer: Mapping[str, Any]) -> str:
    return str((layer.get("annotations") or {}).get("predicateType", ""))


def _predicate(repository: Repository, digest: str | None) -> Mapping[str, Any]:
    if digest is None:
        return {}
    return statement(repository.document(digest)).get("predicate") or {}
