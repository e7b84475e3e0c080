"""The three alerts of the story, on a real Prometheus and Alertmanager by one ``pulumi up``: each arrives once, with its link and
figures, at those who are to hear of it, and resolves after a good run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pytest
import receivers
import runs_server
from run_artifacts import left_by
from runs_api import RunsApi

import lab
from benchmarks.rig import Factory, Rig, Stack
from benchmarks.rig.cluster import until
from benchmarks.rig.rig import ROOT
from components.monitoring.boards import EXPORTER
from history.model import Findings, Job, Run
from lab.layout import Network

pytestmark = pytest.mark.lab

HOST = Network().gateway
"""Where pods reach this machine."""
MINUTE = timedelta(minutes=1)
PLANT = """
import sys
from datetime import UTC, datetime
from history.model import Gate
from history.store import Store
from pathlib import Path
passed, coverage = sys.argv[1] == "passed", float(sys.argv[2])
with Store(Path("/var/lib/lockgate/history.db")) as store:
    measures = {"coverage": coverage, "bugs": 0.0}
    store.put(Gate(project="shop", analysis=sys.argv[2], at=datetime.now(UTC), passed=passed, measures=measures))
"""


@dataclass
class World:
    """What is up, and who hears."""

    stack: Stack
    api: RunsApi
    slack: receivers.Webhook
    mail: receivers.Post
    runs: int = 0

    def run(self, *, build_minutes: float, tests: str, findings: int = 0) -> str:
        """A run on the default branch that has just ended, and has just appeared: else it would be in the past that is known.

        Its scan has left so many findings. Returns its link."""
        self.runs += 1
        end = datetime.now(UTC)
        start = end - (build_minutes + 3) * MINUTE
        url = f"https://github.com/lab/shop/actions/runs/{self.runs}"
        run = Run(
            repository="lab/shop", id=self.runs, attempt=1, number=self.runs, workflow="ci", file=".github/workflows/ci.yml",
            event="push", branch="main", commit=f"{self.runs:040x}", created=end, started=start, ended=end,
            conclusion="success" if tests == "success" else "failure", url=url,
        )  # fmt: skip
        built = start + build_minutes * MINUTE
        jobs = [self._job(1, "Build", start, built, "success"), self._job(2, "Tests (unit)", built, end, tests)]
        counts = {"low": 9, "medium": 0, "high": findings, "critical": 0}
        (left,) = left_by([Findings(repository="lab/shop", run=self.runs, attempt=1, scanner="Trivy", counts=counts)])
        self.api.left.add(replace(left, id=self.runs))
        self.api.add(run, jobs)
        return url

    def _job(self, number: int, name: str, start: datetime, end: datetime, conclusion: str) -> Job:
        return Job(
            repository="lab/shop", run=self.runs, attempt=1, id=self.runs * 10 + number, name=name, labels=("ubuntu-latest",),
            created=start, started=start, ended=end, conclusion=conclusion, url="https://github.com/lab/shop/job",
        )  # fmt: skip

    def gate(self, verdict: str, coverage: float) -> None:
        """SonarQube's word on the project, which is put into the history itself."""
        self.stack.observer.kubectl("exec", "deploy/exporter", "--", "python3", "-c", PLANT, verdict, str(coverage))

    def told(self, alert: str) -> list[str]:
        """The subjects of what Slack got of an alert, in their order."""
        return [title for title in (body["attachments"][0]["title"] for body in self.slack.bodies) if f" {alert} " in title]

    def letters(self, alert: str) -> list[str]:
        return [subject for subject in (str(letter["Subject"]) for letter in self.mail.letters) if f" {alert} " in subject]

    def text(self, title: str) -> dict[str, Any]:
        return next(one for body in self.slack.bodies for one in body["attachments"] if one["title"] == title)

    def firing(self) -> dict[str, str]:
        """What Prometheus says of its alerts: the link of each that fires."""
        answer = httpx.get(f"{self.stack.url}/api/v1/alerts", trust_env=False).json()
        return {one["labels"]["condition"]: one["annotations"].get("url", "") for one in answer["data"]["alerts"]}


