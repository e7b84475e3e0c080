"""What the environments of a repository need to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.actions_values import Secret, check_names

MAX_REVIEWERS = 6
MAX_WAIT_MINUTES = 43_200


@dataclass(frozen=True, kw_only=True)
class EnvironmentArgs:
    """One environment: who may deploy to it, from where, and with what.

    Only runs on a branch that matches one of ``branches``, or a tag that matches one of ``tags``, may deploy (GitHub's
    patterns: ``*`` does not match ``/``). A deployment waits ``wait_minutes`` (0 to 43200), and for one of the reviewers
    where there are any, 6 at most: people by login, teams of the owner by slug. ``prevent_self_review`` keeps whoever started
    a run from approving it, ``admins_bypass`` lets the repository's administrators pass. ``secrets`` are encrypted in the
    state, and for GitHub. Keys are in capitals, as GitHub stores them.
    """

    name: str
    branches: Sequence[str] = ("main",)
    tags: Sequence[str] = ()
    wait_minutes: int = 0
    users: Sequence[str] = ()
    teams: Sequence[str] = ()
    prevent_self_review: bool = True
    admins_bypass: bool = False
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reviewers = len(self.users) + len(self.teams)
        if not self.branches and not self.tags:
            raise ValueError(f"environment {self.name}: branches and tags are empty, so nothing could deploy; name a pattern")
        if reviewers > MAX_REVIEWERS:
            raise ValueError(f"environment {self.name}: has {reviewers} reviewers, GitHub takes {MAX_REVIEWERS}; name a team")
        if not 0 <= self.wait_minutes <= MAX_WAIT_MINUTES:
            raise ValueError(f"environment {self.name}: wait_minutes = {self.wait_minutes} must be 0 to {MAX_WAIT_MINUTES}")
        check_names(f"environment {self.name}", (*self.secrets, *self.variables))


@dataclass(frozen=True, kw_only=True)
class EnvironmentsArgs:
    """The environments of ``repository``, its name without the owner."""

    repository: pulumi.Input[str]
    environments: Sequence[EnvironmentArgs]

    def __post_init__(self) -> None:
        known: dict[str, str] = {}
        for environment in self.environments:
            first = known.setdefault(environment.name.lower(), environment.name)
            if first is not environment.name:
                raise ValueError(f"environments {first} and {environment.name} are one to GitHub; rename or merge them")
