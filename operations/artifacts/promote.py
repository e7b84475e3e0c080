"""Whether an image may go on to the next stack: the same digest, of proven origin, that the stack before has had live."""

from __future__ import annotations

from dataclasses import dataclass

from infra.errors import ReleaseError, UsageError
from infra.ledger import Ledger
from infra.release import Release
from operations import state
from operations.artifacts import verify
from operations.artifacts.holders import order
from operations.artifacts.keys import Trust
from operations.images import Image, split
from operations.pulumi_cli import Pulumi


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """``before`` is the stack that the image comes from, "" for the first one."""

    stack: str
    image: Image
    version: str
    revision: str
    before: str

    @property
    def note(self) -> str:
        return f"promoted from {self.before}" if self.before else ""

    def command(self) -> str:
        """What releases it."""
        more = [f"--revision {self.revision}"] if self.revision else []
        more += [f"--note '{self.note}'"] if self.note else []
        return " ".join([f"lockgate release -s {self.stack} --image {self.image} --version {self.version}", *more])


def promote(pulumi: Pulumi, stack: str, image: Image, believed: Trust) -> Promotion:
    """Raises ``ReleaseError`` where the image may not go on, with the reason. Changes nothing."""
    before = _before(pulumi, stack)
    shown = state.read(pulumi, before).ledger if before else None
    release = _shown(shown, before, stack, image) if shown is not None else None
    revision = release.revision if release else ""
    verify.verify(image, believed, verify.expected(pulumi.project, stack, image, revision))
    version = release.version if release else image.tag
    if not version:
        raise UsageError(f"image = {image}: it has no tag to take the version from; name it as REPOSITORY:TAG")
    return Promotion(stack=stack, image=image, version=version, revision=revision, before=before)


def _before(pulumi: Pulumi, stack: str) -> str:
    stacks = order(pulumi.project)
    if stack not in stacks:
        raise UsageError(f"stack {stack}: a release goes through {', '.join(stacks)} (github.stacks); name one of these")
    return stacks[stacks.index(stack) - 1] if stack != stacks[0] else ""


def _shown(ledger: Ledger, before: str, stack: str, image: Image) -> Release:
    """The release of the stack before that had this image live, and was not taken back."""
    fits = {key: one for key, one in ledger.releases.items() if split(one.image).digest == image.digest}
    # The newest entry that is about it says how it ended: it went live, or a rollback went away from it.
    last = next((entry for entry in ledger.history if entry.release in fits or _left(entry.kind, entry.previous, fits)), None)
    if last is None:
        had = ", ".join(dict.fromkeys(one.version for one in ledger.releases.values())) or "nothing"
        raise ReleaseError(
            f"promote to {stack}: {before} has not had {image} live, but {had}; release it there first: "
            f"`lockgate release -s {before} --image {image}`"
        )
    if last.release not in fits:
        why = f" ({last.note})" if last.note else ""
        raise ReleaseError(
            f"promote to {stack}: {before} took {image} back at {last.at}{why}; mend the cause and promote another image, or "
            f"release it in {before} again"
        )
    return fits[last.release]


def _left(kind: str, previous: str, fits: dict[str, Release]) -> bool:
    return kind == "rollback" and previous in fits
