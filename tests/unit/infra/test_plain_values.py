"""Plain values and the hashes made of them."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.plain import content_hash, plain

NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def as_the_wire_brings_it(value: Any) -> Any:
    """Every number as a float, as protobuf's Struct has it."""
    if isinstance(value, dict):
        return {key: as_the_wire_brings_it(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_the_wire_brings_it(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_a_port_that_came_back_as_a_float_is_a_whole_number_again() -> None:
    (port,) = plain({"ports": ({"containerPort": 9898.0},)})["ports"]
    assert port == {"containerPort": 9898}
    assert isinstance(port["containerPort"], int)


def test_a_true_stays_true_and_a_half_stays_a_half() -> None:
    assert plain([True, 0.5, None, "1.0"]) == [True, 0.5, None, "1.0"]
    assert plain(True) is True


@given(JSON)
def test_nothing_is_lost_on_the_wire(value: Any) -> None:
    assert plain(as_the_wire_brings_it(value)) == plain(value)


@given(JSON)
def test_plain_values_are_plain_already(value: Any) -> None:
    assert json.dumps(plain(plain(value))) == json.dumps(plain(value))


@given(st.dictionaries(st.text(), JSON, min_size=1))
def test_a_hash_does_not_care_for_the_order_of_keys_nor_for_the_wire(value: dict[str, Any]) -> None:
    backwards = dict(reversed(as_the_wire_brings_it(value).items()))
    assert content_hash(backwards) == content_hash(value)


def test_a_hash_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert content_hash({"COLOR": "blue", "PORT": "9898"}) == "b7968557"
    assert content_hash({}) == "44136fa3"
    assert len(content_hash({}, 12)) == 12
