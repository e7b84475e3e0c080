"""What a job's token may do. Every job says it; what it does not name, it may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Scope = Literal[
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
]
Access = Literal["read", "write"]


@dataclass(frozen=True)
class Grant:
    """``reason`` stands beside it in the file: what the job does with it."""

    access: Access
    reason: str


@dataclass(frozen=True)
class Permissions:
    """The scopes that a job gets, each with its reason. ``Permissions()`` is a token that may nothing."""

    grants: Mapping[Scope, Grant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for scope, grant in self.grants.items():
            if scope not in get_args(Scope):
                raise ValueError(f"permissions.{scope}: GitHub has no such scope; use one of {', '.join(get_args(Scope))}")
            if grant.access not in get_args(Access) or (scope == "id-token" and grant.access == "read"):
                raise ValueError(f"permissions.{scope} = {grant.access!r}: must be read or write, and id-token write; correct it")
            if not grant.reason or "\n" in grant.reason:
                raise ValueError(f"permissions.{scope} = {grant.access}: needs a reason of one line: what the job does with it")

    def writes(self, scope: Scope) -> bool:
        """Whether the token may write there."""
        grant = self.grants.get(scope)
        return grant is not None and grant.access == "write"

    def __or__(self, other: Permissions) -> Permissions:
        """Both; where both name a scope, the other's."""
        return Permissions({**self.grants, **other.grants})


def reads(scope: Scope, reason: str) -> Permissions:
    """One scope, to read."""
    return Permissions({scope: Grant("read", reason)})


def writes(scope: Scope, reason: str) -> Permissions:
    """One scope, to read and write."""
    return Permissions({scope: Grant("write", reason)})


NONE = Permissions()
CHECKOUT = reads("contents", "check out the source")
