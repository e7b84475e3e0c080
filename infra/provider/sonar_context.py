"""What a resource on SonarQube is given: the server, and a voice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import LockgateError
from infra.provider.context import StoppedError
from infra.sonarqube import Login, SonarQube

URL, TOKEN = "SONAR_HOST_URL", "SONAR_TOKEN"


@dataclass(frozen=True)
class SonarContext:
    """One call of the engine."""

    sonar: SonarQube
    warn: Callable[[str], None]


def context(
    config: Mapping[str, Any],
    environment: Mapping[str, str],
    say: Callable[[str], None],
    warn: Callable[[str], None],
    stop: threading.Event,
) -> SonarContext:
    """By ``sonarUrl`` and ``sonarToken`` (or ``sonarPassword`` of its user admin) of the provider's config, else by
    SONAR_HOST_URL and SONAR_TOKEN. Raises ``LockgateError`` where there is no server or nothing to sign in with."""
    url = config.get("sonarUrl") or environment.get(URL)
    if not url:
        raise LockgateError(f"SonarQube: no address: give the provider a sonarUrl, or set {URL} in the environment")

    def wait(seconds: float) -> None:
        if stop.wait(seconds):
            raise StoppedError("stopped by the user")

    return SonarContext(SonarQube(url, _login(config, environment), say, wait), warn)


def _login(config: Mapping[str, Any], environment: Mapping[str, str]) -> Login:
    if config.get("sonarToken"):
        return Login(token=config["sonarToken"])
    if config.get("sonarPassword"):
        return Login(user="admin", password=config["sonarPassword"])
    if environment.get(TOKEN):
        return Login(token=environment[TOKEN])
    raise LockgateError(
        f"SonarQube: nothing to sign in with: give the provider a sonarToken or sonarPassword, or set {TOKEN} in the environment"
    )
