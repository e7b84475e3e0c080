"""Rules on what surrounds a repository: who sees it, what watches over it, and who may run on its runners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.examples import github, plan
from policy.model import Case, Hit, Rule
from policy.values import at, is_unknown, truthy

REPOSITORY = "github:index/repository:Repository"
ALERTS = "github:index/repositoryVulnerabilityAlerts:RepositoryVulnerabilityAlerts"
TOKENS = (
    "github:index/workflowRepositoryPermissions:WorkflowRepositoryPermissions",
    "github:index/actionsOrganizationWorkflowPermissions:ActionsOrganizationWorkflowPermissions",
    "github:index/enterpriseActionsWorkflowPermissions:EnterpriseActionsWorkflowPermissions",
)
RUNNERS = (
    "github:index/actionsRunnerGroup:ActionsRunnerGroup",
    "github:index/enterpriseActionsRunnerGroup:EnterpriseActionsRunnerGroup",
)
SCANS = ("secretScanning", "secretScanningPushProtection")


def _public(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted(REPOSITORY):
        if new.get("visibility", _before_visibility(new)) == "public":
            yield Hit(
                change=change,
                message="visibility = public: everybody reads its code, its history and the logs of its workflows",
                remedy="set it to private or internal, unless that is meant",
            )


def _before_visibility(new: Mapping[str, Any]) -> str:
    """What the provider makes of the older property, and of none."""
    return "private" if truthy(new.get("private")) else "public"


def _unwatched(case: Case) -> Iterator[Hit]:
    watched = [new.get("repository") for _, new in case.wanted(ALERTS) if truthy(new.get("enabled", True))]
    for change, new in case.wanted(REPOSITORY):
        named = any(is_unknown(one) or one in (new.get("name"), change.name) for one in watched)
        if not truthy(new.get("vulnerabilityAlerts")) and not named:
            yield Hit(
                change=change,
                message="vulnerabilityAlerts: are off, so that nobody hears of a vulnerable dependency",
                remedy="turn them on with RepositoryVulnerabilityAlerts",
            )
        for scan in SCANS:
            if at(new, "securityAndAnalysis", scan, "status") == "disabled":
                yield Hit(
                    change=change,
                    message=f"securityAndAnalysis.{scan}.status = disabled: a committed secret stays unseen",
                    remedy="set it to enabled",
                )


def _tokens(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted(*TOKENS):
        if new.get("defaultWorkflowPermissions") == "write":
            yield Hit(
                change=change,
                message="defaultWorkflowPermissions = write: a workflow that says nothing may change the whole repository",
                remedy="set it to read, and give single jobs what they need with `permissions`",
            )


def _runners(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted(*RUNNERS):
        if truthy(new.get("allowsPublicRepositories")):
            yield Hit(
                change=change,
                message="allowsPublicRepositories = true: anybody's pull request can run code on your own runners",
                remedy="set it to false",
            )


RULES = (
    Rule(
        name="public-repository",
        severity="warn",
        why="Making a repository public cannot be taken back: what was seen was seen.",
        check=_public,
        good=plan(github("Repository", "web", visibility="private", vulnerabilityAlerts=True)),
        bad=plan(github("Repository", "web", visibility="public", vulnerabilityAlerts=True)),
    ),
    Rule(
        name="security-features",
        severity="warn",
        why="GitHub watches dependencies and commits by itself, where it is allowed to.",
        check=_unwatched,
        good=plan(github("Repository", "web", visibility="private", vulnerabilityAlerts=True)),
        bad=plan(github("Repository", "web", visibility="private", vulnerabilityAlerts=False)),
    ),
    Rule(
        name="workflow-token",
        severity="deny",
        why="Every step of every workflow holds the default token, a compromised action's too.",
        check=_tokens,
        good=plan(github("WorkflowRepositoryPermissions", "web", repository="web", defaultWorkflowPermissions="read")),
        bad=plan(github("WorkflowRepositoryPermissions", "web", repository="web", defaultWorkflowPermissions="write")),
    ),
    Rule(
        name="runners-for-public",
        severity="deny",
        why="A self-hosted runner stands in your network; a fork of a public repository needs nobody's leave to send it code.",
        check=_runners,
        good=plan(github("ActionsRunnerGroup", "web", visibility="selected", allowsPublicRepositories=False)),
        bad=plan(github("ActionsRunnerGroup", "web", visibility="selected", allowsPublicRepositories=True)),
    ),
)
