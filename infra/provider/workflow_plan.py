"""What is done about a repository's workflow files: committed, proposed, or nothing. Pure.

Files are compared by Git's own hash, so that what is on the branch need not be fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Action = Literal["keep", "commit", "propose"]
Hashes = Mapping[str, str]
"""Git's hash of each file's content, by path; a file that is not there is not in it."""


@dataclass(frozen=True)
class Own:
    """What is ours: ``written`` is known to have been on the branch, ``offered`` was committed or proposed last."""

    written: Hashes
    offered: Hashes

    @staticmethod
    def of(state: Mapping[str, Any]) -> Own:
        written = state.get("written") or {}
        return Own(written, state.get("offered", written))

    @property
    def paths(self) -> set[str]:
        return {*self.written, *self.offered}

    def last(self, theirs: Hashes) -> dict[str, str]:
        """What was written here last: where the branch has what was offered, that was merged; elsewhere it waits still."""
        merged = {path for path in self.paths if theirs.get(path) == self.offered.get(path)}
        found = {path: (self.offered if path in merged else self.written).get(path) for path in self.paths}
        return {path: blob for path, blob in found.items() if blob is not None}


@dataclass(frozen=True, kw_only=True)
class Pull:
    """Somebody's open pull request, with the paths that it changes."""

    number: int
    author: str
    paths: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """``changed`` are the paths at which the branch must become what is wanted, ``edited`` those of them that somebody else
    has changed since they were last written here; ``reason`` continues "because"."""

    action: Action
    reason: str
    changed: frozenset[str] = frozenset()
    edited: tuple[str, ...] = ()


def blob_hash(text: str) -> str:
    """What Git calls a file with this content."""
    content = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def hashes(files: Mapping[str, str]) -> dict[str, str]:
    """Git's hash of each file."""
    return {path: blob_hash(text) for path, text in files.items()}


def changes(last: Hashes, theirs: Hashes, wanted: Hashes) -> frozenset[str]:
    """The paths at which the branch (``theirs``) is not what is ``wanted``; a file of ``last`` that is no longer wanted goes."""
    return frozenset(path for path in {*last, *wanted} if theirs.get(path) != wanted.get(path))


def plan(last: Hashes, theirs: Hashes, wanted: Hashes, pulls: Sequence[Pull]) -> Decision:
    """``last`` is what was written here last, ``theirs`` what the branch has, ``pulls`` the open ones of other people.

    A person's change is never overwritten: it is answered by a pull request, which a person decides.
    """
    changed = changes(last, theirs, wanted)
    if not changed:
        return Decision(action="keep", reason="the branch has these files already")
    edited = tuple(sorted(path for path in changed if theirs.get(path) != last.get(path)))
    meeting = [pull for pull in pulls if pull.paths & changed]
    if edited:
        return Decision(action="propose", reason="somebody else has changed these files", changed=changed, edited=edited)
    if meeting:
        return Decision(action="propose", reason="; ".join(_meets(pull, changed) for pull in meeting), changed=changed)
    return Decision(action="commit", reason="nobody else has changed these files", changed=changed)


def listed(paths: Collection[str]) -> str:
    """A few of the paths, to read."""
    first = sorted(paths)[:3]
    rest = len(paths) - len(first)
    return ", ".join(first) + (f" and {rest} more" if rest else "")


def _meets(pull: Pull, changed: frozenset[str]) -> str:
    return f"pull request #{pull.number} of {pull.author} changes {listed(pull.paths & changed)} too"
