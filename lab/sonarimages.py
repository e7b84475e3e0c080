"""The images of SonarQube and of its database, made on this machine: no public registry is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import toolchain
from infra.progress import step
from lab import images
from lab.layout import Layout, default
from lab.samples import require_registry
from toolchain import sonarqube
from toolchain.debianlayer import Layer

_PATH = "PATH=/usr/local/bin:/usr/bin:/bin"
_UNCHECKED = "-Dsonar.es.bootstrap.checks.disable=true"
"""Else the search engine does not start where a process may open fewer than 65,535 files, which a lab cannot raise everywhere."""
_RECIPE = f"{sonarqube.RECIPE}.2"
"""Of the layers, and of the settings below: images of another one are made anew."""

_SERVER = (
    *("--user", str(sonarqube.USER[1]), "--workdir", f"/{sonarqube.HOME}", "--exposed-ports", "9000"),
    # A server of the lab lives for minutes: the second compiler would cost it more than it gives.
    *("--env", f"{_PATH},LANG=C.UTF-8,ES_TMPDIR=/{sonarqube.HOME}/temp,JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1"),
    *("--entrypoint", f"java,-jar,lib/sonarqube.jar,-Dsonar.log.console=true,{_UNCHECKED}"),
)
_DATABASE = (
    *("--user", str(sonarqube.POSTGRES_USER[1]), "--exposed-ports", "5432"),
    *("--env", f"{_PATH},LANG=C.UTF-8,PGDATA=/var/lib/postgresql/data"),
    *("--entrypoint", "start-postgres"),
)


@dataclass(frozen=True, kw_only=True)
class SonarImages:
    """References by digest, for the settings ``sonar.image`` and ``sonar.databaseImage``."""

    server: str
    database: str


def ensure_sonar_images() -> SonarImages:
    """Puts SonarQube and PostgreSQL into the running lab's registry, unless they are there. Downloads 950 MB the first time.

    Raises LabError: the registry does not answer; ToolError: the images cannot be made here.
    """
    return ensure(default())


def ensure(layout: Layout) -> SonarImages:
    """The same in the registry of ``layout``. Images that are there stay, whatever newer packages there are."""
    require_registry(layout)
    server = f"sonarqube:{sonarqube.VERSION}"
    database = f"postgres:{sonarqube.POSTGRES_VERSION}"
    return SonarImages(
        server=_ensure(layout, server, lambda: [sonarqube.build_java(), sonarqube.build_server()], _SERVER),
        database=_ensure(layout, database, lambda: [sonarqube.build_postgres()], _DATABASE),
    )


def _ensure(layout: Layout, name: str, build: Callable[[], Sequence[Layer]], settings: Sequence[str]) -> str:
    there = images.pushed(layout, name)
    if there and (there.key or "").startswith(f"{_RECIPE}-"):
        return images.reference(layout, name, there.digest)
    made = build()
    crane = toolchain.ensure(["crane"])["crane"]
    key = f"{_RECIPE}-{'-'.join(layer.key for layer in made)}"
    with step(f"The image {name}"):
        digest = images.push(layout, crane, name, [layer.path for layer in made], key, *settings)
    return images.reference(layout, name, digest)
