"""The Git side of a repository on GitHub: its branches, what is in them, and commits made without a clone."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from infra.github.client import GitHub
from infra.github.errors import CONFLICT, FORBIDDEN, NOT_FOUND, UNPROCESSABLE, GitHubError

FILE = {"mode": "100644", "type": "blob"}
MAY_WRITE = "the token needs contents and workflows to write (a classic one: repo and workflow)"


class MovedError(GitHubError):
    """Somebody else has moved the branch in between."""


class RefusedError(GitHubError):
    """The rules of the branch refuse a direct commit."""


class Repository:
    """``name`` is OWNER/NAME. Branches are named without ``refs/heads/``, commits by their hash."""

    def __init__(self, github: GitHub, name: str) -> None:
        self.github = github
        self.name = name
        self.path = f"/repos/{name}"

    def head(self, branch: str) -> str | None:
        """The branch's last commit; None where the repository or the branch is not there, or nothing is in it yet."""
        try:
            found = self.github.find(f"{self.path}/git/ref/heads/{quote(branch)}")
        except GitHubError as error:
            if error.status != CONFLICT:
                raise
            return None
        return str(found["object"]["sha"]) if found else None

    def hashes(self, commit: str, paths: Collection[str]) -> dict[str, str]:
        """Git's hash of each file of ``paths`` that is in ``commit``."""
        tree = self.github.get(f"{self.path}/git/trees/{commit}", recursive="1")
        if tree.get("truncated"):
            found = {path: self.github.find(f"{self.path}/contents/{quote(path)}", ref=commit) for path in paths}
            return {path: one["sha"] for path, one in found.items() if one}
        return {entry["path"]: entry["sha"] for entry in tree["tree"] if entry["type"] == "blob" and entry["path"] in paths}

    def text(self, blob: str) -> str:
        """The content with this hash; what is no UTF-8 in it is replaced."""
        found = self.github.get(f"{self.path}/git/blobs/{blob}")
        return base64.b64decode(found["content"]).decode(errors="replace")

    def commit(self, message: str, parents: Sequence[str], base: str, files: Mapping[str, str | None]) -> str:
        """A commit, on no branch yet, that is ``base`` with ``files`` written, or taken away (None)."""
        entries = [{"path": path, **FILE, **_content(text)} for path, text in files.items()]
        try:
            below = self.github.get(f"{self.path}/git/commits/{base}")["tree"]["sha"]
            tree = self.github.post(f"{self.path}/git/trees", {"base_tree": below, "tree": entries}, repeatable=True)
            body = {"message": message, "tree": tree["sha"], "parents": list(parents)}
            return str(self.github.post(f"{self.path}/git/commits", body, repeatable=True)["sha"])
        except GitHubError as error:
            if error.status not in (FORBIDDEN, NOT_FOUND):
                raise
            raise GitHubError(error.call, error.status, error.message, MAY_WRITE) from None

    def move(self, branch: str, commit: str) -> None:
        """Moves the branch forward, never back. Raises ``MovedError`` or ``RefusedError``."""
        try:
            body = {"sha": commit, "force": False}
            self.github.patch(f"{self.path}/git/refs/heads/{quote(branch)}", body, repeatable=True)
        except GitHubError as error:
            if error.status not in (FORBIDDEN, CONFLICT, UNPROCESSABLE):
                raise
            kind = MovedError if "fast forward" in error.message.lower().replace("-", " ") else RefusedError
            raise kind(error.call, error.status, error.message, error.remedy) from None

    def create(self, branch: str, commit: str) -> None:
        self.github.post(f"{self.path}/git/refs", {"ref": f"refs/heads/{branch}", "sha": commit})

    def remove(self, branch: str) -> None:
        self.github.delete(f"{self.path}/git/refs/heads/{quote(branch)}")

    def last_change(self, branch: str, path: str) -> str:
        """Who has changed a file last, to read: ``alice in 1a2b3c4``."""
        asked = urlencode({"sha": branch, "path": path, "per_page": 1})
        found = self.github.get(f"{self.path}/commits?{asked}")
        if not found:
            return "nobody that is known"
        author = found[0].get("author") or {}
        return f"{author.get('login') or found[0]['commit']['author']['name']} in {found[0]['sha'][:7]}"

    def pulls(self, base: str, **params: Any) -> Iterator[dict[str, Any]]:
        """The pull requests into ``base``, open ones unless ``state`` says otherwise."""
        yield from self.github.pages(f"{self.path}/pulls", **{"state": "open", "base": base, **params})

    def is_own(self, pull: Mapping[str, Any], branch: str) -> bool:
        """Whether the pull request comes from ``branch`` of this repository, and not of a fork."""
        head = pull["head"]
        return bool(head["ref"] == branch and (head.get("repo") or {}).get("full_name", "").lower() == self.name.lower())

    def paths_of(self, pull: int) -> frozenset[str]:
        """The files that a pull request changes; of one that it renames, both names."""
        files = list(self.github.pages(f"{self.path}/pulls/{pull}/files"))
        renamed = {one["previous_filename"] for one in files if one["status"] == "renamed"}
        return frozenset({one["filename"] for one in files} | renamed)


def _content(text: str | None) -> dict[str, Any]:
    return {"sha": None} if text is None else {"content": text}
