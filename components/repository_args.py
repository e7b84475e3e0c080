"""What a repository needs to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

import pulumi

from components.actions_values import Secret, check_names

Visibility = Literal["private", "internal", "public"]
MergeMethod = Literal["squash", "rebase", "merge"]


@dataclass(frozen=True, kw_only=True)
class RepositoryArgs:
    """A repository of the provider's owner.

    With ``existing`` the repository ``name`` is looked up and nothing of it is managed; nothing else may be said then.
    ``deletion`` is what happens when the repository is no longer wanted, by ``destroy`` or in the program: ``refuse`` fails the
    update, ``allow`` deletes it with all that is in it. ``secret_scanning``, with push protection: ``free`` is on where GitHub
    asks nothing for it, in public repositories, and leaves the others as they are; ``licensed`` is on, for owners who pay for
    it; ``off`` is off. ``allowed_actions`` are patterns (``OWNER/NAME@*``) beside GitHub's own and the verified creators'
    actions; ``pinned_actions`` refuses any that is not named by a full commit SHA. Workflows get a token that reads, and may
    never approve pull requests. ``secrets``, encrypted in the state and for GitHub, and ``variables`` are for the jobs that run
    in no environment; their names are in capitals.
    """

    name: str
    existing: bool = False
    deletion: Literal["refuse", "allow"] = "refuse"
    description: str = ""
    homepage: str = ""
    topics: Sequence[str] = ()
    visibility: Visibility = "private"
    issues: bool = True
    wiki: bool = False
    projects: bool = False
    discussions: bool = False
    merge_methods: Sequence[MergeMethod] = ("squash",)
    auto_merge: bool = True
    vulnerability_alerts: bool = True
    dependabot_updates: bool = True
    secret_scanning: Literal["free", "licensed", "off"] = "free"  # noqa: S105
    allowed_actions: Sequence[str] = ()
    pinned_actions: bool = True
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.existing:
            self._refuse_more()
        if "/" in self.name:
            raise ValueError(f"name = {self.name}: must be the name alone; the provider's owner is its owner")
        check_names("repository", (*self.secrets, *self.variables))
        if not self.merge_methods:
            raise ValueError("merge_methods = (): at least one of squash, rebase and merge is needed to merge at all")
        if self.dependabot_updates and not self.vulnerability_alerts:
            raise ValueError(
                "dependabot_updates = True needs vulnerability_alerts, which is False: Dependabot answers alerts; change either"
            )

    def _refuse_more(self) -> None:
        said = [one.name for one in fields(self) if one.name not in ("name", "existing") and self._said(one)]
        if said:
            raise ValueError(f"existing = True manages nothing, but {', '.join(said)} is said too; take it away, or existing")

    def _said(self, one: Any) -> bool:
        default = one.default if one.default is not MISSING else one.default_factory()
        return bool(getattr(self, one.name) != default)
