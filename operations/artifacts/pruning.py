"""Which images go, and why each of the others stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operations.artifacts import holders
from operations.artifacts.holders import files
from operations.artifacts.inventory import Inventory
from operations.artifacts.model import Artifact
from operations.artifacts.registry import Repository
from operations.project import Project
from operations.pulumi_cli import Pulumi


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """``goes`` is whether the image is deleted, ``why`` is the reason, whichever way."""

    artifact: Artifact
    goes: bool
    why: str

    def to_dict(self) -> dict[str, Any]:
        return {**self.artifact.to_dict(), "goes": self.goes, "reason": self.why}


def prune(pulumi: Pulumi, repository: str, *, dry_run: bool) -> list[Verdict]:
    """Deletes what goes, and returns the verdict on every image. Raises ``ReleaseError`` where a stack cannot be read."""
    place = Repository(repository)
    # The ledgers are read after the registry: what was released in between is held.
    inventory = Inventory(place)
    found = holders.read(pulumi)
    found.demand()
    verdicts = judge(inventory.artifacts(found), datetime.now(UTC), retention(pulumi.project))
    if not dry_run:
        delete(place, verdicts, found.held)
    return verdicts


def retention(project: Project) -> int:
    """The days for which images are kept: the longest artifactRetentionDays of all stacks."""
    return max(int(project.setting(stack, "artifactRetentionDays")) for stack in ["", *files(project)])


def judge(artifacts: Iterable[Artifact], now: datetime, days: int) -> list[Verdict]:
    """A verdict for each. An image that belongs to an index that stays, stays with it; so does an index of a held image."""
    every = list(artifacts)
    reasons = {one.digest: _stays(one, now, days) for one in every}
    held = {one.digest for one in every if one.holds}
    verdicts = []
    for one in every:
        above = next((index for index in every if reasons[index.digest] and one.digest in index.children), None)
        below = next((child for child in one.children if child in held), None)
        of_others = [f"belongs to {above.digest[:19]}, which stays"] if above else []
        of_others += [f"holds {below[:19]}"] if below else []
        why = next(filter(None, (reasons[one.digest], *of_others)), "")
        verdicts.append(Verdict(artifact=one, goes=not why, why=why or _goes(one, now)))
    return verdicts


def _stays(one: Artifact, now: datetime, days: int) -> str:
    """Why the image stays, or ""."""
    age = one.days(now)
    if one.holds:
        return ", ".join(map(str, one.holds))
    if one.attached.releases:
        return f"signed as release {', '.join(one.attached.releases)}"
    if not one.present:
        return ""
    if age is None:
        return "nobody knows how old it is: neither its config nor a provenance says when it was made"
    return f"{age} days old, and {days} are kept" if age < days else ""


def _goes(one: Artifact, now: datetime) -> str:
    return f"{one.days(now)} days old, and no stack holds it" if one.present else "its image is gone"


def delete(repository: Repository, verdicts: Iterable[Verdict], holds: Mapping[str, Any]) -> None:
    """Deletes the images that go, each before what is attached to it: what is cut short leaves no image without signature.

    Images of an index that nothing else keeps go with it. ``holds`` are the digests that stacks hold.
    """
    known = list(verdicts)
    kept = {digest for one in known if not one.goes for digest in (one.artifact.digest, *one.artifact.children)}
    for artifact in (one.artifact for one in known if one.goes):
        own = [artifact.digest] if artifact.present else []
        for digest in (*own, *artifact.children, *artifact.attached.digests):
            if digest not in kept and digest not in holds:
                repository.delete(digest)
