"""A program with GitHub's components on a stand-in, and what GitHub then has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from github_lab import GitHubLab
from github_program import Program

PROGRAM = '''
import json
from pathlib import Path

import pulumi
import pulumi_github

from components import (
    BranchRules, BranchRulesArgs, BypassActor, EnvironmentArgs, Environments, EnvironmentsArgs, OidcTrust, OidcTrustArgs,
    Repository, RepositoryArgs, RunnerScaleSetArgs,
)
from components.runners import group

wanted = json.loads(Path("wanted.json").read_text())
opts = pulumi.ResourceOptions(providers=[pulumi_github.Provider("github", write_delay_ms=1)])
repository = Repository("podinfo", RepositoryArgs(**wanted["repository"]), opts)
if "environments" in wanted:
    args = [EnvironmentArgs(**each) for each in wanted["environments"]]
    Environments("podinfo", EnvironmentsArgs(repository=repository.name, environments=args), opts)
if "rules" in wanted:
    bypass = [BypassActor(**each) for each in wanted["rules"].pop("bypass", [])]
    rules = BranchRules("podinfo", BranchRulesArgs(repository=repository.name, bypass=bypass, **wanted["rules"]), opts)
    pulumi.export("leftovers", rules.leftovers)
if "trust" in wanted:
    trust = OidcTrust("podinfo", OidcTrustArgs(repository="lab/podinfo", **wanted["trust"]), pulumi.ResourceOptions.merge(
        opts, pulumi.ResourceOptions(depends_on=[repository])))
    pulumi.export("subject", trust.subject)
if "runners" in wanted:
    args = RunnerScaleSetArgs(repository_ids=[repository.repository_id], **wanted["runners"])
    group(pulumi.ComponentResource("world:index:Runners", "podinfo", None, opts), "podinfo", args)
pulumi.export("repository", repository.full_name)
pulumi.export("branch", repository.default_branch)
'''
REPOSITORY = {"name": "podinfo", "deletion": "allow", "topics": ["sample", "delivery"], "description": "A sample"}
PRODUCTION = {
    "name": "production",
    "tags": ["v*"],
    "wait_minutes": 30,
    "users": ["bob"],
    "teams": ["platform"],
    "secrets": {"DATABASE_URL": "postgres://hunter2"},
    "variables": {"REGION": "eu"},
}
RULES = {"required_checks": ["Tests", "Build"]}
TRUST = {"environment": "production", "branch": "main", "template": "new"}
CD = "lab/podinfo/.github/workflows/cd.yml"
RUNNERS = {
    "organization_url": "https://github.com/lab",
    "label": "podinfo-runners",
    "workflows": [f"{CD}@refs/heads/main"],
    "app": "app",
    "image": "ghcr.io/actions/actions-runner@sha256:" + "a" * 64,
}
SAFE = {"repository": REPOSITORY, "environments": [{"name": "dev"}, PRODUCTION], "rules": RULES}
ALL = {**SAFE, "trust": TRUST}


class World:
    """The program above, which wants what it is told."""

    def __init__(self, folder: Path, github: GitHubLab) -> None:
        self.folder, self.github = folder, github
        (folder / "Pulumi.yaml").write_text("name: world\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self.program = Program(folder, github)

    def want(self, **wanted: Any) -> Program:
        (self.folder / "wanted.json").write_text(json.dumps(wanted))
        return self.program

    def ask(self, path: str) -> Any:
        with self.github.client() as client:
            answer = client.get(path)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def required(self) -> set[str]:
        """The checks that GitHub requires on the default branch."""
        found = [rule["parameters"] for rule in self._rules() if rule["type"] == "required_status_checks"]
        return {check["context"] for parameters in found for check in parameters["required_status_checks"]}

    def kinds(self) -> set[str]:
        """The kinds of rules that GitHub holds the default branch to."""
        return {rule["type"] for rule in self._rules()}

    def _rules(self) -> list[dict[str, Any]]:
        return list(self.ask("repos/lab/podinfo/rules/branches/main"))


@pytest.fixture
def world(tmp_path: Path, github: GitHubLab) -> World:
    return World(tmp_path, github)