@pytest.fixture(scope="module")
def world(rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("monitored") / "program"
    shutil.copytree(ROOT / "tests" / "support" / "monitored", folder)
    stack = rig.stack_in(folder, service="prometheus")
    api = RunsApi([], [])
    images = lab.ensure_monitoring_images()
    with (
        receivers.webhook(host=HOST) as slack,
        receivers.post_office(host=HOST) as mail,
        runs_server.serving(api, HOST) as github,
    ):
        stack.set(
            namespace=stack.name, nodePort=stack.url.rsplit(":", 1)[1], github=github, smtp=mail.url,
            exporterImage=images.exporter, prometheusImage=images.prometheus, alertmanagerImage=images.alertmanager,
        )  # fmt: skip
        for key, value in {"token": "ghp_hunter2hunter2", "webhook": slack.url}.items():
            stack.set_path(key, value, secret=True)
        stack.up().good()
        yield World(stack, api, slack, mail)
    rig.remove(stack)


def test_one_update_brings_all_and_a_second_one_changes_nothing(world: World) -> None:
    world.stack.preview("--expect-no-changes").good()
    until(lambda: _up(world), "the exporter is scraped")
    for secret in ("ghp_hunter2hunter2", "very-secret-path"):
        assert secret not in world.stack.state_text()
        assert secret not in world.stack.observer.kubectl("get", "configmaps,deployments", "-o", "yaml")


def test_each_alert_arrives_once_with_link_and_figures_and_resolves(world: World) -> None:
    world.run(build_minutes=2, tests="success")
    world.gate("passed", 91)
    until(lambda: _asked(world, "lockgate_stage_last_success") and _asked(world, "lockgate_quality_gate_passed"), "figures")
    assert world.firing() == {}
    first = world.run(build_minutes=21, tests="failure")
    world.gate("failed", 71.5)
    until(
        lambda: all(world.told(alert) for alert in ("PipelineFailure", "PerformanceDegradation", "QualityGateFailure")), "alerts"
    )
    _says_what_happened(world, first)
    again = world.run(build_minutes=22, tests="failure")
    until(lambda: world.firing().get("test_failure") == again, "another run that fails")
    world.run(build_minutes=3, tests="success")
    world.gate("passed", 92)
    until(
        lambda: all(len(world.told(alert)) > 1 for alert in ("PipelineFailure", "PerformanceDegradation", "QualityGateFailure")),
        "ends",
    )
    until(lambda: len(world.mail.letters) == 4, "letters")
    ends = {"PipelineFailure": "lab/shop ci", "PerformanceDegradation": "lab/shop ci", "QualityGateFailure": "shop"}
    for alert, where in ends.items():
        severity = "MEDIUM" if alert == "PerformanceDegradation" else "HIGH"
        told = [f"{severity} {alert} {where}", f"RESOLVED {alert} {where}"]
        assert world.told(alert) == told
        assert world.letters(alert) == ([] if severity == "MEDIUM" else told)
    assert world.firing() == {}


def test_findings_of_a_scan_are_an_alert_that_ends_with_the_next_clean_one(world: World) -> None:
    """Low ones are there all the time, and are none of the alert's business."""
    link = world.run(build_minutes=2, tests="success", findings=2)
    until(lambda: "HIGH QualityGateFailure lab/shop" in world.told("QualityGateFailure"), "the alert")
    said = world.text("HIGH QualityGateFailure lab/shop")
    assert "2 findings of medium severity or more in the newest scan; at most 0 are meant; high: 2." in said["text"]
    assert said["title_link"] == link
    world.run(build_minutes=2, tests="success")
    until(lambda: "RESOLVED QualityGateFailure lab/shop" in world.told("QualityGateFailure"), "its end")
    assert [title for title in world.told("QualityGateFailure") if title.endswith("lab/shop")] == [
        "HIGH QualityGateFailure lab/shop",
        "RESOLVED QualityGateFailure lab/shop",
    ]


def test_a_release_of_another_stack_is_known_by_its_published_ledger(world: World, make_stack: Factory) -> None:
    shop = make_stack()
    shop.set(**{"lockgate:monitoring.ledgerNamespace": world.stack.name})
    for version in ("1.0.0", "1.1.0"):
        shop.release(version).good()
        query = f'lockgate_live_info{{stack="{shop.name}",version="{version}"}}'
        until(lambda query=query: bool(_asked(world, query)), version)  # type: ignore[misc]
    shop.preview("--expect-no-changes").good()
    (live,) = _asked(world, f'lockgate_live_info{{stack="{shop.name}"}}')
    assert live["metric"]["release"] == shop.ledger().live
    kinds = {
        one["metric"]["kind"]: one["value"][1] for one in _asked(world, f'lockgate_deployments_total{{stack="{shop.name}"}}')
    }
    assert kinds == {"bootstrap": "1", "release": "1"}


def test_every_query_of_the_exporters_own_board_has_an_answer(world: World) -> None:
    """How a past was collected nobody knows: an exporter is asked that is scraped, and that GitHub refuses for a while."""
    world.api.limit = (5000, 4000)
    world.run(build_minutes=-1, tests="success")
    world.api.refuse = lambda *_: httpx.Response(404, json={"message": "Not Found"})
    until(lambda: bool(_asked(world, 'lockgate_collector_errors_total{source="github"}')), "a refusal")
    world.api.refuse = lambda *_: None
    queries = [query.expression.replace("$source", ".*") for chart in EXPORTER.charts for query in chart.queries]
    until(lambda: all(_asked(world, query) for query in queries), f"answers to {queries}")


def _says_what_happened(world: World, link: str) -> None:
    failed = world.text("HIGH PipelineFailure lab/shop ci")
    assert failed["title_link"] == link
    assert "Tests fail: ci of lab/shop" in failed["text"]
    assert f"at {2:040x}: failure; the stage took 3m" in failed["text"]
    assert link in failed["text"]
    slow = world.text("MEDIUM PerformanceDegradation lab/shop ci")["text"]
    assert "The build is slow: ci of lab/shop\nIt took 21m" in slow
    assert "at most 15 minutes are meant" in slow
    gate = world.text("HIGH QualityGateFailure shop")["text"]
    assert "Coverage is low: shop\n71.5 % of the code is covered; at least 80 % are meant." in gate
    assert "SonarQube's quality gate fails: shop" in gate
    assert "docs/monitoring.md#qualitygatefailure" in gate


def _up(world: World) -> bool:
    return [one["value"][1] for one in _asked(world, 'up{job="lockgate"}')] == ["1"]


def _asked(world: World, query: str) -> list[dict[str, Any]]:
    try:
        answer = httpx.get(f"{world.stack.url}/api/v1/query", params={"query": query}, trust_env=False)
        return list(answer.json()["data"]["result"]) if answer.is_success else []
    except httpx.TransportError:
        return []
