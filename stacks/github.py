"""The GitHub of a stack: where it is, and how to sign in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from infra.errors import Fault, LockgateError, SettingsError
from infra.provider import GITHUB_VERSION
from infra.provider.resources import GitHubAccess

if TYPE_CHECKING:
    from infra.settings import Settings

VARIABLE = "GITHUB_TOKEN"
OWNERS = ("GITHUB_ORGANIZATION", "GITHUB_OWNER")
APP = ("GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID", "GITHUB_APP_PEM_FILE")
"""Variables that GitHub's provider believes more than the owner, or the token, that it is given."""

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
    """The provider of GitHub's objects. Raises ``SettingsError`` as ``demand_access`` does."""
    demand_access(settings, pulumi.get_stack(), os.environ)
    url = settings.github__base_url
    inputs: dict[str, pulumi.Input[str]] = {"baseUrl": _api(url), "owner": settings.github__repository.partition("/")[0]}
    if not url.endswith(LIMITED):
        inputs["writeDelayMs"] = "0"
    secrets = {name: pulumi.Output.secret(text) for name, text in _secrets(settings).items()}
    return pulumi.ProviderResource("github", "github", {**inputs, **secrets}, pulumi.ResourceOptions(version=GITHUB_VERSION))


def _api(url: str) -> str:
    return "https://api.github.com/" if url == "https://github.com" else url


def demand_access(settings: Settings, stack: str, environment: Mapping[str, str]) -> None:
    """Raises ``SettingsError`` where there is nothing to sign in with, or a variable leads the provider elsewhere."""
    faults = [*_nothing(settings, stack, environment), *_others(settings, environment)]
    if faults:
        raise SettingsError(f"Pulumi.{stack}.yaml", faults)


def _nothing(settings: Settings, stack: str, environment: Mapping[str, str]) -> Iterator[Fault]:
    if settings.github__token or settings.github__app_id or environment.get(VARIABLE):
        return
    yield Fault(
        path=f"Pulumi.{stack}.yaml: lockgate:github.token",
        value="(not set)",
        rule=f"must be given, since github.repository is {settings.github__repository}: by this key, by the three "
        f"github.app… keys, or by {VARIABLE} in the environment",
        remedy=f"run `pulumi config set --secret github.token -s {stack}`",
    )


def _others(settings: Settings, environment: Mapping[str, str]) -> Iterator[Fault]:
    owner = settings.github__repository.partition("/")[0]
    for name in OWNERS:
        said = environment.get(name, "")
        if said and said.casefold() != owner.casefold():
            yield Fault(
                path=f"environment: {name}",
                value=said,
                rule=f"must not name another owner than github.repository, {settings.github__repository}: GitHub's provider "
                "believes the variable",
                remedy=f"run `unset {name}`",
            )
    if not settings.github__app_id and all(environment.get(name) for name in APP):
        yield Fault(
            path=f"environment: {', '.join(APP)}",
            value="(set)",
            rule="must not be set while github.appId has no value: GitHub's provider would sign in as that App, not by the token",
            remedy=f"run `unset {' '.join(APP)}`",
        )


def demand_place(settings: Settings, stack: str, past: Mapping[str, Any]) -> None:
    """Raises ``LockgateError`` where the stack's last state is of another repository or server.

    GitHub's objects are known to its provider by their names alone: it would look for the old ones in the new place, and
    change whatever has their names there. Without a repository, our own provider would not know where they are. ``past`` are
    the resources of the last state, by URN.
    """
    repository, there = settings.github__repository, _place(past)
    wanted = f"{settings.github__base_url}/{repository}" if repository else "(not set)"
    if there and there.casefold() != wanted.casefold():
        raise LockgateError(
            f"github.repository = {wanted}: must stay {there} while stack {stack} has something there; set it back, update, and "
            "take that away first (docs/github.md, Moving a stack), or make a new stack"
        )


def _place(past: Mapping[str, Any]) -> str:
    """The address of the repository that the last state is of, empty where it has nothing on GitHub."""
    kinds = {kind: one["outputs"] for urn, one in past.items() for kind in [urn.split("::")[2].rpartition("$")[2]]}
    provider = kinds.get("pulumi:providers:github", {})
    environment = kinds.get("github:index/repositoryEnvironment:RepositoryEnvironment", {})
    made = kinds.get("github:index/repository:Repository", {})
    name = environment.get("repository") or made.get("name")
    if not name or "baseUrl" not in provider:
        return ""
    server = "https://github.com" if provider["baseUrl"] == _api("https://github.com") else provider["baseUrl"]
    return f"{server}/{provider['owner']}/{name}"


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
