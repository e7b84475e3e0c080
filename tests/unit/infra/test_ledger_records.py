"""What the ledger remembers, and what it refuses to believe."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_factory import history_of, recorded, release, rolled

from infra.errors import StateError
from infra.ledger import SLOTS, Ledger, other_slot

VERSIONS = st.lists(st.integers(0, 7).map(lambda minor: f"1.{minor}.0"), min_size=1, max_size=30)
LIMITS = st.integers(2, 6)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["live", "active", "slots", "releases", "history", "id", "version", "image"]), inner),
    max_leaves=8,
)


def without_none(value: Any) -> Any:
    """As the engine's outputs come back: no key whose value is None."""
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, list) else value


def as_the_state_brings_it(value: Any) -> Any:
    return without_none(json.loads(json.dumps(value), parse_int=float))


@given(VERSIONS, LIMITS)
def test_any_sequence_of_releases_keeps_the_ledger_whole(versions: list[str], limit: int) -> None:
    ledger = Ledger()
    for version in versions:
        before, ledger = ledger, recorded(ledger, release(version), limit)
        assert ledger.live == release(version).id
        assert ledger.slots[ledger.active] == ledger.live
        assert set(ledger.slots.values()) <= set(ledger.releases)
        assert len(ledger.releases) <= limit
        assert {entry.release for entry in ledger.history} <= set(ledger.releases)
        if before.live and before.live != ledger.live:
            assert ledger.slots[other_slot(ledger.active)] == before.live
            assert ledger.history[0].previous == before.live


@given(VERSIONS, LIMITS)
def test_releases_stand_in_the_order_in_which_they_were_last_live(versions: list[str], limit: int) -> None:
    ledger = history_of(versions, limit)
    newest_first = dict.fromkeys(release(version).id for version in reversed(versions))
    assert list(ledger.releases) == list(newest_first)[:limit]


@given(VERSIONS, LIMITS)
def test_a_ledger_survives_the_state(versions: list[str], limit: int) -> None:
    ledger = history_of(versions, limit)
    back = Ledger.from_dict(as_the_state_brings_it(ledger.to_dict()), as_the_state_brings_it(ledger.pods()))
    assert back == ledger
    assert list(back.releases) == list(ledger.releases)


@given(VERSIONS, LIMITS)
def test_a_rolling_service_has_releases_but_no_slots(versions: list[str], limit: int) -> None:
    ledger = Ledger()
    for version in versions:
        ledger = rolled(ledger, release(version), limit)
    assert (ledger.live, ledger.active, ledger.slots) == (release(versions[-1]).id, "", {})
    assert len(ledger.releases) <= limit
    assert Ledger.from_dict(as_the_state_brings_it(ledger.to_dict()), ledger.pods()) == ledger


def test_the_older_ones_go_when_there_are_too_many() -> None:
    ledger = history_of(["1.0.0", "1.1.0", "1.2.0", "1.3.0"], limit=3)
    assert [entry.release for entry in ledger.history] == [release(v).id for v in ("1.3.0", "1.2.0", "1.1.0")]


def test_a_limit_below_two_would_lose_the_way_back() -> None:
    assert set(history_of(["1.0.0", "1.1.0"], limit=1).releases) == {release("1.0.0").id, release("1.1.0").id}


def test_what_a_slot_holds_is_kept_though_others_were_live_later() -> None:
    ledger = history_of(["1.0.0", "1.1.0", "1.2.0"])
    held = replace(ledger, slots={**ledger.slots, "green": release("1.0.0").id})
    after = held.record(release("1.3.0"), replace(ledger.history[0], release=release("1.3.0").id, slot="blue"), limit=2)
    assert set(after.releases) == {release("1.3.0").id, release("1.0.0").id}


def test_the_way_to_a_known_release_is_a_rollback() -> None:
    ledger = history_of(["1.0.0", "1.1.0"])
    kinds = [entry.kind for entry in recorded(ledger, release("1.0.0")).history]
    assert kinds == ["rollback", "release", "bootstrap"]
    assert Ledger().kind_of(release("1.0.0")) == "bootstrap"


def test_what_is_live_and_what_a_slot_holds_can_be_asked() -> None:
    ledger = history_of(["1.0.0", "1.1.0"])
    assert ledger.live_release == release("1.1.0")
    assert {slot: ledger.release_in(slot) for slot in SLOTS} == {"blue": release("1.0.0"), "green": release("1.1.0")}
    assert Ledger().live_release is None
    assert history_of(["1.0.0"]).release_in("green") is None


def test_recording_leaves_the_ledger_before_it_alone() -> None:
    before = history_of(["1.0.0"])
    text = json.dumps(before.to_dict())
    recorded(before, release("1.1.0"))
    assert json.dumps(before.to_dict()) == text


def test_the_outputs_that_people_read_have_no_pods() -> None:
    ledger = history_of(["1.0.0"])
    assert "pod" not in ledger.to_dict()["releases"][ledger.live]
    assert ledger.pods() == {ledger.live: release("1.0.0").pod}


@pytest.mark.parametrize("nothing", [None, {}, Ledger().to_dict()])
def test_a_stack_without_a_release_has_an_empty_ledger(nothing: Any) -> None:
    assert Ledger.from_dict(nothing) == Ledger()


def test_a_ledger_whose_live_release_is_missing_is_named_and_not_believed() -> None:
    data = history_of(["1.0.0", "1.1.0"]).to_dict()
    del data["releases"][data["live"]]
    with pytest.raises(StateError, match=rf"^ledger\.releases lacks {data['live']}, .* restore the stack's state from a backup$"):
        Ledger.from_dict(data)


@pytest.mark.parametrize(
    "broken",
    [
        {"live": "1.0.0-aaaaaaaa"},
        {"live": ["x"], "releases": {}},
        {"live": "", "releases": []},
        {"live": "", "releases": {}, "slots": ["blue"]},
        {"live": "", "releases": {}, "history": [{"release": "x"}]},
        "1.0.0-aaaaaaaa",
        [1],
    ],
)
def test_a_ledger_that_cannot_be_read_is_never_taken_for_an_empty_one(broken: Any) -> None:
    with pytest.raises(StateError, match=r"^ledger: cannot be read .* restore the stack's state from a backup$"):
        Ledger.from_dict(broken)


@given(JUNK)
def test_any_state_gives_a_ledger_or_an_error_in_words(data: Any) -> None:
    with suppress(StateError):
        Ledger.from_dict(data)
