"""The rule on GitHub's environments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policy.examples import github, plan
from policy.model import Case, Hit, Rule
from policy.values import at, items, truthy

ENVIRONMENT = "github:index/repositoryEnvironment:RepositoryEnvironment"
BRANCHES = "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy"
PRODUCTION = re.compile(r"(?<![a-z])(prod|production|prd|live)(?![a-z])", re.IGNORECASE)
EVERYTHING = {"*", "**", "**/*", "*/*"}


def _open(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted(ENVIRONMENT):
        if not _has_reviewers(new) and not _is_bound(case, new):
            name = str(new.get("environment"))
            yield Hit(
                change=change,
                message=f"environment = {name}: has neither reviewers nor a branch policy, so that every branch gets its secrets",
                remedy="name reviewers (setting github.reviewers), or the branches that may deploy (github.deployBranches)",
                milder=not PRODUCTION.search(name),
            )


def _has_reviewers(new: Mapping[str, Any]) -> bool:
    """Reviewers whose ids are not known yet count: somebody will be there."""
    reviewers = new.get("reviewers")
    return isinstance(reviewers, str) or any(at(one, "users") or at(one, "teams") for one in items(reviewers))


def _is_bound(case: Case, new: Mapping[str, Any]) -> bool:
    policy = new.get("deploymentBranchPolicy")
    if isinstance(policy, str) or truthy(at(policy, "protectedBranches")):
        return True
    return truthy(at(policy, "customBranchPolicies")) and not EVERYTHING & _patterns(case, new)


def _patterns(case: Case, new: Mapping[str, Any]) -> set[Any]:
    """The branches that may deploy to this environment."""
    mine = (one for _, one in case.wanted(BRANCHES) if all(one.get(key) == new.get(key) for key in ("repository", "environment")))
    return {one["branchPattern"] for one in mine if isinstance(one.get("branchPattern"), str)}


RULES = (
    Rule(
        name="environment-protection",
        severity="deny",
        why="Whoever can push a branch can write a workflow that asks for the environment. Only for production it denies.",
        check=_open,
        good=plan(github("RepositoryEnvironment", "production", environment="production", reviewers=[{"teams": [1]}])),
        bad=plan(github("RepositoryEnvironment", "production", environment="production", waitTimer=10)),
    ),
)
