"""What a stack has on GitHub: its environment, and the repository besides where it manages that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pulumi
from pulumi import ResourceOptions

from components.actions_values import Secret
from components.branch_rules import BranchRules
from components.branch_rules_args import BranchRulesArgs
from components.environments import Environments
from components.environments_args import EnvironmentArgs, EnvironmentsArgs
from components.repository import Repository
from components.repository_args import RepositoryArgs
from components.workflow_files import WorkflowFiles, WorkflowFilesArgs, published_before
from components.workflows.spec import PipelineSpec
from infra.errors import LockgateError
from infra.settings import Settings
from stacks.pipeline import pipeline


def provision(settings: Settings, providers: list[pulumi.ProviderResource]) -> Repository:
    """Everything on GitHub that ``settings`` ask for."""
    opts = ResourceOptions(providers=providers)
    made = _made(settings, opts)
    environments = Environments(settings.service, _environments(settings, made), opts)
    if settings.github__manages == "repository":
        _warn_of_deletion(settings)
        spec = pipeline(settings, Path.cwd())
        _govern(settings, made, spec, ResourceOptions.merge(opts, ResourceOptions(depends_on=[environments])))
    return made


def _made(settings: Settings, opts: ResourceOptions) -> Repository:
    args = _repository(settings)
    try:
        return Repository(settings.service, args, opts)
    except LockgateError as error:
        raise LockgateError(
            f"github.repository = {settings.github__repository}: {error}; it is made by the stack whose github.manages is "
            "repository: update that one first"
        ) from None


def _warn_of_deletion(settings: Settings) -> None:
    """On the lab's stand-in nothing is lost."""
    if settings.github__deletion == "allow" and settings.github__base_url.startswith("https://"):
        pulumi.log.warn(
            f"github.deletion = allow: a destroy deletes {settings.github__repository} with all that is in it; to protect it, "
            f"run `pulumi config rm github.deletion -s {pulumi.get_stack()}` and update"
        )


def export(made: Repository) -> None:
    """The stack's outputs of GitHub."""
    pulumi.export("repository", made.full_name)
    pulumi.export("repositoryUrl", made.url)


def _govern(settings: Settings, made: Repository, spec: PipelineSpec, opts: ResourceOptions) -> None:
    """The workflow files and the rules, in the order in which no check is ever required that nobody publishes."""
    before = published_before(settings.service)
    rules = BranchRulesArgs(repository=made.name, required_checks=spec.required_checks(), published=before)
    files = WorkflowFilesArgs(
        repository=made.full_name,
        branch=made.default_branch,
        files=spec.files(),
        published=spec.published_checks(),
    )
    if before is None:
        written = WorkflowFiles(settings.service, files, opts)
        BranchRules(settings.service, replace(rules, published=written.published), _after(written, opts))
    else:
        WorkflowFiles(settings.service, files, _after(BranchRules(settings.service, rules, opts), opts))


def _after(first: pulumi.Resource, opts: ResourceOptions) -> ResourceOptions:
    return ResourceOptions.merge(opts, ResourceOptions(depends_on=[first]))


def _repository(settings: Settings) -> RepositoryArgs:
    name = settings.github__repository.partition("/")[2]
    if settings.github__manages != "repository":
        return RepositoryArgs(name=name, existing=True)
    return RepositoryArgs(
        name=name,
        description=f"The service {settings.service}",
        visibility=settings.github__visibility,
        deletion=settings.github__deletion,
        secrets={**_shared(settings), **settings.github__repository_secrets},
        variables=settings.github__repository_variables,
    )


def _shared(settings: Settings) -> dict[str, Secret]:
    """The secrets of other settings that jobs in no environment need: to analyse, and to tell people.

    Where the stack has a project on SonarQube, its gate gives the jobs a token that may do no more than analyse that.
    """
    token = None if settings.sonar__project else settings.sonar_token
    named = {"SONAR_TOKEN": token, "SLACK_WEBHOOK_URL": settings.slack_webhook_url}
    return {name: value for name, value in named.items() if value}


def _environments(settings: Settings, made: Repository) -> EnvironmentsArgs:
    reviewers = [one.partition(":") for one in settings.github__reviewers.split(",") if settings.approval_required]
    environment = EnvironmentArgs(
        name=settings.github__environment,
        branches=_patterns(settings.github__deploy_branches),
        tags=_patterns(settings.github__deploy_tags),
        wait_minutes=settings.github__wait_minutes,
        users=[name for kind, _, name in reviewers if kind == "user"],
        teams=[name for kind, _, name in reviewers if kind == "team"],
        secrets=settings.github__secrets,
        variables={"LOCKGATE_STACK": pulumi.get_stack(), **settings.github__variables},
    )
    return EnvironmentsArgs(repository=made.name, environments=[environment])


def _patterns(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))
