"""The sample's workflows, run from a push to a live release and back: the files that an update has committed, through act."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pipeline_changes import CHANGES, Change
from prometheus_client.samples import Sample
from receivers import Webhook, webhook

import lab
import toolchain
from benchmarks.rig import Rig, new_name
from history.collector import Collector
from history.exposition import Exposition
from history.github import Source
from history.model import Run as PastRun
from history.store import Store
from infra import metrics
from operations.pipeline import git
from operations.pipeline.jobs import Run
from operations.pipeline.place import Place
from operations.pipeline.story import Teller
from operations.project import STACKS

pytestmark = pytest.mark.lab
ROOT = Path(__file__).parents[2]
WITHOUT = {"performanceTestEnabled": False}
"""k6 measures, and how busy a machine is must not decide a test; `make pipeline` runs its four loads."""
BUILT = ("ci.yml", "--job", "scan")
"""What a deployment needs of a run of ci: the image, and what the scan said of it."""


@pytest.fixture(scope="module")
def slack() -> Iterator[Webhook]:
    with webhook() as got:
        yield got


@pytest.fixture(scope="module")
def teller(rig: Rig, slack: Webhook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    """The stacks are up, without a release; the service is committed and not pushed."""
    place = Place(tmp_path_factory.mktemp("pipeline"), new_name(), rig.free_ports(len(STACKS) + 1).start)
    try:
        place.provision(ROOT, ROOT / "examples" / "service", WITHOUT, {"slackWebhookUrl": slack.url})
        yield Teller(place, runners=2, approve=lambda _, reviewers: reviewers[0], told=lambda *_: None)
    finally:
        place.remove()


@pytest.fixture(scope="module")
def live(teller: Teller) -> str:
    """The image that a push has brought to production."""
    chapter = teller.push("The service")
    assert {job.name: f"{job.result}: {job.said}" for run in chapter.runs for job in run.failures} == {}
    return chapter.live["prod"]


@pytest.fixture
def changed(teller: Teller, live: str) -> Iterator[Place]:  # noqa: ARG001 - what is there before
    """The service, which is afterwards as it was before."""
    place = teller.place
    before = place.head()
    yield place
    git.git(place.service, "reset", "--quiet", "--hard", before)
    git.push(place.service, place.runner / "repositories" / "lab" / f"{place.name}.git")


def failed(run: Run) -> dict[str, str]:
    """The jobs that failed, with what their steps said."""
    return {job.name: f"{', '.join(job.failed)}\n{job.said}" for job in run.failures}


def names(runs: list[Run], result: str) -> set[str]:
    return {job.name for run in runs for job in run.jobs if job.result == result}


def test_a_push_goes_through_every_job_to_production_and_live_is_what_ci_built(teller: Teller, live: str) -> None:
    """``push`` compares the digests; here it is who ran, who approved, and that nobody was skipped who must not be."""
    (chapter,) = teller.story.chapters
    ran = names(chapter.runs, "success")
    assert {
        "Build", "Tests (unit)", "Tests (integration)", "End-to-End Tests (chromium)", "Security Scan / SAST (python)",
        "Security Scan / Dependencies, Images and Secrets", "Quality Check", "Test Report", "SonarQube", "Technical Debt",
        "Publish", "Deploy to development", "Deploy to staging", "Deploy to production",
    } <= ran  # fmt: skip
    assert names(chapter.runs, "skipped") == {"Alert of Continuous Integration", "Alert of Continuous Deployment"}
    assert teller.story.approvals == [("production", "alice")]
    assert set(chapter.live.values()) == {live}


def test_the_exporter_takes_up_the_runs_with_their_tests_and_findings(teller: Teller, live: str, tmp_path: Path) -> None:  # noqa: ARG001
    hosted = teller.place.hosted
    with Store(tmp_path / "history.db") as store:
        since = datetime.now(UTC) - timedelta(days=1)
        Collector(store, Source(hosted.github, hosted.name), since, say=pytest.fail).collect()
        found = {(one.workflow, one.conclusion) for one in store.of(PastRun)}
        samples = {one.labels["stage"]: one.value for one in family(store, metrics.STAGE_SUCCESS)}
        tests = {one.labels["outcome"]: one.value for one in family(store, metrics.TESTS)}
        findings = {one.labels["scanner"]: one.value for one in family(store, metrics.FINDINGS)}
    assert found == {(name, "success") for name in ("Code Quality", "Continuous Deployment", "Continuous Integration")}
    assert samples == dict.fromkeys(("build", "test", "scan", "quality", "deploy", "other"), 1.0)
    assert (tests["passed"] > 0, tests["failed"]) == (True, 0.0)
    assert {"gitleaks", "zizmor"} <= findings.keys()


def family(store: Store, metric: metrics.Metric) -> list[Sample]:
    return list(Exposition(store).family(metric, [(datetime.now(UTC), None)]).samples)


def test_no_secret_is_in_a_log(teller: Teller, live: str, slack: Webhook) -> None:  # noqa: ARG001
    secrets = {*teller.place.hosted.secrets().values(), slack.url}
    lines = {line.strip() for secret in secrets for line in secret.splitlines() if len(line.strip()) > 20}
    logs = "".join(log.read_text() for log in (teller.place.runner / "logs").iterdir())
    assert len(lines) > 3
    assert [line for line in lines if line in logs] == []


@pytest.mark.parametrize("change", CHANGES, ids=[one.name for one in CHANGES])
def test_a_bad_change_is_stopped_by_the_job_that_is_meant_to(change: Change, teller: Teller, changed: Place) -> None:
    change.make(changed.service)
    changed.push(change.name)
    run = teller.server.only("ci.yml", *change.options)
    assert set(failed(run)) == {change.job}
    assert change.said in failed(run)[change.job] + Path(run.log).read_text()


def test_a_deployment_that_fails_its_smoke_test_leaves_the_old_release_live_and_tells_once(
    teller: Teller, changed: Place, slack: Webhook, live: str
) -> None:
    dockerfile = changed.service / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace('ENV VERSION="${VERSION}"', 'ENV VERSION="0.0.0"'))
    changed.push("A release that reports another version")
    ci = teller.server.only(*BUILT)
    assert failed(ci) == {}
    slack.bodies.clear()
    (cd,) = teller.server.follow(ci)
    assert set(failed(cd)) == {"Deploy to development"}
    assert names([cd], "skipped") >= {"Deploy to staging", "Deploy to production", "Alert of Continuous Deployment"}
    assert set(teller.live().values()) == {live}
    (body,) = slack.bodies
    title, where, what = body["text"].splitlines()[:3]
    assert "failed in the phase" in title
    assert where == "where: dev"
    assert what.startswith(f"live: {live.partition('@')[0].rpartition(':')[2][:12]}")


def test_an_image_that_nobody_signed_is_not_deployed(teller: Teller, live: str, tmp_path: Path) -> None:
    """The same image under another name has no signature there."""
    crane, name = toolchain.ensure(["crane"])["crane"], live.partition("@")[0]
    copy = f"{name.rpartition(':')[0]}-copy:{name.rpartition(':')[2]}"
    subprocess.run([crane, "copy", live, copy], check=True, capture_output=True)
    image = f"{copy}@{live.partition('@')[2]}"
    done = script(teller.place, "cd/deploy.sh", tmp_path, STACK="prod", IMAGE=image, DEPLOYMENT_STRATEGY="blue-green")
    assert (done.returncode, "signature" in done.stderr) == (1, True)
    assert teller.live()["prod"] == live


def test_production_goes_back_by_the_workflow_and_not_to_an_image_that_does_not_verify(teller: Teller, live: str) -> None:
    (teller.place.service / "CHANGES.md").write_text("# Changes\n")
    teller.place.push("A change")
    ci = teller.server.only(*BUILT)
    (cd,) = teller.server.follow(ci)
    assert failed(ci) | failed(cd) == {}
    newer = teller.live()
    assert live not in newer.values()
    with unsigned(live):
        refused = teller.back()
        assert set(failed(refused.runs[0])) == {"Roll back"}
        assert refused.live == newer
    assert failed(teller.back().runs[0]) == {}
    assert teller.live() == {**newer, "prod": live}


def script(place: Place, name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A script of the platform, as a person runs it there."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "GITHUB_", "LOCKGATE_"))}
    given = {**kept, "LOCKGATE_PROJECT": str(place.platform.root), **environment}
    return subprocess.run([ROOT / "scripts" / name], cwd=folder, env=given, capture_output=True, text=True, check=False)


class unsigned:  # noqa: N801 - reads as a sentence
    """The signature of an image is another one's for a while."""

    def __init__(self, image: str) -> None:
        name, _, digest = image.partition("@")
        self._tag = f"{name.rpartition(':')[0]}:{digest.replace(':', '-')}.sig"
        self._kept = f"{self._tag.rpartition(':')[0]}:kept"
        self._crane = toolchain.ensure(["crane"])["crane"]

    def __enter__(self) -> None:
        self._copy(self._tag, self._kept)
        self._copy(f"{lab.status().registry}/tools/smoke:1", self._tag)

    def __exit__(self, *_: object) -> None:
        self._copy(self._kept, self._tag)

    def _copy(self, source: str, target: str) -> None:
        subprocess.run([self._crane, "copy", source, target], check=True, capture_output=True)
