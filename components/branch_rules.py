"""The rules of a repository's default branch and of its release tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_github as github
from pulumi import ResourceOptions

from components import lookup
from components.branch_rules_args import ROLES, BranchRulesArgs, BypassActor
from components.protection import leftovers
from components.workflows.checks import required_now

ACTORS = {"team": "Team", "app": "Integration", "role": "RepositoryRole"}


class BranchRules(pulumi.ComponentResource):
    """Two rulesets: nobody pushes to, forces or deletes the default branch, and no release tag is moved or deleted.

    Every change of a rule is one request that changes the ruleset in place, its name too, so that a branch is never without
    rules in between. ``required`` are the checks that are required now, ``waiting`` those that will be after the next update.
    ``leftovers`` names the branches that have classic protection besides, each said as a warning.
    """

    required: pulumi.Output[tuple[str, ...]]
    waiting: pulumi.Output[tuple[str, ...]]
    branch_ruleset_id: pulumi.Output[int]
    tag_ruleset_id: pulumi.Output[int]
    leftovers: pulumi.Output[list[str]]

    def __init__(self, name: str, args: BranchRulesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:BranchRules", name, None, opts)
        split = pulumi.Output.from_input(args.published).apply(lambda published: self._split(args.required_checks, published))
        self.required, self.waiting = split.apply(lambda both: both[0]), split.apply(lambda both: both[1])
        actors = [self._actor(actor) for actor in args.bypass]
        ruleset = {**branch_ruleset(args), "rules": self.required.apply(lambda required: branch_rules(args, required))}
        branch = self._ruleset(f"{name}-branch", args.repository, actors, ruleset)
        tags = self._ruleset(f"{name}-tags", args.repository, actors, tag_ruleset(args))
        self.branch_ruleset_id, self.tag_ruleset_id = branch.ruleset_id, tags.ruleset_id
        self.leftovers = pulumi.Output.from_input(args.repository).apply(self._leftovers)
        self.register_outputs(
            {
                "required": self.required,
                "waiting": self.waiting,
                "branchRulesetId": self.branch_ruleset_id,
                "tagRulesetId": self.tag_ruleset_id,
                "leftovers": self.leftovers,
            }
        )

    def _split(self, required: Sequence[str], published: Sequence[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        now, waiting = required_now(required, published)
        if waiting:
            pulumi.log.info(waiting_words(waiting), self)
        return now, waiting

    def _ruleset(
        self,
        name: str,
        repository: pulumi.Input[str],
        actors: list[github.RepositoryRulesetBypassActorArgs],
        ruleset: dict[str, Any],
    ) -> github.RepositoryRuleset:
        return github.RepositoryRuleset(
            name,
            repository=repository,
            enforcement="active",
            bypass_actors=actors,
            **ruleset,
            opts=ResourceOptions(parent=self),
        )

    def _actor(self, actor: BypassActor) -> github.RepositoryRulesetBypassActorArgs:
        look_up = {"team": lookup.team_id, "app": lookup.app_id}
        found = ROLES[actor.name] if actor.kind == "role" else look_up[actor.kind](self, "bypass", actor.name)
        return github.RepositoryRulesetBypassActorArgs(
            actor_id=found, actor_type=ACTORS[actor.kind], bypass_mode=actor.mode
        )

    def _leftovers(self, repository: str) -> list[str]:
        return [found.branch for found in leftovers(self, repository)]


def branch_ruleset(args: BranchRulesArgs) -> dict[str, Any]:
    """The ruleset of the default branch, without its rules. Pure."""
    return {"name": args.branch_ruleset, "target": "branch", "conditions": _refs(["~DEFAULT_BRANCH"])}


def branch_rules(args: BranchRulesArgs, required: Sequence[str]) -> dict[str, Any]:
    """The rules of the default branch. Pure."""
    rules: dict[str, Any] = {
        "deletion": True,
        "non_fast_forward": True,
        "required_linear_history": True,
        "pull_request": {
            "required_approving_review_count": args.approvals,
            "dismiss_stale_reviews_on_push": True,
            "require_code_owner_review": args.code_owners,
            "allowed_merge_methods": list(args.merge_methods),
        },
    }
    if required:
        checks = [{"context": name} for name in sorted(required)]
        rules["required_status_checks"] = {"required_checks": checks, "strict_required_status_checks_policy": args.strict}
    return rules


def tag_ruleset(args: BranchRulesArgs) -> dict[str, Any]:
    """The ruleset of the release tags: whoever may push may make one, and nobody may change it. Pure."""
    rules = {"deletion": True, "non_fast_forward": True, "update": True}
    refs = [f"refs/tags/{pattern}" for pattern in args.tags]
    return {"name": args.tag_ruleset, "target": "tag", "conditions": _refs(refs), "rules": rules}


def waiting_words(waiting: Sequence[str]) -> str:
    """What an update says of checks that it cannot require yet. Pure."""
    names = ", ".join(f'"{name}"' for name in waiting)
    return f"not required yet: {names}; the branch's workflow files publish it first, and the next update requires it"


def _refs(includes: list[str]) -> dict[str, Any]:
    return {"ref_name": {"includes": includes, "excludes": []}}
