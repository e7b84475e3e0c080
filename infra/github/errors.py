"""What GitHub refused, in a sentence with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.errors import LockgateError

MOVED = frozenset({301, 302, 307, 308})
UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
UNPROCESSABLE = 422
SERVER_ERROR = 500


class GitHubError(LockgateError):
    """A call that GitHub did not do. ``status`` is the answer's, or 0 where there was none; ``message`` is GitHub's own."""

    def __init__(self, call: str, status: int, message: str, remedy: str) -> None:
        self.call = call
        self.status = status
        self.message = message
        self.remedy = remedy
        answer = f"{status}, {message}" if status else message
        super().__init__(f"GitHub: {call}: {answer}; {remedy}")

    @property
    def said(self) -> str:
        """GitHub's message in one line."""
        return " ".join(self.message.split())


def refused(call: str, status: int, headers: Mapping[str, str], body: Any) -> GitHubError:
    """The error for an answer. ``call`` is the method and the address; ``headers`` are looked up in lower case."""
    message = message_of(body) or "no message"
    return GitHubError(call, status, message, _remedy(status, headers, message))


def silent(call: str, failure: str) -> GitHubError:
    """The error where there was no answer."""
    return GitHubError(call, 0, f"no answer ({failure})", "check github.baseUrl, the network, and that the server runs")


def too_long(error: GitHubError, reason: str, seconds: float) -> GitHubError:
    """The error where the wait would be longer than anybody sits before it."""
    return GitHubError(error.call, error.status, reason, f"run again in {-(-seconds // 60):.0f} min")


def message_of(body: Any) -> str:
    """GitHub's message with the details that some answers list beside it."""
    if not isinstance(body, Mapping):
        return ""
    details = body.get("errors")
    listed = [_detail(one) for one in details] if isinstance(details, list) else filter(None, [str(details or "")])
    return ": ".join(filter(None, [str(body.get("message") or ""), "; ".join(listed)]))


def _detail(one: Any) -> str:
    if not isinstance(one, Mapping):
        return str(one)
    return str(one.get("message") or " ".join(str(one[key]) for key in ("resource", "field", "code") if one.get(key)))


def _remedy(status: int, headers: Mapping[str, str], message: str) -> str:
    if "rate limit" in message.lower():
        return "run again a little later"
    if status == UNAUTHORIZED:
        return "the token is wrong or has ended: give another in github.token or GITHUB_TOKEN"
    if status == FORBIDDEN:
        needs = headers.get("x-accepted-github-permissions") or headers.get("x-accepted-oauth-scopes")
        return f"the token may not do this: give it {needs or 'the permission'}"
    if status == NOT_FOUND:
        return "it is not there, or the token may not see it: check github.repository and what the token may"
    if status in MOVED:
        return "the repository has another name now: set github.repository to it"
    if status >= SERVER_ERROR:
        return "GitHub has trouble: run again a little later"
    return "correct what the message names, then run again"
