"""What a resource on GitHub is given: the server, a voice, and the word to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import LockgateError
from infra.github import App, Clock, Credentials, GitHub, Token
from infra.provider.context import StoppedError

VARIABLE = "GITHUB_TOKEN"


@dataclass(frozen=True)
class GitHubContext:
    """One call of the engine. ``say`` shows a line while the update runs, ``warn`` one that the user still sees at its end."""

    github: GitHub
    say: Callable[[str], None]
    warn: Callable[[str], None]


def sign_in(config: Mapping[str, Any], environment: Mapping[str, str]) -> Credentials:
    """How to sign in: ``githubToken`` of the provider's config, its three ``githubApp…``, or GITHUB_TOKEN."""
    if config.get("githubToken"):
        return Token(config["githubToken"])
    if config.get("githubAppId"):
        return App(config["githubAppId"], config["githubAppInstallationId"], config["githubAppPrivateKey"])
    if environment.get(VARIABLE):
        return Token(environment[VARIABLE])
    raise LockgateError(
        f"GitHub: nothing to sign in with: give the provider a githubToken or a GitHub App, or set {VARIABLE} in the environment"
    )


def context(
    config: Mapping[str, Any],
    credentials: Credentials,
    say: Callable[[str], None],
    warn: Callable[[str], None],
    stop: threading.Event,
) -> GitHubContext:
    """The context of one call; ``githubUrl`` of the config is the server (None: github.com)."""

    def wait(seconds: float) -> None:
        if stop.wait(seconds):
            raise StoppedError("stopped by the user")

    url = config.get("githubUrl") or "https://github.com"
    return GitHubContext(GitHub(url, credentials, say, Clock(wait=wait)), say, warn)
