"""The table of the release flow: what an update does with the wanted release."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from release_factory import history_of, recorded, release

from infra.decision import decide
from infra.ledger import Ledger, other_slot

VERSION = st.integers(0, 4).map(lambda minor: f"1.{minor}.0")
VERSIONS = st.lists(VERSION, min_size=1, max_size=12)
ONE, TWO, THREE = release("1.0.0"), release("1.1.0"), release("1.2.0")


def test_the_first_release_goes_into_blue() -> None:
    decision = decide(ONE, Ledger())
    assert (decision.action, decision.slot, decision.slots) == ("bootstrap", "blue", {"blue": ONE})
    assert decision.reason == f"first release: {ONE.id} is deployed into blue, then the service opens"


def test_the_live_release_is_kept_where_it_is() -> None:
    decision = decide(ONE, history_of(["1.0.0"]))
    assert (decision.action, decision.slot, decision.slots) == ("keep", "blue", {"blue": ONE})
    assert decision.reason == f"{ONE.id} is live in blue: nothing to do"


def test_keeping_the_live_release_keeps_the_idle_one_too() -> None:
    assert decide(TWO, history_of(["1.0.0", "1.1.0"])).slots == {"blue": ONE, "green": TWO}


def test_a_second_release_goes_into_the_slot_that_was_never_used() -> None:
    decision = decide(TWO, history_of(["1.0.0"]))
    assert (decision.action, decision.slot, decision.slots) == ("deploy", "green", {"blue": ONE, "green": TWO})


def test_the_release_in_the_idle_slot_is_gone_back_to_without_a_deployment() -> None:
    decision = decide(ONE, history_of(["1.0.0", "1.1.0"]))
    assert (decision.action, decision.slot, decision.slots) == ("return", "blue", {"blue": ONE, "green": TWO})
    assert decision.reason.startswith(f"warm return: {ONE.id} still runs in blue; no deployment")


def test_any_other_release_takes_the_idle_slot() -> None:
    decision = decide(THREE, history_of(["1.0.0", "1.1.0"]))
    assert (decision.action, decision.slot, decision.slots) == ("deploy", "blue", {"blue": THREE, "green": TWO})
    assert decision.reason.startswith(f"deployment: {THREE.id} goes into blue (idle), passes its gates")
    assert decision.reason.endswith(f"the way back to {TWO.id} in green stays warm")


def test_an_old_release_that_no_slot_holds_is_deployed_again() -> None:
    decision = decide(ONE, history_of(["1.0.0", "1.1.0", "1.2.0"]))
    assert (decision.action, decision.slot, decision.slots) == ("deploy", "green", {"blue": THREE, "green": ONE})


def test_the_same_version_with_another_config_is_another_release() -> None:
    assert decide(release("1.0.0", config={"COLOR": "green"}), history_of(["1.0.0"])).action == "deploy"


@given(VERSIONS, VERSION)
def test_what_has_the_traffic_is_never_changed_before_it_loses_it(versions: list[str], wanted: str) -> None:
    ledger = history_of(versions)
    assert decide(release(wanted), ledger).slots[ledger.active].id == ledger.live


@given(VERSIONS, VERSION)
def test_deciding_again_after_it_is_recorded_keeps_everything(versions: list[str], wanted: str) -> None:
    first = decide(release(wanted), history_of(versions))
    again = decide(release(wanted), recorded(history_of(versions), release(wanted)))
    assert (again.action, again.slot, again.slots) == ("keep", first.slot, first.slots)


@given(VERSIONS, VERSION)
def test_the_wanted_release_ends_up_with_the_traffic(versions: list[str], wanted: str) -> None:
    ledger = history_of(versions)
    decision = decide(release(wanted), ledger)
    assert decision.slots[decision.slot] == release(wanted)
    assert decision.slot == (ledger.active if decision.action == "keep" else other_slot(ledger.active))
