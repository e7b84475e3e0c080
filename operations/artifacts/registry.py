"""One repository of a registry, by crane, which knows Docker's credentials."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from infra.errors import ToolError
from operations import images

AT_ONCE = 8


@dataclass(frozen=True)
class Manifest:
    """``digest`` is that of the manifest itself, ``content`` what it says."""

    digest: str
    content: Mapping[str, Any]

    @property
    def blobs(self) -> list[Mapping[str, Any]]:
        """The descriptors of its config and layers."""
        config = self.content.get("config")
        return [*([config] if config else []), *self.content.get("layers", [])]

    @property
    def children(self) -> tuple[str, ...]:
        """The digests of an index's manifests, one per platform."""
        return tuple(item["digest"] for item in self.content.get("manifests", []))


@dataclass(frozen=True)
class Repository:
    """``name`` is with its registry. Whatever the registry refuses is a ``ToolError``; what it does not have is None."""

    name: str

    def tags(self) -> list[str]:
        return (self._asked("ls", self.name) or b"").decode().split()

    def manifest(self, reference: str) -> Manifest | None:
        """``reference`` is a tag or a digest."""
        raw = self._asked("manifest", self._at(reference))
        return None if raw is None else Manifest(f"sha256:{hashlib.sha256(raw).hexdigest()}", json.loads(raw))

    def manifests(self, references: Iterable[str]) -> dict[str, Manifest]:
        """By reference, those that are there."""
        wanted = list(dict.fromkeys(references))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = zip(wanted, pool.map(self.manifest, wanted), strict=True)
            return {reference: manifest for reference, manifest in found if manifest is not None}

    def document(self, digest: str) -> Mapping[str, Any]:
        """A blob that is JSON; an empty one where it is not there."""
        content: Mapping[str, Any] = json.loads(self._asked("blob", self._at(digest)) or b"{}")
        return content

    def delete(self, digest: str) -> None:
        """With every tag that it has. One that is gone already is no error; one that is still there afterwards is."""
        # Some registries answer 404 to a deletion that they do not know.
        if self._asked("delete", self._at(digest)) is None and self.manifest(digest) is not None:
            raise ToolError(f"{self._at(digest)}: the registry does not delete by digest; delete it by the registry's own means")

    def _at(self, reference: str) -> str:
        return f"{self.name}{'@' if reference.startswith('sha256:') else ':'}{reference}"

    def _asked(self, *arguments: str) -> bytes | None:
        done = images.crane(*arguments)
        if done.returncode == 0:
            return done.stdout
        said = done.stderr.decode(errors="replace")
        if any(word in said for word in images.UNKNOWN):
            return None
        raise ToolError(
            f"`crane {' '.join(arguments)}` failed: {images.last_line(said)}; check the registry's name, your login, and "
            "whether it lets you do this"
        )
