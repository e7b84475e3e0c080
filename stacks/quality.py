"""The SonarQube of a stack, and the project of its service there."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from components.quality_gate import QualityGate
from components.quality_gate_args import BUILT_IN, STORY, QualityGateArgs
from components.repository import Repository
from components.sonar_server import SonarServer
from components.sonar_server_args import SonarServerArgs
from infra.provider import PACKAGE
from infra.provider.resources import Provider, SonarAccess
from infra.settings import Settings
from stacks.watched import Watched

NAME = "sonarqube"
PORT = 9000
READER = "lockgate-exporter"
"""The user of a server of the stack's own by whom the exporter reads the gate."""


def server(settings: Settings, providers: list[pulumi.ProviderResource]) -> SonarServer:
    """The server of the stack's own that ``settings`` ask for."""
    args = SonarServerArgs(
        image=settings.sonar__image,
        database_image=settings.sonar__database_image,
        namespace=settings.sonar__namespace,
        node_port=settings.sonar__node_port,
        url=settings.sonar_qube_url,
        storage=settings.sonar__database_storage,
    )
    return SonarServer(NAME, args, ResourceOptions(providers=providers))


def provision(settings: Settings, providers: list[pulumi.ProviderResource], repository: Repository | None) -> Watched | None:
    """The server, and the service's project with its gate on it or on another one; ``repository`` gets the project's token.

    Returns the project where an exporter can watch it.
    """
    own = server(settings, providers) if settings.sonar__namespace else None
    if own is not None:
        export(own)
    if not settings.sonar__project:
        return None
    made = _gate(settings, providers, own, repository)
    if own is not None:
        inside = f"http://{NAME}.{settings.sonar__namespace}.svc:{PORT}"
        return Watched(settings.sonar__project, inside, made.reader_token) if made.reader_token else None
    return Watched(settings.sonar__project, settings.sonar_qube_url, settings.sonar_token) if settings.sonar_token else None


def _gate(
    settings: Settings, providers: list[pulumi.ProviderResource], own: SonarServer | None, repository: Repository | None
) -> QualityGate:
    if own is not None:
        access = SonarAccess(url=own.url, password=own.admin_password)
    else:
        assert settings.sonar_token is not None
        access = SonarAccess(url=settings.sonar_qube_url, token=settings.sonar_token.get_secret_value())
    args = QualityGateArgs(
        project=settings.sonar__project,
        name=settings.service,
        gate=_gate_name(settings),
        url=access.url or "",
        visibility="public" if settings.github__visibility == "public" else "private",
        conditions=_conditions(settings),
        repository=repository.name if repository else "",
        adopt=settings.sonar__adopt,
        pull_requests=bool(settings.github__repository),
        reader=READER if own is not None and settings.monitoring__namespace else "",
    )
    github = [one for one in providers if one.package != PACKAGE]
    made = QualityGate(settings.service, args, ResourceOptions(providers=[*github, Provider(NAME, sonar=access)]))
    pulumi.export("qualityGate", made.gate)
    return made


def _gate_name(settings: Settings) -> str:
    """What is built into SonarQube cannot have the settings' limits: the project gets one of its own in its place."""
    name = settings.quality_gate_name
    return f"{name} ({settings.sonar__project})" if name.casefold() == BUILT_IN.casefold() else name


def _conditions(settings: Settings) -> dict[str, tuple[str, str]]:
    limits = {
        "bugs": settings.quality_gate_max_bugs,
        "vulnerabilities": settings.quality_gate_max_vulnerabilities,
        "code_smells": settings.quality_gate_max_code_smells,
        "coverage": settings.test_coverage_threshold,
        "duplicated_lines_density": settings.quality_gate_max_duplications,
    }
    return {metric: (STORY[metric][0], str(limit)) for metric, limit in limits.items()}


def export(made: SonarServer) -> None:
    """The stack's outputs of SonarQube; the password is a secret."""
    pulumi.export("sonarUrl", made.url)
    pulumi.export("sonarAdminPassword", made.admin_password)
