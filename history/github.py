"""What GitHub tells of a repository's runs, as plain values. Pure but for ``Source``, which asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from history.model import Commit, Job, Run, Step
from infra.github.client import GitHub
from infra.github.errors import NOT_FOUND, GitHubError
from infra.github.page import PAGE, Page

MISSING = frozenset({NOT_FOUND, 410, 422})
"""What is gone, or never was: a deleted run, a commit that was pushed over."""

Answer = TypeVar("Answer")

RESERVE = 0.2
"""The share of an hour's calls that is left to others who use the same token."""


class SpentError(GitHubError):
    """The share of the hour's calls that a collection may use is spent; the next one goes on."""


class Source:
    """A repository on GitHub. ``heard`` is told of every answer. Raises ``GitHubError``, ``SpentError`` of them."""

    def __init__(self, github: GitHub, repository: str, heard: Callable[[Page], None] = lambda _: None) -> None:
        self._github = github
        self._heard = heard
        self.repository = repository
        self.path = f"/repos/{repository}"

    def page(self, path: str, params: Mapping[str, Any], etag: str = "") -> Page:
        """One page below the repository."""
        return self._hear(path, self._github.look(f"{self.path}{path}", params, etag))

    def _hear(self, path: str, found: Page) -> Page:
        self._heard(found)
        if found.limit and found.remaining is not None and found.remaining < RESERVE * found.limit:
            reason = f"{found.remaining} of {found.limit} calls of this hour are left, which others may need"
            raise SpentError(f"GET {self.path}{path}", found.status, reason, "it goes on in the next hour")
        return found

    def default_branch(self) -> str:
        return str(self.page("", {}).body["default_branch"])

    def run(self, id_: int, attempt: int | None = None) -> Mapping[str, Any] | None:
        """A run as GitHub tells it, in its newest attempt unless one is named; None where it is gone."""
        return self._find(f"/actions/runs/{id_}" + (f"/attempts/{attempt}" if attempt else ""))

    def jobs(self, id_: int, attempt: int) -> list[Job] | None:
        """The jobs of an attempt; None where it is gone."""
        found = self._whole(f"/actions/runs/{id_}/attempts/{attempt}/jobs", "jobs")
        return None if found is None else [job_of(self.repository, attempt, one) for one in found]

    def artifacts(self, id_: int) -> list[Mapping[str, Any]] | None:
        """What all attempts of a run have left, as GitHub tells it; None where the run is gone."""
        return self._whole(f"/actions/runs/{id_}/artifacts", "artifacts")

    def archive(self, artifact: int) -> bytes | None:
        """The zip file of an artifact; None where it is gone."""
        path = f"/actions/artifacts/{artifact}/zip"
        return self._unless_gone(lambda: bytes(self._hear(path, self._github.download(f"{self.path}{path}")).body))

    def commits(self, base: str, head: str) -> list[Commit]:
        """The commits that are in ``head`` and not in ``base``; none where one of them is not known any more."""
        if base:
            found = self._whole(f"/compare/{base}...{head}", "commits")
        else:
            one = self._find(f"/commits/{head}")
            found = [one] if one else None
        return [commit_of(self.repository, one) for one in found or ()]

    def _find(self, path: str) -> Mapping[str, Any] | None:
        return self._unless_gone(lambda: self.page(path, {}).body)

    def _whole(self, path: str, name: str) -> list[Mapping[str, Any]] | None:
        """The items of all pages; None where it is gone."""
        return self._unless_gone(lambda: list(self._items(path, {"per_page": PAGE}, name)))

    @staticmethod
    def _unless_gone(ask: Callable[[], Answer]) -> Answer | None:
        try:
            return ask()
        except GitHubError as error:
            if error.status not in MISSING:
                raise
            return None

    def _items(self, path: str, params: Mapping[str, Any], name: str) -> Iterator[Any]:
        asked: Mapping[str, Any] | None = params
        while asked is not None:
            page = self.page(path, asked)
            yield from page.body[name]
            asked = page.following


def run_of(repository: str, told: Mapping[str, Any]) -> Run:
    """A run as the API tells it; one that has not ended has no ``ended``."""
    done = told["status"] == "completed"
    created = _time(told["created_at"])
    return Run(
        repository=repository,
        id=told["id"],
        attempt=told.get("run_attempt") or 1,
        number=told["run_number"],
        workflow=told.get("name") or told["path"],
        file=(told.get("path") or "").partition("@")[0],
        event=told["event"],
        branch=told.get("head_branch") or "",
        commit=told["head_sha"],
        created=created,
        started=_time(told.get("run_started_at") or told["created_at"]),
        ended=_time(told["updated_at"]) if done else None,
        conclusion=(told.get("conclusion") or "") if done else "",
        url=told["html_url"],
    )


def job_of(repository: str, attempt: int, told: Mapping[str, Any]) -> Job:
    """A job as the API tells it."""
    started = told.get("started_at") or None
    return Job(
        repository=repository,
        run=told["run_id"],
        attempt=told.get("run_attempt") or attempt,
        id=told["id"],
        name=told["name"],
        labels=tuple(told.get("labels") or ()),
        created=_time(told.get("created_at") or started),
        started=_maybe(started),
        ended=_maybe(told.get("completed_at")),
        conclusion=told.get("conclusion") or "",
        url=told.get("html_url") or "",
        steps=tuple(_step(one) for one in told.get("steps") or ()),
    )


def commit_of(repository: str, told: Mapping[str, Any]) -> Commit:
    return Commit(repository=repository, sha=told["sha"], committed=_time(told["commit"]["committer"]["date"]))


def _step(told: Mapping[str, Any]) -> Step:
    return Step(
        number=told["number"],
        name=told["name"],
        conclusion=told.get("conclusion") or "",
        started=_maybe(told.get("started_at")),
        ended=_maybe(told.get("completed_at")),
    )


def _time(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


def _maybe(text: Any) -> datetime | None:
    return _time(text) if text else None
