"""The settings of the stacks that a pipeline on this machine deploys to: those of a team, with the lab for cluster and GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import lab

ENVIRONMENTS = {"dev": "development", "staging": "staging", "prod": "production"}
OWN: Mapping[str, Mapping[str, Any]] = {
    "dev": {
        "strategy": "rolling",
        "github.manages": "repository",
        "github.deletion": "allow",
    },
    "staging": {},
    "prod": {
        "approvalRequired": True,
        "github.reviewers": "user:alice",
        "deploymentWindow": "Mon-Sun 00:00-23:59 UTC",
    },
}
"""What differs between them."""


def settings(
    stack: str, service: str, owner: str, registry: str, variables: Mapping[str, str], sonar: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Of one stack; ``variables`` are those of the repository, ``sonar`` are settings of the SonarQube beside it.

    No image: the pipeline brings the first one.
    """
    common = {
        "service": service,
        "autoDeploy": True,
        "bakeSeconds": 5,
        "github.repository": f"{owner}/{service}",
        "github.baseUrl": lab.github_url(),
        "github.platform": f"{owner}/platform",
        "github.environment": ENVIRONMENTS[stack],
        "github.variables": {"PULUMI_BACKEND_URL": variables["PULUMI_BACKEND_URL"]},
        "registryUrl": registry,
        "provenanceRequired": True,
    }
    managing = {"github.repositoryVariables": dict(variables), **sonar} if stack == "dev" else {}
    return {**common, **OWN[stack], **managing}
