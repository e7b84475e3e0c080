"""What the rules of a repository's branches and tags need to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi

ROLES = {"maintain": 2, "write": 4, "admin": 5}
"""GitHub's ids of the repository roles that may be named in a ruleset."""


@dataclass(frozen=True, kw_only=True)
class BypassActor:
    """Who may pass the rules: a ``team`` by slug, an ``app`` by slug, or a repository ``role`` (maintain, write, admin).

    ``pull_request`` lets them merge a pull request that breaks the rules, ``always`` push past them too.
    """

    kind: Literal["team", "app", "role"]
    name: str
    mode: Literal["pull_request", "always"] = "pull_request"

    def __post_init__(self) -> None:
        if self.kind == "role" and self.name not in ROLES:
            raise ValueError(f"bypass role = {self.name}: must be one of {', '.join(ROLES)}")


@dataclass(frozen=True, kw_only=True)
class BranchRulesArgs:
    """The rules of ``repository`` (its name without the owner): of the default branch, and of the tags that match ``tags``.

    Changes come by pull request, with ``approvals`` (0 to 10) that new commits dismiss, and the code owners' where
    ``code_owners``; they leave a linear history. ``required_checks`` must have passed, on top of the newest default branch
    where ``strict``. ``published`` are the checks that the workflow files on the branch publish when the rules are made: one
    that is not among them waits, so that no pull request waits for a check that nobody publishes. In the update that writes the
    first files, it is what they turn out to publish; from then on, what was published before; None where somebody else answers
    for them, and all are required. ``bypass`` is who may pass these rules: nobody.
    """

    repository: pulumi.Input[str]
    required_checks: Sequence[str] = ()
    published: pulumi.Input[Sequence[str]] | None = None
    strict: bool = True
    approvals: int = 1
    code_owners: bool = True
    merge_methods: Sequence[Literal["squash", "rebase"]] = ("squash",)
    tags: Sequence[str] = ("v*",)
    bypass: Sequence[BypassActor] = ()
    branch_ruleset: str = "Default branch"
    tag_ruleset: str = "Release tags"

    def __post_init__(self) -> None:
        if not 0 <= self.approvals <= 10:
            raise ValueError(f"approvals = {self.approvals}: GitHub takes 0 to 10")
        if not self.merge_methods:
            raise ValueError("merge_methods = (): squash, rebase or both are needed to merge at all")
        if self.branch_ruleset == self.tag_ruleset:
            raise ValueError(f"branch_ruleset and tag_ruleset are both {self.tag_ruleset}: GitHub wants two names; rename one")
