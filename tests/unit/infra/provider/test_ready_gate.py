"""The first gate: how long it waits, when it gives up, and what it says then."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fake_cluster import NAMESPACE, FakeCluster, api_error, context
from lightkube.models.apps_v1 import DeploymentCondition
from pods_factory import NOT_FOUND, OTHER, OURS, ended, pod, running, waiting

from infra.errors import LockgateError
from infra.provider import ready
from infra.provider.ready import SlotReady


def inputs(**changes: Any) -> dict[str, Any]:
    values = {
        "namespace": NAMESPACE,
        "deployment": "podinfo-green",
        "release": OURS,
        "replicas": 2,
        "seconds": 0.2,
        "live": OTHER,
    }
    return {**values, **changes}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> FakeCluster:
    monkeypatch.setattr(ready, "PATIENCE_SECONDS", 0.05)
    made = FakeCluster()
    made.add_slot("green", OURS)
    return made


def failure(cluster: FakeCluster, **changes: Any) -> str:
    with pytest.raises(LockgateError) as caught:
        SlotReady().apply(None, inputs(**changes), context(cluster))
    return str(caught.value)


def test_a_slot_with_all_its_pods_ready_passes(cluster: FakeCluster) -> None:
    assert SlotReady().apply(None, inputs(), context(cluster))["readyAfterSeconds"] < 1


def test_a_slot_that_is_never_ready_is_late_and_says_what_it_waited_for(cluster: FakeCluster) -> None:
    cluster.client.put(pod("podinfo-green-1", running(ready=False)))
    assert failure(cluster) == (
        f"ready: not ready after 0 s: 1 of 2 pods ready; pod podinfo-green-1 runs, but is not ready\nlive is still {OTHER}."
    )


def test_another_releases_pods_must_be_gone_first(cluster: FakeCluster) -> None:
    cluster.client.put(pod("podinfo-green-9", running(), release=OTHER))
    assert failure(cluster).startswith("ready: not ready after 0 s: 2 of 2 pods ready\n")


def test_a_deployment_whose_controller_has_not_looked_yet_is_waited_for(cluster: FakeCluster) -> None:
    cluster.client.stored["Deployment", "podinfo-green"].metadata.generation = 2
    assert failure(cluster).startswith("ready: not ready after")


def test_a_deployment_that_does_not_exist_yet_is_waited_for(cluster: FakeCluster) -> None:
    assert "Deployment podinfo-nowhere does not exist yet" in failure(cluster, deployment="podinfo-nowhere")


def test_a_missing_image_fails_long_before_the_time_is_over(cluster: FakeCluster) -> None:
    cluster.client.put(pod("podinfo-green-1", waiting("ErrImagePull", NOT_FOUND)))
    assert failure(cluster, seconds=60).startswith("ready: pod podinfo-green-1, container service: ErrImagePull: rpc error")


def test_a_crash_loop_fails_at_once_with_the_last_words_of_the_log(cluster: FakeCluster) -> None:
    cluster.client.put(pod("podinfo-green-1", waiting("CrashLoopBackOff", restarts=2, lastState=ended())))
    cluster.client.logs["podinfo-green-1"] = [f"line {number}" for number in range(9)]
    assert failure(cluster, seconds=60) == (
        "ready: pod podinfo-green-1, container service: crash loop: Error, exit code 2, 2 restarts\nits last log lines:\n"
        f"  line 4\n  line 5\n  line 6\n  line 7\n  line 8\nlive is still {OTHER}."
    )


def test_a_log_that_cannot_be_read_does_not_hide_the_cause(cluster: FakeCluster) -> None:
    def gone(*_: Any, **__: Any) -> Any:
        raise api_error(400, "previous terminated container not found")

    cluster.client.log = gone
    cluster.client.put(pod("podinfo-green-1", waiting("CrashLoopBackOff", restarts=2, lastState=ended())))
    text = failure(cluster, seconds=60)
    assert "2 restarts (its log cannot be read: previous terminated container not found)" in text


def test_no_room_for_a_pod_is_the_replica_sets_own_word(cluster: FakeCluster) -> None:
    deployment = cluster.client.stored["Deployment", "podinfo-green"]
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota"}
    deployment.status.conditions = [DeploymentCondition.from_dict(condition)]
    for number in range(2):
        del cluster.client.stored["Pod", f"podinfo-green-{number}"]
    assert "0 of 2 pods ready; FailedCreate: exceeded quota" in failure(cluster)


def test_an_api_server_that_comes_back_is_no_failure(cluster: FakeCluster) -> None:
    outage = iter([httpx2.ConnectError("refused"), httpx2.ReadTimeout("slow")])
    real, said = cluster.deployment, []

    def flaky(namespace: str, name: str) -> Any:
        error = next(outage, None)
        if error:
            raise error
        return real(namespace, name)

    cluster.deployment = flaky  # type: ignore[method-assign]
    SlotReady().apply(None, inputs(), context(cluster, said))
    assert said[0].startswith("the API server at https://cluster.test does not answer (")


def test_a_question_that_the_api_server_refuses_is_not_asked_again(cluster: FakeCluster) -> None:
    def forbidden(*_: Any) -> Any:
        raise api_error(403, "pods is forbidden")

    cluster.deployment = forbidden  # type: ignore[method-assign]
    with pytest.raises(httpx2.HTTPStatusError, match="pods is forbidden"):
        SlotReady().apply(None, inputs(seconds=60), context(cluster))


def test_a_first_release_that_fails_leaves_nothing_live(cluster: FakeCluster) -> None:
    assert failure(cluster, live="", replicas=3).endswith("\nnothing is live yet.")
