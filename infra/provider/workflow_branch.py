"""What a branch has of the workflow files, and which checks they publish."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from infra.github.repository import Repository
from infra.provider.published import published
from infra.provider.workflow_plan import Pull, blob_hash

WORKFLOWS = ".github/workflows/"
GHOST = {"login": "ghost"}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A branch at an instant: its last commit, and the hashes of the files in question."""

    head: str
    theirs: Mapping[str, str]


def look(repository: Repository, branch: str, paths: Collection[str]) -> Seen | None:
    """The branch as it is now; None where it is not there."""
    head = repository.head(branch)
    return Seen(head=head, theirs=repository.hashes(head, paths)) if head else None


def texts(repository: Repository, seen: Seen, known: Mapping[str, str]) -> dict[str, str]:
    """The files on the branch; those that are as in ``known`` are not fetched."""
    fetched = {path: blob for path, blob in seen.theirs.items() if blob_hash(known.get(path, "")) != blob}
    return {path: repository.text(fetched[path]) if path in fetched else known[path] for path in seen.theirs}


def published_on(repository: Repository, seen: Seen, checks: Iterable[str]) -> list[str]:
    """Those of ``checks`` that the branch publishes."""
    return published(checks, (repository.text(blob) for path, blob in seen.theirs.items() if path.startswith(WORKFLOWS)))


def others(repository: Repository, branch: str, own: str) -> list[Pull]:
    """Everybody else's open pull requests into the branch; ``own`` is the branch that ours come from.

    An account that is gone is called ``ghost``, as GitHub's own pages call it.
    """
    return [
        Pull(number=pull["number"], author=(pull["user"] or GHOST)["login"], paths=repository.paths_of(pull["number"]))
        for pull in repository.pulls(branch)
        if not repository.is_own(pull, own)
    ]
