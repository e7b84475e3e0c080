"""The traffic's move: by compare and swap, with its evidence, and back again when the new release misbehaves."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fake_cluster import NAMESPACE, FakeCluster, api_error, context
from lightkube.resources.core_v1 import Pod
from pods_factory import pod, running

from infra.errors import LockgateError
from infra.ledger import Ledger
from infra.provider.context import PhaseError
from infra.provider.cutover import Cutover
from infra.release import Release

OLD = Release.of(version="1.0.0", image="podinfo:1.0.0@sha256:aa", pod={"containers": []})
NEW = Release.of(version="1.1.0", image="podinfo:1.1.0@sha256:bb", pod={"containers": []})
LIVE = f"live is still {OLD.id} in blue."


def inputs(release: Release = NEW, slot: str = "green", **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "namespace": NAMESPACE,
        "service": "podinfo",
        "preview": "podinfo-preview",
        "port": 9898.0,
        "path": "/version",
        "readinessPath": "/readyz",
        "replicas": 2.0,
        "seconds": 0.5,
        "bakeSeconds": 0.1,
        "moveBack": True,
        "slot": slot,
        "release": release.to_dict(),
        "note": "",
        "ledgerLimit": 10.0,
        "secrets": {},
    }
    return {**values, **changes}


@pytest.fixture
def cluster() -> FakeCluster:
    """Both slots run; the traffic is in blue."""
    made = FakeCluster()
    made.add_service("podinfo", "blue")
    made.add_service("podinfo-preview", "green")
    made.add_slot("blue", OLD.id)
    made.add_slot("green", NEW.id)
    return made


@pytest.fixture
def old() -> dict[str, Any]:
    """The state after the first release."""
    opened = FakeCluster()
    opened.add_service("podinfo")
    opened.add_service("podinfo-preview")
    opened.add_slot("blue", OLD.id)
    return Cutover().apply(None, inputs(OLD, "blue"), context(opened))


def slots(cluster: FakeCluster) -> tuple[str | None, str | None]:
    return cluster.selected_slot(NAMESPACE, "podinfo"), cluster.selected_slot(NAMESPACE, "podinfo-preview")


def failure(cluster: FakeCluster, old: dict[str, Any] | None, **changes: Any) -> str:
    """A bake that fails ends by that, however slow the machine is."""
    with pytest.raises(LockgateError) as caught:
        Cutover().apply(old, inputs(**{"bakeSeconds": 60.0, **changes}), context(cluster))
    return str(caught.value)


def test_the_first_release_opens_the_service_and_is_written_down() -> None:
    cluster = FakeCluster()
    cluster.add_service("podinfo")
    cluster.add_service("podinfo-preview")
    cluster.add_slot("blue", OLD.id)
    state = Cutover().apply(None, inputs(OLD, "blue", note="let there be light"), context(cluster))
    ledger = Ledger.from_dict(state["ledger"], state["pods"])
    assert slots(cluster) == ("blue", "blue")
    assert (ledger.live, ledger.active, dict(ledger.releases)) == (OLD.id, "blue", {OLD.id: OLD})
    assert (ledger.history[0].kind, ledger.history[0].note) == ("bootstrap", "let there be light")


def test_a_release_moves_the_traffic_and_brings_its_evidence(cluster: FakeCluster, old: dict[str, Any]) -> None:
    state = Cutover().apply(old, inputs(), context(cluster))
    ledger = Ledger.from_dict(state["ledger"], state["pods"])
    assert slots(cluster) == ("green", "blue")
    assert (ledger.live, dict(ledger.slots)) == (NEW.id, {"blue": OLD.id, "green": NEW.id})
    entry = ledger.history[0]
    assert (entry.kind, entry.previous, entry.slot) == ("release", OLD.id, "green")
    assert entry.evidence["requests"] > 0
    assert (entry.evidence["from"], entry.evidence["to"], entry.evidence["failed"]) == (OLD.id, NEW.id, 0)


def test_the_way_back_is_a_rollback_in_the_ledger(cluster: FakeCluster, old: dict[str, Any]) -> None:
    there = Cutover().apply(old, inputs(), context(cluster))
    back = Cutover().apply(there, inputs(OLD, "blue"), context(cluster))
    assert slots(cluster) == ("blue", "green")
    assert Ledger.from_dict(back["ledger"]).history[0].kind == "rollback"


def test_a_failed_request_is_counted_and_one_alone_is_forgiven(cluster: FakeCluster, old: dict[str, Any]) -> None:
    answers = iter([httpx2.Response(502, text="once")])
    cluster.answer = lambda request: (
        next(answers, httpx2.Response(200)) if "/services/" in request.url.path else httpx2.Response(200)
    )
    state = Cutover().apply(old, inputs(), context(cluster))
    assert Ledger.from_dict(state["ledger"]).history[0].evidence["failed"] == 1


def test_a_write_between_the_read_and_the_swap_is_seen_and_the_swap_tried_again(
    cluster: FakeCluster, old: dict[str, Any]
) -> None:
    touches = iter([True])

    def someone_annotates(_: Any) -> None:
        if next(touches, False):
            cluster.client.put(cluster.client.stored["Service", "podinfo"])

    cluster.client.before_apply = someone_annotates
    Cutover().apply(old, inputs(), context(cluster))
    assert slots(cluster) == ("green", "blue")


def test_a_selector_that_changes_between_the_read_and_the_swap_is_not_overwritten(
    cluster: FakeCluster, old: dict[str, Any]
) -> None:
    edits = iter([True])

    def someone_moves_the_traffic(_: Any) -> None:
        if next(edits, False):
            cluster.add_service("podinfo", "canary")

    cluster.client.before_apply = someone_moves_the_traffic
    assert failure(cluster, old).startswith("cutover: Service podinfo selects canary, not blue: someone changed it")
    assert slots(cluster) == ("canary", "green")


def test_a_selector_that_someone_else_changed_is_not_overwritten(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.add_service("podinfo", "canary")
    text = failure(cluster, old)
    assert text == f"cutover: Service podinfo selects canary, not blue: someone changed it\n{LIVE}"
    assert slots(cluster) == ("canary", "green")


def test_a_selector_that_someone_emptied_is_named_in_words(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.add_service("podinfo")
    assert failure(cluster, old).startswith("cutover: Service podinfo selects no slot, not blue:")


def test_a_service_that_is_gone_is_said_to_be(cluster: FakeCluster, old: dict[str, Any]) -> None:
    del cluster.client.stored["Service", "podinfo"]
    assert failure(cluster, old) == f"cutover: Service podinfo is gone\n{LIVE}"


def test_traffic_that_was_moved_before_a_crash_is_baked_and_written_down(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.add_service("podinfo", "green")
    state = Cutover().apply(old, inputs(), context(cluster))
    assert Ledger.from_dict(state["ledger"]).live == NEW.id
    assert slots(cluster) == ("green", "blue")


def test_too_few_ready_pods_keep_the_traffic_where_it_is(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.client.put(pod("podinfo-green-1", running(ready=False), release=NEW.id))
    text = failure(cluster, old, seconds=0.1)
    assert text == f"cutover: 1 of 2 pods of {NEW.id} in green are ready after 0 s\n{LIVE}"
    assert slots(cluster) == ("blue", "green")


def test_a_rejected_releases_pods_in_the_slot_get_no_traffic(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.client.put(pod("podinfo-green-9", running(), release="1.3.0-rejected"))
    text = failure(cluster, old, seconds=0.1)
    assert text.startswith(f"cutover: 2 of 2 pods of {NEW.id} in green are ready, 1 pods of another release remain")
    assert slots(cluster) == ("blue", "green")


def test_pods_that_fail_between_the_swap_and_the_endpoints_send_the_traffic_back(
    cluster: FakeCluster, old: dict[str, Any]
) -> None:
    def break_green(written: Any) -> None:
        if written.metadata.name == "podinfo":
            cluster.client.put(pod("podinfo-green-0", running(ready=False), release=NEW.id))

    cluster.client.after_apply = break_green
    text = failure(cluster, old, seconds=0.2)
    assert text.startswith("cutover: 1 of 2 endpoints are ready, 0 of the other slot remain after 0 s")
    assert text.endswith(f"\nthe traffic was moved back\n{LIVE}")
    assert slots(cluster) == ("blue", "green")


def test_a_bake_that_fails_moves_the_traffic_back_and_says_so(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.answer = lambda _: httpx2.Response(500, text="database is gone")
    text = failure(cluster, old)
    assert text.startswith("bake: ")
    assert "answers 500: database is gone" in text
    assert text.endswith(f"\nthe traffic was moved back\n{LIVE}")
    assert slots(cluster) == ("blue", "green")


def test_failing_requests_alone_fail_a_bake(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.answer = lambda request: httpx2.Response(503 if "/services/" in request.url.path else 200, text="no")
    text = failure(cluster, old, bakeSeconds=5)
    assert "requests in a row failed: HTTP 503: no" in text
    assert slots(cluster) == ("blue", "green")


def test_a_restart_during_the_bake_fails_it(cluster: FakeCluster, old: dict[str, Any]) -> None:
    def restart(request: httpx2.Request) -> httpx2.Response:
        if "/pods/" in request.url.path:
            cluster.client.put(pod("podinfo-green-1", running(restarts=1), release=NEW.id))
        return httpx2.Response(200)

    cluster.answer = restart
    assert failure(cluster, old, bakeSeconds=5).startswith("bake: pod podinfo-green-1 was restarted 1 times\n")


def test_a_bake_of_no_seconds_is_no_bake(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.answer = lambda _: httpx2.Response(500)
    Cutover().apply(old, inputs(bakeSeconds=0), context(cluster))
    assert slots(cluster) == ("green", "blue")


def test_a_failed_bake_stays_where_the_user_wants_it_to_and_says_where(cluster: FakeCluster, old: dict[str, Any]) -> None:
    cluster.answer = lambda _: httpx2.Response(500)
    text = failure(cluster, old, moveBack=False)
    assert f"rollbackEnabled is false: the traffic stays in green, while the ledger goes on with {OLD.id} in blue" in text
    assert "nothing is live" not in text
    assert slots(cluster) == ("green", "blue")


def test_a_stop_by_the_user_during_the_bake_moves_the_traffic_back(cluster: FakeCluster, old: dict[str, Any]) -> None:
    ctx = context(cluster)

    def interrupt(_: httpx2.Request) -> httpx2.Response:
        ctx.stop.set()
        return httpx2.Response(200)

    cluster.answer = interrupt
    with pytest.raises(PhaseError, match=r"^bake: stopped by the user\nthe traffic was moved back\n"):
        Cutover().apply(old, inputs(bakeSeconds=5), ctx)
    assert slots(cluster) == ("blue", "green")


def test_traffic_that_cannot_be_moved_back_is_said_with_what_to_do(cluster: FakeCluster, old: dict[str, Any]) -> None:
    def api_server_dies(request: httpx2.Request) -> httpx2.Response:
        if "/pods/" not in request.url.path:
            return httpx2.Response(200)
        cluster.client.before_apply = refuse
        return httpx2.Response(500, text="no")

    def refuse(_: Any) -> None:
        raise api_error(503, "apiserver is shutting down")

    cluster.answer = api_server_dies
    text = failure(cluster, old, bakeSeconds=5, seconds=0.5)
    assert f"The traffic could not be moved back from green to {OLD.id} in blue: " in text
    assert "apiserver is shutting down" in text
    assert "lockgate rollback" in text


def test_going_back_to_the_ledgers_slot_after_an_edit_by_hand_writes_nothing_new(
    cluster: FakeCluster, old: dict[str, Any]
) -> None:
    cluster.add_service("podinfo", "green")
    refreshed = Cutover().read(old, context(cluster))
    assert refreshed["slot"] == "green"
    state = Cutover().apply(refreshed, inputs(OLD, "blue"), context(cluster))
    assert slots(cluster) == ("blue", "green")
    assert state["ledger"] == old["ledger"]


def test_a_refresh_finds_no_slot_where_the_service_is_gone(cluster: FakeCluster, old: dict[str, Any]) -> None:
    del cluster.client.stored["Service", "podinfo"]
    assert Cutover().read(old, context(cluster)) == {**old, "slot": ""}


def test_endpoints_that_still_show_the_other_slot_are_waited_for(cluster: FakeCluster, old: dict[str, Any]) -> None:
    lagging = iter([True, True])
    real, said = cluster.endpoints, []

    def endpoints(namespace: str, service: str) -> Any:
        seen = real(namespace, service)
        return type(seen)(ready=seen.ready | {"podinfo-blue-0"}, waiting=seen.waiting) if next(lagging, False) else seen

    cluster.endpoints = endpoints  # type: ignore[method-assign]
    Cutover().apply(old, inputs(), context(cluster, said))
    assert "2 of 2 endpoints are ready, 1 of the other slot remain" in said


def test_the_scene_is_what_the_tests_think(cluster: FakeCluster) -> None:
    assert len(cluster.client.list(Pod, namespace=NAMESPACE, labels={})) == 4
    assert cluster.endpoints(NAMESPACE, "podinfo").ready == {"podinfo-blue-0", "podinfo-blue-1"}
