"""A repository's environments on GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_github as github
from pulumi import ResourceOptions

from components import lookup
from components.actions_values import opened
from components.environments_args import EnvironmentArgs, EnvironmentsArgs


class Environments(pulumi.ComponentResource):
    """Environments with their approvals, wait timers, branch and tag policies, secrets and variables.

    ``names`` gives each environment's name once it is there, by name.
    """

    names: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: EnvironmentsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:Environments", name, None, opts)
        made = {each.name: self._environment(f"{name}-{each.name}", args.repository, each) for each in args.environments}
        self.names = {key: environment.environment for key, environment in made.items()}
        self.register_outputs({"names": self.names})

    def _environment(
        self, name: str, repository: pulumi.Input[str], args: EnvironmentArgs
    ) -> github.RepositoryEnvironment:
        made = github.RepositoryEnvironment(
            name,
            repository=repository,
            environment=args.name,
            can_admins_bypass=args.admins_bypass,
            deployment_branch_policy={"protected_branches": False, "custom_branch_policies": True},
            **self._waits(args),
            opts=ResourceOptions(parent=self),
        )
        where = {"repository": repository, "environment": made.environment}
        inside = ResourceOptions(parent=self, deleted_with=made)
        for kind, patterns in (("branch", args.branches), ("tag", args.tags)):
            for pattern in patterns:
                policy: Any = {f"{kind}_pattern": pattern}
                github.RepositoryEnvironmentDeploymentPolicy(f"{name}-{kind}-{pattern}", **where, **policy, opts=inside)
        for key, secret in args.secrets.items():
            github.ActionsEnvironmentSecret(f"{name}-{key}", **where, secret_name=key, value=opened(secret), opts=inside)
        for key, variable in args.variables.items():
            github.ActionsEnvironmentVariable(f"{name}-{key}", **where, variable_name=key, value=variable, opts=inside)
        return made

    def _waits(self, args: EnvironmentArgs) -> dict[str, Any]:
        """What a deployment waits for; nothing of it is said where it waits for nothing, which is how GitHub answers."""
        path = f"environment {args.name}"
        users = [lookup.user_id(self, f"{path}: users", login) for login in args.users]
        teams = [lookup.team_id(self, f"{path}: teams", slug) for slug in args.teams]
        waits: dict[str, Any] = {"wait_timer": args.wait_minutes} if args.wait_minutes else {}
        if users or teams:
            reviewers = {key: sorted(ids) for key, ids in (("users", users), ("teams", teams)) if ids}
            waits |= {"reviewers": [reviewers], "prevent_self_review": args.prevent_self_review}
        return waits
