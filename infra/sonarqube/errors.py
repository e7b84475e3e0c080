"""What SonarQube refused, in a sentence with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.errors import LockgateError

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, SERVER_ERROR = 401, 403, 404, 500


class SonarError(LockgateError):
    """A call that SonarQube did not do. ``status`` is the answer's, or 0 where there was none; ``message`` is SonarQube's own."""

    def __init__(self, call: str, status: int, message: str, remedy: str) -> None:
        self.call, self.status, self.message = call, status, message
        answer = f"{status}, {message}" if status else message
        super().__init__(f"SonarQube: {call}: {answer}; {remedy}")


def refused(call: str, status: int, body: Any) -> SonarError:
    """The error for an answer. ``call`` names no parameter's value, since some are secrets."""
    listed = body.get("errors") if isinstance(body, Mapping) else None
    message = "; ".join(str(one.get("msg")) for one in listed) if listed else "no message"
    return SonarError(call, status, message, _remedy(status))


def silent(call: str, failure: str) -> SonarError:
    """The error where there was no answer."""
    return SonarError(call, 0, f"no answer ({failure})", "check sonarQubeUrl, the network, and that the server runs")


def _remedy(status: int) -> str:
    if status == UNAUTHORIZED:
        return "the token or password is wrong or has ended: give another in sonarToken"
    if status == FORBIDDEN:
        return "the user may not do this: give it Administer Quality Gates, Create Projects, or Administer of the project"
    if status == NOT_FOUND:
        return "it is not there, or the user may not see it"
    if status >= SERVER_ERROR:
        return "the server has trouble: see its logs, and run again"
    return "correct what the message names, then run again"
