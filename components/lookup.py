"""Ids that a component asks GitHub for by name, before it registers what needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pulumi
import pulumi_github as github

from infra.errors import LockgateError

T = TypeVar("T")


def user_id(parent: pulumi.Resource, path: str, login: str) -> int:
    """The id of a person's account. Raises ``LockgateError`` that begins with ``path`` where there is none of that name."""
    options = pulumi.InvokeOptions(parent=parent)
    return int(_ask(path, f"user {login}", lambda: github.get_user(username=login, opts=options)).id)


def team_id(parent: pulumi.Resource, path: str, slug: str) -> int:
    """The id of a team of the provider's organization. Raises ``LockgateError`` as ``user_id`` does."""
    options = pulumi.InvokeOptions(parent=parent)
    return int(_ask(path, f"team {slug}", lambda: github.get_team(slug=slug, summary_only=True, opts=options)).id)


def app_id(parent: pulumi.Resource, path: str, slug: str) -> int:
    """The id of a GitHub App. Raises ``LockgateError`` as ``user_id`` does."""
    options = pulumi.InvokeOptions(parent=parent)
    return int(_ask(path, f"app {slug}", lambda: github.get_github_app(slug=slug, opts=options)).id)


def repository(parent: pulumi.Resource, path: str, name: str) -> github.GetRepositoryResult:
    """A repository of the provider's owner. Raises ``LockgateError`` as ``user_id`` does."""
    options = pulumi.InvokeOptions(parent=parent)
    found = _ask(path, f"repository {name}", lambda: github.get_repository(name=name, opts=options))
    if not found.full_name:  # the provider answers with nothing where GitHub says 404
        raise LockgateError(_missing(path, f"repository {name}"))
    return found


def _ask(path: str, subject: str, question: Callable[[], T]) -> T:
    try:
        return question()
    except Exception as error:
        words = " ".join(str(error).split())
        if "404" in words:
            raise LockgateError(_missing(path, subject)) from error
        raise LockgateError(f"{path}: {subject} could not be looked up: {words}") from error


def _missing(path: str, subject: str) -> str:
    return f"{path}: GitHub knows no {subject}, or the token may not see it; correct the name"
