"""The images of a repository, each with what is attached to it and who holds it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from operations.artifacts import attached
from operations.artifacts.holders import Holders
from operations.artifacts.model import Artifact
from operations.artifacts.registry import AT_ONCE, Manifest, Repository

CREATED = "org.opencontainers.image.created"
OLDEST = datetime.min.replace(tzinfo=UTC)


class Inventory:
    """What a repository has: every image with a tag, with something attached, or in a ledger. The newest come first."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._tags = repository.tags()
        self._tagged = repository.manifests(self._tags)

    def artifacts(self, holders: Holders) -> list[Artifact]:
        wanted = list(dict.fromkeys([*self._digests(), *self._remembered(holders)]))
        known = {manifest.digest: manifest for manifest in self._tagged.values()}
        known |= self._repository.manifests(digest for digest in wanted if digest not in known)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(lambda digest: self._artifact(digest, known.get(digest), holders), wanted)
            return sorted(found, key=lambda one: one.created or OLDEST, reverse=True)

    def _digests(self) -> Iterator[str]:
        """Of images with a tag, and of those that something is attached to."""
        for tag, manifest in self._tagged.items():
            yield attached.subject(tag) or manifest.digest

    def _remembered(self, holders: Holders) -> Iterator[str]:
        """Those that a ledger has of this repository, whose tags may have moved on."""
        yield from (image.digest for image in holders.images if image.repository == self._repository.name)

    def _artifact(self, digest: str, manifest: Manifest | None, holders: Holders) -> Artifact:
        beside = {tag.rpartition(".")[2]: one for tag, one in self._tagged.items() if attached.subject(tag) == digest}
        about = attached.read(self._repository, beside)
        parts = self._parts(manifest)
        times = [time for time in (about.built, *(self._created(part) for part in parts)) if time]
        return Artifact(
            repository=self._repository.name,
            digest=digest,
            tags=tuple(sorted(tag for tag, one in self._tagged.items() if one.digest == digest and not attached.subject(tag))),
            size=sum(int(blob["size"]) for part in parts for blob in part.blobs),
            created=max(times, default=None),
            children=manifest.children if manifest else (),
            present=manifest is not None,
            attached=about,
            holds=holders.held.get(digest, ()),
        )

    def _parts(self, manifest: Manifest | None) -> list[Manifest]:
        """The image, or each platform's where it is an index."""
        if manifest is None or not manifest.children:
            return [manifest] if manifest else []
        return list(self._repository.manifests(manifest.children).values())

    def _created(self, part: Manifest) -> datetime | None:
        """When the image says that it was made."""
        noted = attached.moment((part.content.get("annotations") or {}).get(CREATED))
        config = part.content.get("config") or {}
        return noted or attached.moment(self._repository.document(config["digest"]).get("created") if config else None)
