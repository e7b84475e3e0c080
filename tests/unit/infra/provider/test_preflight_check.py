"""Before anything is touched: who has the traffic, and may this update go on?"""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fake_cluster import NAMESPACE, FakeCluster, context

from infra.errors import ReleaseError
from infra.provider.preflight import Preflight

OLD, NEW, OTHER = "1.0.0-aaaaaaaa", "1.1.0-bbbbbbbb", "1.2.0-cccccccc"
KILLED = (
    f"preflight: Service podinfo-prod/podinfo sends the traffic to {NEW} in green, while the state says {OLD} in blue. "
    "This comes from an update that was killed after its cutover, or from an edit by hand; nothing was changed. "
)


def inputs(**changes: Any) -> dict[str, Any]:
    """An update that wants NEW in green, while OLD is live in blue."""
    values = {
        "namespace": NAMESPACE,
        "service": "podinfo",
        "recorded": "blue",
        "active": "blue",
        "slot": "green",
        "release": NEW,
        "live": OLD,
    }
    return {**values, **changes}


NOTHING_YET = inputs(recorded="", active="", slot="blue", release=OLD, live="")


@pytest.fixture
def cluster() -> FakeCluster:
    made = FakeCluster()
    made.add_slot("blue", OLD)
    made.add_slot("green", NEW)
    made.add_service("podinfo", "blue")
    return made


def go(cluster: FakeCluster, new: dict[str, Any]) -> None:
    assert Preflight().apply(None, new, context(cluster)) == new


def refusal(cluster: FakeCluster, new: dict[str, Any]) -> str:
    with pytest.raises(ReleaseError) as caught:
        Preflight().apply(None, new, context(cluster))
    return str(caught.value)


def test_an_update_goes_on_where_state_and_cluster_agree(cluster: FakeCluster) -> None:
    go(cluster, inputs())


@pytest.mark.parametrize("exists", [False, True])
def test_a_first_release_goes_on_with_no_service_or_a_closed_one(exists: bool) -> None:
    cluster = FakeCluster()
    if exists:
        cluster.add_service("podinfo")
    go(cluster, NOTHING_YET)


def test_the_same_command_after_a_kill_goes_on(cluster: FakeCluster) -> None:
    cluster.add_service("podinfo", "green")
    go(cluster, inputs())


def test_a_first_release_that_was_killed_after_its_cutover_goes_on(cluster: FakeCluster) -> None:
    go(cluster, NOTHING_YET)


def test_another_release_after_a_kill_stops_and_says_what_is_live_and_what_to_run(cluster: FakeCluster) -> None:
    cluster.add_service("podinfo", "green")
    text = refusal(cluster, inputs(release=OTHER))
    assert text.startswith(KILLED)
    assert f"To keep {NEW} live, release it again: `lockgate release` with its image" in text
    assert text.endswith(f"To restore {OLD} in blue: `pulumi up --refresh` with that release's config")


def test_an_unchanged_program_after_a_kill_stops_as_well(cluster: FakeCluster) -> None:
    cluster.add_service("podinfo", "green")
    assert refusal(cluster, inputs(slot="blue", release=OLD)).startswith(KILLED)


def test_another_release_stops_even_after_a_refresh(cluster: FakeCluster) -> None:
    """The refresh wrote the cluster's slot into the state; the ledger still calls that slot the idle one."""
    cluster.add_service("podinfo", "green")
    assert refusal(cluster, inputs(recorded="green", release=OTHER)).startswith(KILLED)


def test_the_same_release_after_a_kill_and_a_refresh_goes_on(cluster: FakeCluster) -> None:
    cluster.add_service("podinfo", "green")
    go(cluster, inputs(recorded="green"))


def test_the_ledgers_own_release_after_a_refresh_restores_it(cluster: FakeCluster) -> None:
    cluster.add_service("podinfo", "green")
    go(cluster, inputs(recorded="green", slot="blue", release=OLD))


def test_traffic_in_a_slot_that_is_none_of_ours_is_said_so(cluster: FakeCluster) -> None:
    cluster.add_service("podinfo", "canary")
    assert "sends the traffic to no release of ours in canary" in refusal(cluster, inputs())


def test_a_service_that_someone_deleted_is_said_to_be_gone(cluster: FakeCluster) -> None:
    del cluster.client.stored["Service", "podinfo"]
    assert refusal(cluster, inputs()) == (
        f"preflight: Service podinfo-prod/podinfo is gone, while the state says {OLD} in blue; nothing was changed. "
        "Run `pulumi up --refresh` to make it anew"
    )
    go(cluster, inputs(recorded=""))


def test_a_selector_that_someone_emptied_is_said_to_be(cluster: FakeCluster) -> None:
    cluster.add_service("podinfo")
    assert refusal(cluster, inputs()).startswith(
        f"preflight: Service podinfo-prod/podinfo selects no slot, while the state says {OLD} in blue; nothing was changed."
    )
    go(cluster, inputs(recorded=""))


def test_an_api_server_that_does_not_answer_is_named_and_nothing_is_taken_for_granted(cluster: FakeCluster) -> None:
    def unreachable(*_: Any, **__: Any) -> Any:
        raise httpx2.ConnectError("refused")

    cluster.client.get = unreachable
    text = refusal(cluster, inputs())
    assert text.startswith("preflight: the API server at https://cluster.test does not answer (ConnectError)")
    assert "nothing was changed. Run `lockgate lab up`, or check kubeContext" in text
