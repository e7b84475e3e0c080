"""A rolling release: seen through, or undone."""

from __future__ import annotations

from typing import Any

import pytest
from fake_cluster import NAMESPACE, FakeCluster, context
from lightkube.resources.apps_v1 import Deployment
from pods_factory import ended, pod, running, waiting

from infra.errors import LockgateError
from infra.labels import NAME, RELEASE
from infra.ledger import Ledger
from infra.plain import plain
from infra.provider.rollout import Rollout
from infra.release import Release

OLD = Release.of(version="1.0.0", image="podinfo:1.0.0@sha256:aa", pod={"containers": []})
NEW = Release.of(version="1.1.0", image="podinfo:1.1.0@sha256:bb", pod={"containers": []})
CRASHED = waiting("CrashLoopBackOff", restarts=2, lastState=ended())


def manifest(release: Release) -> dict[str, Any]:
    labels = {NAME: "podinfo", RELEASE: release.id}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "podinfo", "namespace": NAMESPACE},
        "spec": {
            "replicas": 2.0,
            "selector": {"matchLabels": {NAME: "podinfo"}},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": []}},
        },
    }


def inputs(release: Release, live: Release | None, **changes: Any) -> dict[str, Any]:
    ready = {"namespace": NAMESPACE, "deployment": "podinfo", "release": release.id, "replicas": 2, "seconds": 0.3}
    values: dict[str, Any] = {
        "release": release.to_dict(),
        "manifest": manifest(release),
        "previous": manifest(live) if live else None,
        "ready": {**ready, "live": live.id if live else ""},
        "smoke": None,
        "probe": {"service": "podinfo", "port": 9898, "path": "/version"},
        "undo": True,
        "note": "",
        "ledgerLimit": 10,
        "secrets": {},
    }
    return {**values, **changes}


class RollingCluster(FakeCluster):
    """A Deployment that is written gets the pods that its release is known to get; ready ones, unless a test says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.containers: dict[str, dict[str, Any]] = {}
        self.client.after_apply = self._roll
        self.add_service("podinfo")
        self.client.stored["Service", "podinfo"].spec.selector = {NAME: "podinfo"}

    def _roll(self, written: Any) -> None:
        if isinstance(written, Deployment):
            release = written.spec.template.metadata.labels[RELEASE]
            for number in range(2):
                self.client.put(pod(f"podinfo-{number}", self.containers.get(release, running()), release=release))

    @property
    def deployed(self) -> str:
        return self.deployed_release(NAMESPACE, "podinfo")


@pytest.fixture
def cluster() -> RollingCluster:
    return RollingCluster()


@pytest.fixture
def old(cluster: RollingCluster) -> dict[str, Any]:
    return Rollout().apply(None, inputs(OLD, None), context(cluster))


def failure(cluster: FakeCluster, old: dict[str, Any] | None, **changes: Any) -> str:
    with pytest.raises(LockgateError) as caught:
        Rollout().apply(old, inputs(NEW, OLD, **changes), context(cluster))
    return str(caught.value)


def test_a_first_release_is_written_down(old: dict[str, Any]) -> None:
    ledger = Ledger.from_dict(old["ledger"], old["pods"])
    assert (ledger.live, ledger.active, ledger.history[0].kind) == (OLD.id, "", "bootstrap")


def test_a_release_that_rolls_well_is_written_down_with_its_evidence(cluster: RollingCluster, old: dict[str, Any]) -> None:
    state = Rollout().apply(old, inputs(NEW, OLD, note="faster"), context(cluster))
    entry = Ledger.from_dict(state["ledger"]).history[0]
    assert (entry.release, entry.kind, entry.previous, entry.note) == (NEW.id, "release", OLD.id, "faster")
    assert entry.evidence["failed"] == 0
    assert cluster.deployed == NEW.id


def test_the_way_back_is_a_rollback(cluster: RollingCluster, old: dict[str, Any]) -> None:
    there = Rollout().apply(old, inputs(NEW, OLD), context(cluster))
    back = Rollout().apply(there, inputs(OLD, NEW), context(cluster))
    assert Ledger.from_dict(back["ledger"]).history[0].kind == "rollback"


def test_a_release_that_the_program_rolled_already_is_not_written_again(cluster: RollingCluster, old: dict[str, Any]) -> None:
    cluster.client.apply(Deployment.from_dict(plain(manifest(NEW))), force=True)
    version = cluster.client.stored["Deployment", "podinfo"].metadata.resourceVersion
    Rollout().apply(old, inputs(NEW, OLD), context(cluster))
    assert cluster.client.stored["Deployment", "podinfo"].metadata.resourceVersion == version


def test_a_crash_loop_is_undone_and_the_report_says_so(cluster: RollingCluster, old: dict[str, Any]) -> None:
    cluster.containers[NEW.id] = CRASHED
    assert failure(cluster, old) == (
        "ready: pod podinfo-0, container service: crash loop: Error, exit code 2, 2 restarts\n"
        f"the rollout was undone\nlive is still {OLD.id}."
    )
    assert cluster.deployed == OLD.id


def test_a_failed_smoke_test_is_undone_too(cluster: RollingCluster, old: dict[str, Any]) -> None:
    cluster.finish_jobs("Failed", "BackoffLimitExceeded")
    smoke = {"namespace": NAMESPACE, "service": "podinfo", "port": 9898, "image": "x", "path": "/", "field": "version"}
    text = failure(cluster, old, smoke={**smoke, "version": "1.1.0", "seconds": 1, "live": OLD.id})
    assert text.startswith("smoke: Job podinfo-smoke-abcde: BackoffLimitExceeded\nthe rollout was undone\n")
    assert cluster.deployed == OLD.id


def test_pods_that_were_restarted_long_ago_do_not_keep_a_release_from_being_undone(
    cluster: RollingCluster, old: dict[str, Any]
) -> None:
    cluster.containers = {NEW.id: CRASHED, OLD.id: running(restarts=7)}
    assert "\nthe rollout was undone\n" in failure(cluster, old)


def test_a_stop_by_the_user_undoes_as_well(cluster: RollingCluster, old: dict[str, Any]) -> None:
    cluster.containers[NEW.id] = running(ready=False)
    ctx = context(cluster)
    ctx.stop.set()
    with pytest.raises(LockgateError, match=r"^rollout: stopped by the user\nthe rollout was undone\n"):
        Rollout().apply(old, inputs(NEW, OLD), ctx)
    assert cluster.deployed == OLD.id


def test_a_rollout_stays_where_the_user_wants_it_to(cluster: RollingCluster, old: dict[str, Any]) -> None:
    cluster.containers[NEW.id] = CRASHED
    text = failure(cluster, old, undo=False)
    assert text.endswith("rollbackEnabled is false: the rollout was not undone")
    assert cluster.deployed == NEW.id


def test_an_undo_that_fails_says_both_causes(cluster: RollingCluster, old: dict[str, Any]) -> None:
    cluster.containers = {NEW.id: CRASHED, OLD.id: running(ready=False)}
    text = failure(cluster, old)
    assert text.startswith("ready: pod podinfo-0, container service: crash loop")
    assert f"\nThe rollout could not be undone to {OLD.id}: ready: not ready after" in text


def test_a_first_release_that_fails_has_nothing_to_go_back_to(cluster: RollingCluster) -> None:
    cluster.containers[NEW.id] = CRASHED
    with pytest.raises(LockgateError, match=r"^ready: .*\n(.*\n)*nothing is live yet\.$"):
        Rollout().apply(None, inputs(NEW, None), context(cluster))
