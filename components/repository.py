"""A repository on GitHub."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_github as github
from pulumi import ResourceOptions

from components import lookup
from components.actions_values import opened
from components.repository_args import RepositoryArgs

OUTPUTS = {
    "name": "name",
    "full_name": "full_name",
    "repository_id": "repo_id",
    "node_id": "node_id",
    "default_branch": "default_branch",
    "visibility": "visibility",
    "url": "html_url",
    "clone_url": "http_clone_url",
}
"""The component's attributes, and what the provider calls them."""


class Repository(pulumi.ComponentResource):
    """Settings, topics, merge rules, security features, and what GitHub Actions may do; or an existing repository, as it is.

    A new repository begins with one commit on the default branch. ``full_name`` is OWNER/NAME, ``url`` the page in a browser;
    all attributes are there for an existing one too.
    """

    name: pulumi.Output[str]
    full_name: pulumi.Output[str]
    repository_id: pulumi.Output[int]
    node_id: pulumi.Output[str]
    default_branch: pulumi.Output[str]
    visibility: pulumi.Output[str]
    url: pulumi.Output[str]
    clone_url: pulumi.Output[str]

    def __init__(self, name: str, args: RepositoryArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:Repository", name, None, opts)
        source = lookup.repository(self, "name", args.name) if args.existing else self._make(name, args)
        outputs = {ours: pulumi.Output.from_input(pulumi.get(source, theirs)) for ours, theirs in OUTPUTS.items()}
        for attribute, output in outputs.items():
            setattr(self, attribute, output)
        self.register_outputs(outputs)

    def _make(self, name: str, args: RepositoryArgs) -> github.Repository:
        # GitHub keeps a squash's words while it may not squash, and the provider sends none then: they stay as they are.
        words = [] if "squash" in args.merge_methods else ["squashMergeCommitTitle", "squashMergeCommitMessage"]
        kept = ResourceOptions(parent=self, protect=args.deletion == "refuse", ignore_changes=words)
        made = github.Repository(name, **settings(args), opts=kept)
        self._actions(name, args, made)
        self._alerts(name, args, made)
        return made

    def _actions(self, name: str, args: RepositoryArgs, made: github.Repository) -> None:
        inside = ResourceOptions(parent=self, deleted_with=made)
        github.ActionsRepositoryPermissions(name, repository=made.name, **actions(args), opts=inside)
        token: Any = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
        github.WorkflowRepositoryPermissions(name, repository=made.name, **token, opts=inside)
        for key, secret in args.secrets.items():
            github.ActionsSecret(f"{name}-{key}", repository=made.name, secret_name=key, value=opened(secret), opts=inside)
        for key, variable in args.variables.items():
            github.ActionsVariable(f"{name}-{key}", repository=made.name, variable_name=key, value=variable, opts=inside)

    def _alerts(self, name: str, args: RepositoryArgs, made: github.Repository) -> None:
        """A rename replaces these two, and the deletion of the old one would switch off what the new one has switched on."""
        switch = ResourceOptions(parent=self, retain_on_delete=True)
        alerts = github.RepositoryVulnerabilityAlerts(name, repository=made.name, enabled=args.vulnerability_alerts, opts=switch)
        after = ResourceOptions.merge(switch, ResourceOptions(depends_on=[alerts]))
        github.RepositoryDependabotSecurityUpdates(name, repository=made.name, enabled=args.dependabot_updates, opts=after)


def settings(args: RepositoryArgs) -> dict[str, Any]:
    """The inputs of the repository itself. Pure."""
    squash = {"squash_merge_commit_title": "PR_TITLE", "squash_merge_commit_message": "PR_BODY"}
    switches = scanning(args)
    return {
        "name": args.name,
        "description": args.description,
        "homepage_url": args.homepage,
        "topics": sorted(args.topics),
        "visibility": args.visibility,
        "has_issues": args.issues,
        "has_wiki": args.wiki,
        "has_projects": args.projects,
        "has_discussions": args.discussions,
        "allow_squash_merge": "squash" in args.merge_methods,
        "allow_rebase_merge": "rebase" in args.merge_methods,
        "allow_merge_commit": "merge" in args.merge_methods,
        "allow_auto_merge": args.auto_merge,
        "allow_update_branch": True,
        "delete_branch_on_merge": True,
        "auto_init": True,
        **(squash if "squash" in args.merge_methods else {}),
        **({"security_and_analysis": switches} if switches else {}),
    }


def scanning(args: RepositoryArgs) -> dict[str, Any]:
    """The switches of secret scanning, {} where they stay as they are. Pure."""
    wanted = args.secret_scanning
    if wanted == "free" and args.visibility != "public":
        return {}
    status = {"status": "disabled" if wanted == "off" else "enabled"}
    return {"secret_scanning": status, "secret_scanning_push_protection": status}


def actions(args: RepositoryArgs) -> dict[str, Any]:
    """Which actions workflows may use. Pure."""
    return {
        "enabled": True,
        "allowed_actions": "selected",
        "allowed_actions_config": {
            "github_owned_allowed": True,
            "verified_allowed": True,
            "patterns_alloweds": sorted(args.allowed_actions),
        },
        "sha_pinning_required": args.pinned_actions,
    }
