"""A stack that has everything: its service, its SonarQube, its repository, and what watches them, all by its settings alone."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest
from github_lab import GitHubLab
from sonar_lab import Sonar, namespace_of, running, up

import lab
import toolchain
from benchmarks.rig import Rig
from benchmarks.rig.cluster import until

pytestmark = pytest.mark.lab
KEY = "podinfo"
BUG = "def same(value: int) -> bool:\n    return value == value\n"
PATIENCE_SECONDS = 240
"""Two collections of the exporter and two scrapes of Prometheus, as they are set for users."""


@dataclass(frozen=True)
class World:
    sonar: Sonar
    github: GitHubLab
    prometheus: str

    def asked(self, query: str) -> list[float]:
        answer = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": query}, trust_env=False).json()
        return [float(one["value"][1]) for one in answer["data"]["result"]]

    def firing(self) -> dict[str, str]:
        """The link of each alert that fires or is about to."""
        answer = httpx.get(f"{self.prometheus}/api/v1/alerts", trust_env=False).json()
        return {one["labels"]["alertname"]: one["annotations"].get("url", "") for one in answer["data"]["alerts"]}


@pytest.fixture
def world(rig: Rig, github: GitHubLab, tmp_path: Path) -> Iterator[World]:
    """The stack is up, with a release, and its source was analysed once. Its pods do not reach a GitHub on 127.0.0.1."""
    images = lab.ensure_monitoring_images()
    watched = {
        "monitoring.exporterImage": images.exporter,
        "monitoring.prometheusImage": images.prometheus,
        "monitoring.alertmanagerImage": images.alertmanager,
        "monitoring.prometheusNodePort": rig.free_port(),
        "github.repository": "lab/podinfo",
        "github.baseUrl": github.url,
        "github.environment": "production",
        "github.manages": "repository",
        "github.deletion": "allow",
    }
    with running(rig) as sonar:
        stack = sonar.stack
        stack.start("pulumi", "config", "set", "github.token", github.token, "--secret", "-s", stack.name).wait().good()
        names = {"monitoring.namespace": f"{stack.name}-watch", "sonar.project": KEY, "github.stacks": stack.name}
        stack.set(**{f"lockgate:{key}": str(value) for key, value in {**watched, **names}.items()})
        stack.want("1.0.0")
        up(stack).good()
        analyse(tmp_path / "source", sonar.url, github.secret("lab/podinfo", "SONAR_TOKEN"))
        yield World(sonar, github, stack.outputs()["prometheusUrl"])
        stack.pulumi("destroy", "--yes", "--skip-preview").good()


def analyse(folder: Path, url: str, token: str) -> None:
    """The scan of a source with one bug and no test; the gate's verdict is no matter here."""
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "same.py").write_text(BUG)
    (folder / "sonar-project.properties").write_text("sonar.sources=app\n")
    for command in ("init -q -b main", "add -A", "-c user.name=t -c user.email=t@example.com commit -qm Source"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True, capture_output=True)
    given = {**os.environ, "SONAR_QUBE_URL": url, "SONAR_PROJECT_KEY": KEY, "SONAR_TOKEN": token}
    scanner = str(toolchain.ensure(["sonar-scanner"])["sonar-scanner"])
    command = ["lockgate", "checks", "sonar", "--scanner", scanner]
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, timeout=400, check=False)
    assert "quality gate: bugs" in done.stderr, done.stdout + done.stderr


def test_ledger_and_gate_of_a_stack_are_in_its_prometheus_whatever_github_does_and_a_failed_gate_is_an_alert(
    world: World,
) -> None:
    stack = world.sonar.stack
    wanted = {
        'lockgate_collector_errors_total{source="github",reason="unreachable"} >= bool 1': [1.0],
        f'lockgate_deployments_total{{stack="{stack.name}",kind="bootstrap"}}': [1.0],
        f'lockgate_quality_gate_passed{{project="{KEY}"}}': [0.0],
        f'lockgate_quality_measure{{project="{KEY}",measure="bugs"}}': [1.0],
    }
    until(lambda: {query: world.asked(query) for query in wanted} == wanted, "the figures", PATIENCE_SECONDS)
    until(lambda: "QualityGateFailure" in world.firing(), "the alert", PATIENCE_SECONDS)
    assert world.firing()["QualityGateFailure"].startswith(f"{world.sonar.url}/dashboard?id={KEY}")
    stack.preview("--expect-no-changes").good()
    stack.pulumi("refresh", "--yes", "--expect-no-changes").good()
    said = stack.state_text() + stack.observer.kubectl("get", "deployments,configmaps", "-n", f"{stack.name}-watch", "-o", "yaml")
    assert world.github.token not in said
    assert json.dumps(world.sonar.password) not in said
    assert namespace_of(stack) in said
