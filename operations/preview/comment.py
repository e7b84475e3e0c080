"""Keeps one comment on a pull request: found again among all others, edited in place, and only where it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from infra.github import GitHub, GitHubError
from operations.project import NAME

MARKER = f"<!-- lockgate preview-report: {NAME} -->"
"""The first line of the comment; nobody sees it. It names the project, so that two projects have a comment each."""

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
        """Makes the comment say ``body``, which begins with the marker. Gives what was done, and the comment's address.

        Raises ``GitHubError`` where the token may not, or there is no such pull request.
        """
        is_ours = self._ours()
        found = next((one for one in self.client.pages(self.path) if _marked(one) and is_ours(one)), None)
        if found is None:
            return "created", str(self.client.post(self.path, {"body": body})["html_url"])
        if _normal(found["body"]) == _normal(body):
            return "unchanged", str(found["html_url"])
        path = f"/repos/{self.repository}/issues/comments/{found['id']}"
        return "updated", str(self.client.patch(path, {"body": body}, repeatable=True)["html_url"])

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


def _marked(comment: Comment) -> bool:
    return str(comment.get("body") or "").lstrip().startswith(MARKER)


def _normal(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.splitlines()).strip()
