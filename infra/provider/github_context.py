"""What a resource on GitHub is given: the server, a voice, and the word to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import LockgateError
from infra.github import App, Clock, Credentials, GitHub, Token
from infra.provider.context import StoppedError

TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the name of the variable
BASE_URL = "GITHUB_BASE_URL"


@dataclass(frozen=True)
class GitHubContext:
    """One call of the engine. ``say`` shows a line while the update runs, ``warn`` one that the user still sees at its end;
    ``wait`` takes seconds, and raises ``StoppedError`` where the user stops the update."""

    github: GitHub
    say: Callable[[str], None]
    warn: Callable[[str], None]
    wait: Callable[[float], None]


def sign_in(config: Mapping[str, Any], environment: Mapping[str, str]) -> Credentials:
    """How to sign in: ``githubToken`` of the provider's config, its three ``githubApp…``, or GITHUB_TOKEN."""
    if config.get("githubToken"):
        return Token(config["githubToken"])
    if config.get("githubAppId"):
        return App(config["githubAppId"], config["githubAppInstallationId"], config["githubAppPrivateKey"])
    if environment.get(TOKEN):
        return Token(environment[TOKEN])
    raise LockgateError(
        f"GitHub: nothing to sign in with: give the provider a githubToken or a GitHub App, or set {TOKEN} in the environment"
    )


def base_url(config: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The server: ``githubUrl`` of the provider's config, else GITHUB_BASE_URL as for the GitHub provider, else github.com."""
    return config.get("githubUrl") or environment.get(BASE_URL) or "https://github.com"


def context(
    url: str, credentials: Credentials, say: Callable[[str], None], warn: Callable[[str], None], stop: threading.Event
) -> GitHubContext:
    """The context of one call on the server ``url``; its waiting ends when ``stop`` is set."""

    def wait(seconds: float) -> None:
        if stop.wait(seconds):
            raise StoppedError("stopped by the user")

    return GitHubContext(GitHub(url, credentials, say, Clock(wait=wait)), say, warn, wait)
