"""Keeps one comment on a pull request: found again among all others, edited in place, and only where it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.github import FORBIDDEN, GitHub, GitHubError
from operations.project import NAME

LIMIT = 65_536
"""GitHub's, for the body of a comment."""


def marker(report: str) -> str:
    """The first line of the comment with a ``report``; nobody sees it. It names the project: two have a comment each."""
    return f"<!-- lockgate {report}: {NAME} -->"


MARKER = marker("preview-report")

NO_USER = (401, 403, 404)
"""How GitHub answers a token that belongs to no person when it asks whose it is."""

Comment = Mapping[str, Any]
Outcome = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, kw_only=True)
class Target:
    """The pull request ``number`` of ``repository`` (OWNER/NAME). ``app`` is the id of the GitHub App that writes, or ""."""

    client: GitHub
    repository: str
    number: int
    app: str = ""

    @property
    def path(self) -> str:
        return f"/repos/{self.repository}/issues/{self.number}/comments"

    def publish(self, body: str) -> tuple[Outcome, str]:
        """Makes the comment say ``body``, whose first line is the marker. Gives what was done, and the comment's address.

        Raises ``GitHubError`` where the token may not, or there is no such pull request.
        """
        is_ours, first = self._ours(), body.partition("\n")[0]
        found = next((one for one in self.client.pages(self.path) if _marked(one, first) and is_ours(one)), None)
        if found is None:
            return "created", str(self.client.post(self.path, {"body": body})["html_url"])
        if _normal(found["body"]) == _normal(body):
            return "unchanged", str(found["html_url"])
        path = f"/repos/{self.repository}/issues/comments/{found['id']}"
        return "updated", str(self.client.patch(path, {"body": body}, repeatable=True)["html_url"])

    def keep(self, body: str, *, forgiving: bool) -> str:
        """Publishes ``body``, and says in a line what was done. A token that may not write is no error where ``forgiving``."""
        try:
            done, address = self.publish(body)
        except GitHubError as error:
            if not forgiving or error.status != FORBIDDEN:
                raise
            return f"The token may not comment ({error.said}), as that of a fork's pull request; the report is above."
        return f"The comment is {done}: {address}"

    def _ours(self) -> Callable[[Comment], bool]:
        """Who wrote a comment decides whether it is edited: a person may have copied the marker."""
        if self.app:
            return lambda one: str((one.get("performed_via_github_app") or {}).get("id", "")) == self.app
        try:
            login = self.client.get("/user")["login"]
        except GitHubError as error:
            if error.status not in NO_USER:
                raise
            return lambda one: (one.get("user") or {}).get("type") == "Bot"
        return lambda one: bool((one.get("user") or {}).get("login") == login)


def _marked(comment: Comment, first: str) -> bool:
    return str(comment.get("body") or "").lstrip().startswith(first)


def _normal(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.splitlines()).strip()
