"""The second gate: the Job, the script that it runs, and what its failure says."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fake_cluster import NAMESPACE, FakeCluster, context
from pods_factory import OTHER, OURS, pod, running

from infra.errors import LockgateError
from infra.provider.smoke import Smoke, SmokeTest, job_manifest

JOB = "podinfo-preview-smoke-abcde"


def inputs(**changes: Any) -> dict[str, Any]:
    values = {
        "namespace": NAMESPACE,
        "service": "podinfo-preview",
        "port": 9898,
        "image": "127.0.0.1:15000/tools/smoke:1",
        "path": "/version",
        "field": "version",
        "version": "1.1.0",
        "seconds": 1,
        "live": OTHER,
        "name": "podinfo",
        "slot": "green",
        "release": OURS,
    }
    return {**values, **changes}


def job(**changes: Any) -> dict[str, Any]:
    known = {key: value for key, value in inputs(**changes).items() if key in Smoke.__dataclass_fields__}
    return job_manifest(Smoke(**known), "10.96.0.7")


@pytest.fixture
def cluster() -> FakeCluster:
    made = FakeCluster()
    made.add_service("podinfo-preview", "blue")
    made.add_slot("green", OURS)
    return made


def failure(cluster: FakeCluster, **changes: Any) -> str:
    with pytest.raises(LockgateError) as caught:
        SmokeTest().apply(None, inputs(**changes), context(cluster))
    return str(caught.value)


def run_script(tmp_path: Path, wget: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the Job's own command and environment with a ``wget`` of ours."""
    (container,) = job()["spec"]["template"]["spec"]["containers"]
    (tmp_path / "wget").write_text(f"#!/bin/sh\n{wget}\n")
    (tmp_path / "wget").chmod(0o755)
    (tmp_path / "sleep").write_text("#!/bin/sh\n")
    (tmp_path / "sleep").chmod(0o755)
    env = {item["name"]: item["value"] for item in container["env"]} | environment
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        container["command"], env={**env, "PATH": path}, capture_output=True, text=True, check=False, timeout=20
    )


@pytest.mark.parametrize(
    "body", ['{"version":"1.1.0"}', '{"commit": "x", "version" : "1.1.0"}', '{\\n  "version": "1.1.0",\\r\\n  "a": 1\\n}']
)
def test_the_script_passes_when_the_wanted_version_answers(tmp_path: Path, body: str) -> None:
    done = run_script(tmp_path, f"printf '{body}'")
    assert (done.returncode, done.stdout) == (0, "GET http://10.96.0.7:9898/version answers version=1.1.0\n")


@pytest.mark.parametrize(
    ("body", "got"), [('{"version":"1.0.0"}', "1.0.0"), ('{"version":"1.1.0-rc1"}', "1.1.0-rc1"), ("<html>", ""), ("", "")]
)
def test_the_script_fails_at_once_when_another_version_answers(tmp_path: Path, body: str, got: str) -> None:
    done = run_script(tmp_path, f"printf '%s' '{body}'")
    assert done.returncode == 1
    assert done.stdout == f'GET http://10.96.0.7:9898/version answers version="{got}", not "1.1.0"\n'


def test_the_script_tries_until_something_answers(tmp_path: Path) -> None:
    wget = f'[ -e {tmp_path}/up ] && printf \'{{"version":"1.1.0"}}\' && exit 0\ntouch {tmp_path}/up; exit 1'
    assert run_script(tmp_path, wget, TRIES="5").returncode == 0


def test_the_script_says_how_the_last_try_failed(tmp_path: Path) -> None:
    done = run_script(tmp_path, "echo 'wget: server returned error: HTTP/1.1 500'; exit 1", TRIES="3")
    assert done.returncode == 1
    assert done.stdout == "GET http://10.96.0.7:9898/version fails: wget: server returned error: HTTP/1.1 500\n"


def test_the_job_runs_once_and_cleans_up_after_itself() -> None:
    spec = job(seconds=60)["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"], spec["ttlSecondsAfterFinished"]) == (0, 60, 600)
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_the_job_asks_the_service_that_it_is_told() -> None:
    (container,) = job(path="/api/info", field="build", version="2")["spec"]["template"]["spec"]["containers"]
    assert {item["name"]: item["value"] for item in container["env"]} == {
        "URL": "http://10.96.0.7:9898/api/info",
        "FIELD": "build",
        "WANTED": "2",
        "TRIES": "1",
    }


def test_the_jobs_pods_never_look_like_the_services_own() -> None:
    labels = job()["spec"]["template"]["metadata"]["labels"]
    assert labels == {"lockgate.dev/smoke": "podinfo-preview"}


def test_a_job_that_passed_is_removed_and_the_preview_shows_the_slot(cluster: FakeCluster) -> None:
    cluster.finish_jobs("Complete")
    SmokeTest().apply(None, inputs(), context(cluster))
    assert cluster.selected_slot(NAMESPACE, "podinfo-preview") == "green"
    assert ("Job", JOB) not in cluster.client.stored


def test_a_job_that_failed_stays_and_its_log_is_in_the_error(cluster: FakeCluster) -> None:
    cluster.finish_jobs("Failed", "Job has reached the specified backoff limit")
    checker = pod(f"{JOB}-x", running())
    checker.metadata.labels = {"batch.kubernetes.io/job-name": JOB}
    cluster.client.put(checker)
    cluster.client.logs[f"{JOB}-x"] = ['GET http://10.96.0.7:9898/version answers version="1.0.0", not "1.1.0"']
    assert failure(cluster) == (
        f"smoke: Job {JOB}: Job has reached the specified backoff limit\n"
        f'  GET http://10.96.0.7:9898/version answers version="1.0.0", not "1.1.0"\nlive is still {OTHER}.'
    )
    assert ("Job", JOB) in cluster.client.stored


def test_a_slot_that_no_endpoint_shows_is_not_tested(cluster: FakeCluster) -> None:
    assert failure(cluster, slot="blue", seconds=0.1) == f"smoke: the preview Service has no pods\nlive is still {OTHER}."
