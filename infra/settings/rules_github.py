"""What must hold between the settings of GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.settings.breach import Breach

if TYPE_CHECKING:
    from infra.settings.model import Settings

_APP = {
    "github__app_id": "github.appId",
    "github__app_installation_id": "github.appInstallationId",
    "github__app_private_key": "github.appPrivateKey",
}


def _app(settings: Settings) -> Iterator[Breach]:
    """A GitHub App signs in with all three of its keys, and then a token is one way too many."""
    given = [field for field in _APP if getattr(settings, field)]
    lacking = [field for field in _APP if field not in given]
    if given and lacking:
        words = ["--secret", _APP[lacking[0]]] if "key" in lacking[0] else [_APP[lacking[0]], "NUMBER"]
        yield Breach(
            field=given[0],
            others=tuple(lacking),
            rule=f"needs {' and '.join(_APP[field] for field in lacking)} beside it to sign in as a GitHub App",
            fix=f"set {' '.join(words)}",
        )
    if given and settings.github__token:
        yield Breach(
            field="github__token",
            others=tuple(given),
            rule=f"must not be set beside {' and '.join(_APP[field] for field in given)}: sign in by token or as a GitHub App",
            fix="rm github.token",
        )


def _reviewers(settings: Settings) -> Iterator[Breach]:
    if settings.approval_required and settings.github__repository and not settings.github__reviewers:
        yield Breach(
            field="github__reviewers",
            others=("approval_required", "github__repository"),
            rule=f"must say who approves, since approvalRequired is true and github.repository is {settings.github__repository}",
            fix="set github.reviewers user:NAME",
        )


def _manages(settings: Settings) -> Iterator[Breach]:
    if settings.github__manages == "repository" and not settings.github__repository:
        yield Breach(
            field="github__manages",
            others=("github__repository",),
            rule="must be environment while github.repository has no value",
            fix="set github.repository OWNER/NAME",
        )


def _deploying(settings: Settings) -> Iterator[Breach]:
    if not settings.github__deploy_branches and not settings.github__deploy_tags:
        yield Breach(
            field="github__deploy_branches",
            others=("github__deploy_tags",),
            rule="must name a branch while github.deployTags has no value, or nothing could ever be deployed",
            fix="set github.deployBranches main",
        )


def _repository_values(settings: Settings) -> Iterator[Breach]:
    given = {
        "github__repository_secrets": ("github.repositorySecrets", settings.github__repository_secrets),
        "github__repository_variables": ("github.repositoryVariables", settings.github__repository_variables),
    }
    for field, (key, values) in given.items():
        if values and settings.github__manages != "repository":
            yield Breach(
                field=field,
                others=("github__manages",),
                rule="must be empty in a stack that does not manage the repository: github.manages is environment",
                fix=f"rm {key}",
            )


GITHUB = (_app, _reviewers, _manages, _deploying, _repository_values)
