"""Our own pull request: one branch, brought forward in place, and never over what a person has pushed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.github.repository import Repository

BRANCH = "lockgate/workflows"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What the branch is to become: ``files`` against ``base``, whose last commit is ``head``; None takes a file away.

    ``whole`` are the hashes that it then has of all files that are or were ours, None where one is not there: an earlier
    proposal may have changed what is to be as on ``base`` again. ``why`` is said in the pull request.
    """

    base: str
    head: str
    files: Mapping[str, str | None]
    whole: Mapping[str, str | None]
    message: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Open:
    """The pull request that is open, and the last commit that was put on its branch. ``kept`` is why it is as it was."""

    number: int
    commit: str
    kept: str = ""


def find_own(repository: Repository, base: str) -> dict[str, Any] | None:
    """Our open pull request into ``base``."""
    owner = repository.name.partition("/")[0]
    found = repository.pulls(base, head=f"{owner}:{BRANCH}")
    return next((pull for pull in found if repository.is_own(pull, BRANCH)), None)


def propose(repository: Repository, proposal: Proposal, last: str) -> Open:
    """Opens our pull request, or brings it up to date. ``last`` is the commit that was put on its branch before ("": none).

    Raises ``MovedError`` where a person pushes to the branch at the same time.
    """
    there = repository.head(BRANCH)
    if there is None:
        commit = repository.commit(proposal.message, [proposal.head], proposal.head, proposal.files)
        repository.create(BRANCH, commit)
        return Open(number=_open(repository, proposal), commit=commit)
    if _holds(repository, there, proposal.whole):
        return Open(number=_open(repository, proposal), commit=there)
    if there != last and not _was_merged(repository, proposal.base, there):
        kept = f"somebody has pushed {there[:7]} to {BRANCH}, which is left as it is; delete that branch to have it made anew"
        return Open(number=_open(repository, proposal), commit=last, kept=kept)
    commit = repository.commit(proposal.message, [there, proposal.head], proposal.head, proposal.files)
    repository.move(BRANCH, commit)
    return Open(number=_open(repository, proposal), commit=commit)


def withdraw(repository: Repository, base: str, last: str) -> None:
    """Closes our pull request and removes its branch, unless a person has pushed to it."""
    there = repository.head(BRANCH)
    if there is None or there != last:
        return
    pull = find_own(repository, base)
    if pull:
        repository.github.patch(f"{repository.path}/pulls/{pull['number']}", {"state": "closed"}, repeatable=True)
    repository.remove(BRANCH)


def _holds(repository: Repository, commit: str, whole: Mapping[str, str | None]) -> bool:
    return repository.hashes(commit, whole.keys()) == {path: blob for path, blob in whole.items() if blob is not None}


def _was_merged(repository: Repository, base: str, commit: str) -> bool:
    """Whether ``commit`` is what is left of a pull request of ours that was merged."""
    owner = repository.name.partition("/")[0]
    closed = repository.pulls(base, state="closed", head=f"{owner}:{BRANCH}")
    return any(pull["head"]["sha"] == commit and pull.get("merged_at") and repository.is_own(pull, BRANCH) for pull in closed)


def _open(repository: Repository, proposal: Proposal) -> int:
    """The number of our pull request, opened where there is none, its words brought up to date."""
    title, _, rest = proposal.message.partition("\n")
    body = f"{rest.strip()}\n\n{proposal.why}".strip()
    pull = find_own(repository, proposal.base)
    if pull is None:
        request = {"title": title, "body": body, "head": BRANCH, "base": proposal.base}
        return int(repository.github.post(f"{repository.path}/pulls", request)["number"])
    if (pull["title"], pull["body"]) != (title, body):
        path = f"{repository.path}/pulls/{pull['number']}"
        repository.github.patch(path, {"title": title, "body": body}, repeatable=True)
    return int(pull["number"])


