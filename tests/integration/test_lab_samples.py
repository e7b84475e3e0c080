"""The sample images do in a pod what their names say, and a pod finds what a Job of ours needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from own_lab import (
    NAMESPACE,
    apply,
    container,
    deploy,
    make_namespace,
    pod_spec,
    pods,
    remove,
    request,
    running_lab,
    until,
    version,
)

import lab
import toolchain
from lab import binaries, images, layout, samples
from lab.images import Image

FAILING = "failing, as this version does"
pytestmark = [pytest.mark.lab, pytest.mark.lab_destructive]


@pytest.fixture(scope="module", autouse=True)
def own_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with running_lab(tmp_path_factory.mktemp("lab")):
        make_namespace()
        yield


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    remove()


def ready(app: str = "podinfo") -> bool:
    return bool(container(app).get("ready"))


def run_job(name: str, image: str, *command: str) -> str:
    """The output of a Job that succeeds."""
    spec = {"restartPolicy": "Never", **pod_spec(image, command=list(command))}
    template = {"metadata": {"labels": {"app": name}}, "spec": spec}
    metadata = {"name": name}
    apply({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata,
        "spec": {"backoffLimit": 0, "template": template},
    })  # fmt: skip
    until(lambda: container(name).get("state", {}).get("terminated"), 60.0)
    pod = pods(name)[0]["metadata"]["name"]
    output = str(request("GET", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/log").get("text", ""))
    assert container(name)["state"]["terminated"]["exitCode"] == 0, output
    request("DELETE", f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/{name}", propagationPolicy="Background")
    return output


@pytest.mark.parametrize("tag", samples.GOOD)
def test_a_good_version_answers_with_its_tag(tag: str) -> None:
    deploy(tag)
    until(lambda: version() == tag, 60.0)


def test_the_wrong_version_is_ready_and_reports_another() -> None:
    deploy(samples.WRONG)
    until(lambda: version() == "1.2.0", 60.0)


def test_the_one_that_exits_ends_at_once() -> None:
    deploy(samples.EXITS)
    until(lambda: container("podinfo").get("restartCount", 0) > 0, 60.0)
    ends: dict[str, Any] = container("podinfo")["lastState"]["terminated"]
    assert ends["exitCode"] == 2


def test_the_unready_one_runs_and_is_never_ready() -> None:
    deploy(samples.UNREADY)
    until(lambda: "running" in container("podinfo").get("state", {}), 60.0)
    time.sleep(5)
    assert not ready()
    assert container("podinfo")["restartCount"] == 0


def test_the_one_that_fails_later_needs_traffic_to_fail() -> None:
    """How ready it is in between, a busy machine's probes would say; the pod says itself when it begins to fail."""
    deploy(samples.LATER)
    until(lambda: version() == samples.LATER, 60.0)
    time.sleep(13)
    assert FAILING not in said()
    assert container("podinfo")["restartCount"] == 0
    for _ in range(40):
        until(lambda: version() == samples.LATER, 60.0)
    assert container("podinfo")["restartCount"] == 0
    until(lambda: container("podinfo")["restartCount"] > 0, 60.0)
    assert container("podinfo")["lastState"]["terminated"]["exitCode"] == 1
    assert FAILING in said(previous=True)


def said(*, previous: bool = False) -> str:
    """What the sample's pod printed, or what it had printed before it was started again."""
    pod = pods("podinfo")[0]["metadata"]["name"]
    answer = request("GET", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/log", previous=str(previous).lower())
    return str(answer.get("text", ""))


def test_a_job_finds_services_by_name() -> None:
    deploy("1.1.0")
    until(ready, 60.0)
    for host in ("podinfo", f"podinfo.{NAMESPACE}.svc", f"podinfo.{NAMESPACE}.svc.cluster.local"):
        look = f"for i in 1 2 3 4 5; do wget -q -O - http://{host}/version && exit 0; sleep 1; done; exit 1"
        assert '"version": "1.1.0"' in run_job(f"find-{len(host)}", "tools/smoke:1", "sh", "-c", look)


def test_a_pod_reaches_the_api_server_as_its_service_account() -> None:
    kubectl = Path(toolchain.ensure(["kubectl"])["kubectl"])
    image = Image(name="tests/kubectl:1", files={"/bin/kubectl": kubectl.read_bytes()}, entrypoint=("/bin/kubectl",))
    images.ensure(layout.default(), binaries.locate()["crane"], image)
    output = run_job("whoami", image.name, "/bin/kubectl", "auth", "whoami", "--cache-dir=/proc/self/fd/none")
    assert f"system:serviceaccount:{NAMESPACE}:default" in output


def test_a_pod_cannot_reach_the_kubelet() -> None:
    look = "timeout 3 wget -q -O - http://10.199.0.1:16250/; echo exit=$?"
    assert "exit=143" in run_job("kubelet", "tools/smoke:1", "sh", "-c", look)


def _nothing_is_pushed(*arguments: object) -> str:
    raise AssertionError(f"crane {arguments}")


def test_images_are_pushed_once_and_are_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def digest() -> str:
        address = f"http://{layout.default().registry_host}/v2/podinfo/manifests/1.0.0"
        answer = httpx.get(address, headers={"Accept": images.MANIFESTS}, trust_env=False)
        return answer.headers["docker-content-digest"]

    before = digest()
    with monkeypatch.context() as patch:
        patch.setattr(images, "_crane", _nothing_is_pushed)
        lab.ensure_images()
    monkeypatch.setattr(images, "pushed", lambda _layout, _name: None)
    lab.ensure_images()
    assert digest() == before
