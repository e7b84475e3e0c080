"""Runs sonar-scanner on a service: which project it writes to, and with what."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.errors import ToolError, UsageError
from infra.sonarqube import Login, SonarQube

SETTINGS = "sonar-project.properties"
OTHERS = ("tests", "reports", "dist", "node_modules", "coverage", ".platform", ".lockgate")
"""Folders at the service's root that are no source of its own."""

COVERAGE = {
    "sonar.python.coverage.reportPaths": "reports/coverage.xml",
    "sonar.javascript.lcov.reportPaths": "reports/web/lcov.info",
}
PULL_REQUESTS = "-pull-requests"
"""What the key of the project ends with that pull requests are analysed into, one after the other, where the server's edition
knows no pull requests (docs/adr/0016-pull-requests-on-a-community-server.md)."""

COMMUNITY = "community"


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """``number`` of the pull request, and its branches."""

    number: str
    head: str
    base: str

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> PullRequest | None:
        """PULL_REQUEST, GITHUB_HEAD_REF and GITHUB_BASE_REF, as a workflow has them; None where there is none."""
        number = environ.get("PULL_REQUEST", "")
        if not number:
            return None
        return cls(number=number, head=environ.get("GITHUB_HEAD_REF", ""), base=environ.get("GITHUB_BASE_REF", ""))


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """``pull_request`` is the number where the server analyses it as one, else ""."""

    project: str
    login: Login
    pull_request: str
    properties: Mapping[str, str]


def plan(url: str, project: str, environ: Mapping[str, str], folder: Path) -> Analysis:
    """What is analysed, and as what. Raises ``UsageError`` where a token is missing, ``SonarError`` where the server refuses."""
    login = _login(environ, "SONAR_TOKEN")
    found = PullRequest.of(environ)
    if found is None:
        return Analysis(project=project, login=login, pull_request="", properties=_properties(project, folder))
    edition = str(SonarQube(url, login).get("/api/navigation/global").get("edition", COMMUNITY))
    if edition == COMMUNITY:
        beside = f"{project}{PULL_REQUESTS}"
        own = _login(environ, "SONAR_PULL_REQUEST_TOKEN")
        return Analysis(project=beside, login=own, pull_request="", properties=_properties(beside, folder))
    named = {
        "sonar.pullrequest.key": found.number,
        "sonar.pullrequest.branch": found.head,
        "sonar.pullrequest.base": found.base,
    }
    return Analysis(
        project=project, login=login, pull_request=found.number, properties={**_properties(project, folder), **named}
    )


def scan(scanner: Path, url: str, analysis: Analysis, folder: Path) -> None:
    """Runs the scanner, whose output is the user's. The token goes by its environment. Raises ``ToolError`` where it fails."""
    arguments = [f"-D{name}={value}" for name, value in analysis.properties.items()]
    secret = {"SONAR_TOKEN": analysis.login.token, "SONAR_HOST_URL": url}
    done = subprocess.run([scanner, *arguments], cwd=folder, env={**os.environ, **secret}, check=False)
    if done.returncode:
        raise ToolError(f"sonar-scanner ended with {done.returncode}: see what it says above, mend that, and run again")


def changed(folder: Path, base: str) -> set[str] | None:
    """The files that differ from where the branch left ``base``, from ``folder`` on; None where Git cannot tell."""
    for known in (f"origin/{base}", base):
        command = ["git", "diff", "--name-only", "--relative", "-z", f"{known}...HEAD"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return set(filter(None, done.stdout.split("\0")))
    return None


def _login(environ: Mapping[str, str], name: str) -> Login:
    if not environ.get(name):
        raise UsageError(f"{name} = nothing: the analysis needs it; `pulumi up` with sonar.project sets it as a secret")
    return Login(token=environ[name])


def _properties(project: str, folder: Path) -> dict[str, str]:
    """What the service's own file says of its sources counts; without it, everything but tests and what was built."""
    found = {"sonar.projectKey": project}
    if not (folder / SETTINGS).is_file():
        found["sonar.sources"] = "."
        found["sonar.exclusions"] = ",".join(f"{name}/**" for name in OTHERS)
        if (folder / "tests").is_dir():
            found["sonar.tests"] = "tests"
    return found | {name: path for name, path in COVERAGE.items() if (folder / path).is_file()}
