"""The GitHub of a stack: where it is, and how to sign in."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from infra.errors import Fault, SettingsError
from infra.provider import GITHUB_VERSION
from infra.provider.resources import GitHubAccess

if TYPE_CHECKING:
    from infra.settings import Settings

VARIABLE = "GITHUB_TOKEN"
LIMITED = ("https://github.com", ".ghe.com")
"""Servers that limit how fast one may write; elsewhere the provider need not pause after each write."""


def access(config: Mapping[str, str]) -> GitHubAccess | None:
    """Where the stack's GitHub is and how to sign in, None without a repository; from the config's texts by key.

    It is read before the settings are, which say what is wrong with a key. A token of the environment is left to the plugin to
    find: it may be another with each run, and would be a change in each.
    """
    given = _members(config)
    if not given.get("repository"):
        return None
    return GitHubAccess(
        url=given.get("baseUrl"),
        token=given.get("token"),
        app_id=given.get("appId"),
        app_installation_id=given.get("appInstallationId"),
        app_private_key=given.get("appPrivateKey"),
    )


def _members(config: Mapping[str, str]) -> dict[str, str]:
    """What the keys ``github.NAME`` and the members of ``github`` say, by name; empty ones left out."""
    try:
        members = json.loads(config.get("github") or "{}")
    except ValueError:
        members = {}
    prefix = "github."
    keys = {name.removeprefix(prefix): text for name, text in config.items() if name.startswith(prefix)}
    both = {**(members if isinstance(members, dict) else {}), **keys}
    return {name: text for name, text in both.items() if text and isinstance(text, str)}


def connect(settings: Settings) -> pulumi.ProviderResource:
    """The provider of GitHub's objects. Raises ``SettingsError`` where there is nothing to sign in with."""
    demand_access(settings, pulumi.get_stack(), os.environ)
    url = settings.github__base_url
    inputs: dict[str, pulumi.Input[str]] = {
        "baseUrl": "https://api.github.com/" if url == "https://github.com" else url,
        "owner": settings.github__repository.partition("/")[0],
    }
    if not url.endswith(LIMITED):
        inputs["writeDelayMs"] = "0"
    secrets = {name: pulumi.Output.secret(text) for name, text in _secrets(settings).items()}
    return pulumi.ProviderResource("github", "github", {**inputs, **secrets}, pulumi.ResourceOptions(version=GITHUB_VERSION))


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
