"""The quality gate that a stack's monitoring watches. Kept apart: who has no SonarQube imports nothing of it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pydantic import SecretStr

from infra.settings import Settings


@dataclass(frozen=True)
class Watched:
    """The project whose gate is watched: where a pod reaches its server, and the ``token`` that may browse it."""

    project: str
    url: str
    token: pulumi.Output[str] | SecretStr


def address(settings: Settings) -> str:
    """Where people reach the server, "" where there is none."""
    port = settings.sonar__node_port
    return settings.sonar_qube_url.rstrip("/") or (f"http://127.0.0.1:{port}" if settings.sonar__namespace and port else "")
