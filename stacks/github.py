"""The GitHub of a stack: where it is, and how to sign in."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

import pulumi

from infra.errors import Fault, SettingsError
from infra.provider import GITHUB_VERSION
from infra.provider.resources import GitHubProvider
from infra.settings import Settings

VARIABLE = "GITHUB_TOKEN"
LIMITED = ("https://github.com", ".ghe.com")
"""Servers that limit how fast one may write; elsewhere the provider need not pause after each write."""


def connect(settings: Settings) -> list[pulumi.ProviderResource]:
    """The providers of GitHub's objects and of the workflow files.

    A token of the environment is left to them to find: it may be another with each run, and would be a change in each.
    """
    demand_access(settings, pulumi.get_stack(), os.environ)
    return [_provider(settings), _ours(settings)]


def demand_access(settings: Settings, stack: str, environment: Mapping[str, str]) -> None:
    """Raises ``SettingsError`` where there is nothing to sign in with."""
    if settings.github__token or settings.github__app_id or environment.get(VARIABLE):
        return
    raise SettingsError(
        f"Pulumi.{stack}.yaml",
        [
            Fault(
                path=f"Pulumi.{stack}.yaml: lockgate:github.token",
                value="(not set)",
                rule=f"must be given, since github.repository is {settings.github__repository}: by this key, by the three "
                f"github.app… keys, or by {VARIABLE} in the environment",
                remedy=f"run `pulumi config set --secret github.token -s {stack}`",
            )
        ],
    )


def _provider(settings: Settings) -> pulumi.ProviderResource:
    url = settings.github__base_url
    inputs: dict[str, pulumi.Input[str]] = {
        "baseUrl": "https://api.github.com/" if url == "https://github.com" else url,
        "owner": settings.github__repository.partition("/")[0],
    }
    if not url.endswith(LIMITED):
        inputs["writeDelayMs"] = "0"
    secrets = {name: pulumi.Output.secret(text) for name, text in _secrets(settings).items()}
    return pulumi.ProviderResource("github", "github", {**inputs, **secrets}, pulumi.ResourceOptions(version=GITHUB_VERSION))


def _ours(settings: Settings) -> GitHubProvider:
    token, key = settings.github__token, settings.github__app_private_key
    return GitHubProvider(
        "workflows",
        url=settings.github__base_url,
        token=token.get_secret_value() if token else None,
        app_id=settings.github__app_id or None,
        app_installation_id=settings.github__app_installation_id or None,
        app_private_key=key.get_secret_value() if key else None,
    )


def _secrets(settings: Settings) -> dict[str, str]:
    """How the GitHub provider signs in, as its config wants it."""
    if settings.github__token:
        return {"token": settings.github__token.get_secret_value()}
    if settings.github__app_private_key:
        app = {
            "id": settings.github__app_id,
            "installationId": settings.github__app_installation_id,
            "pemFile": settings.github__app_private_key.get_secret_value(),
        }
        return {"appAuth": json.dumps(app)}
    return {}
