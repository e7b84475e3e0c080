"""A pull request on GitHub: what it changes, and what is kept on it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from infra.github import FORBIDDEN, GitHub, GitHubError
from infra.github.errors import NOT_FOUND, UNPROCESSABLE
from operations.review.rules import File, Rules


@dataclass(frozen=True, kw_only=True)
class Change:
    """The pull request ``number`` of ``repository`` (OWNER/NAME). Rules come from the branch that it goes into, by GitHub's API:
    what it proposes decides nothing here, and is never run. Raises ``GitHubError`` where a call is refused."""

    client: GitHub
    repository: str
    number: int

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """What GitHub says of it."""
        found: Mapping[str, Any] = self.client.get(f"{self._path}")
        return found

    @cached_property
    def files(self) -> tuple[File, ...]:
        """What it changes. GitHub lists the first 3,000 files."""
        return tuple(File.of(one) for one in self.client.pages(f"{self._path}/files"))

    def of_base(self, *paths: str) -> str:
        """The text of the first of ``paths`` that is on its base, "" where none is."""
        root, ref = f"/repos/{self.repository}/contents", self.told["base"]["sha"]
        found = next((one for path in paths if (one := self.client.find(f"{root}/{quote(path)}", ref=ref))), None)
        return base64.b64decode(found["content"]).decode() if found else ""

    def label(self, rules: Rules) -> list[str]:
        """Gives it the labels that fit, and takes away those of the rules that do not. Says in lines what was done."""
        there = {str(one["name"]) for one in self.client.pages(self._labels)}
        wanted = set(rules.fitting(self.files))
        more, less = sorted(wanted - there), sorted((there & rules.ours) - wanted)
        try:
            if more:
                self.client.post(self._labels, {"labels": more}, repeatable=True)
            for name in less:
                self._take(name)
        except GitHubError as error:
            return [_forgiven(error, "label")]
        return [f"{word}: {', '.join(names)}" for word, names in (("labels given", more), ("labels taken away", less)) if names]

    def ask(self, owners: Sequence[str]) -> list[str]:
        """Asks the owners for their reviews who were neither asked nor have reviewed; says in lines what was done."""
        if self.told["draft"]:
            return ["a draft: nobody is asked for a review yet"] if owners else []
        known = {name.casefold() for name in self._asked()}
        return [self._ask(one) for one in owners if one.casefold() not in known]

    def _asked(self) -> list[str]:
        """The author too, whom GitHub lets nobody ask."""
        reviews = self.client.pages(f"{self._path}/reviews")
        people = [*self.told["requested_reviewers"], *(one["user"] for one in reviews if one["user"]), self.told["user"]]
        organization = self.repository.partition("/")[0]
        teams = (f"@{organization}/{one['slug']}" for one in self.told["requested_teams"])
        return [*(f"@{one['login']}" for one in people), *teams]

    def _ask(self, owner: str) -> str:
        if not owner.startswith("@"):
            return f"not asked: {owner}: an address, which GitHub's API cannot ask; name the user"
        _, _, team = owner.partition("/")
        body = {"team_reviewers": [team]} if team else {"reviewers": [owner[1:]]}
        try:
            self.client.post(f"{self._path}/requested_reviewers", body, repeatable=True)
        except GitHubError as error:
            if error.status in (NOT_FOUND, UNPROCESSABLE):
                return f"not asked: {owner}: {error.said}"
            return _forgiven(error, "ask for reviews")
        return f"asked for a review: {owner}"

    def _take(self, name: str) -> None:
        try:
            self.client.delete(f"{self._labels}/{quote(name, safe='')}")
        except GitHubError as error:
            if error.status != NOT_FOUND:
                raise

    @property
    def _path(self) -> str:
        return f"/repos/{self.repository}/pulls/{self.number}"

    @property
    def _labels(self) -> str:
        return f"/repos/{self.repository}/issues/{self.number}/labels"


def _forgiven(error: GitHubError, what: str) -> str:
    if error.status != FORBIDDEN:
        raise error
    return f"The token may not {what} ({error.said}), as that of a fork's pull request."
