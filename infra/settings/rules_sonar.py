"""What must hold between the settings of a SonarQube of the stack's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.settings.breach import Breach
from infra.settings.rules_servers import servers

if TYPE_CHECKING:
    from infra.settings.model import Settings

_IMAGES = {"sonar__image": "sonar.image", "sonar__database_image": "sonar.databaseImage"}


def _servers(settings: Settings) -> Iterator[Breach]:
    yield from servers(settings, "sonar__namespace", _IMAGES, "sonar.namespace")


def _place(settings: Settings) -> Iterator[Breach]:
    if settings.sonar__namespace and settings.sonar__node_port is None and not settings.sonar_qube_url:
        yield Breach(
            field="sonar__namespace",
            others=("sonar__node_port", "sonar_qube_url"),
            rule="needs sonar.nodePort or sonarQubeUrl beside it: how the server is reached",
            fix="set sonar.nodePort 30900",
        )
    if settings.sonar__node_port is not None and settings.sonar__node_port == settings.node_port:
        yield Breach(
            field="sonar__node_port",
            others=("node_port",),
            rule=f"must be another than nodePort ({settings.node_port}), which is the service's",
            fix="set sonar.nodePort 30900",
        )


def _access(settings: Settings) -> Iterator[Breach]:
    lacking = [field for field in ("sonar_qube_url", "sonar_token") if not getattr(settings, field)]
    if settings.sonar__project and not settings.sonar__namespace and lacking:
        yield Breach(
            field="sonar__project",
            others=tuple(lacking),
            rule="needs a server: sonar.namespace for one of its own, or sonarQubeUrl and sonarToken, which may administer it",
            fix="set sonarQubeUrl https://sonarqube.example.com",
        )


SONAR = (_servers, _place, _access)
