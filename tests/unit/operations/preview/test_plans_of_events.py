"""The engine's events become a plan. The events are the real engine's, of a tiny program (record_events.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import golden

from infra.plan import SECRET, UNKNOWN, Plan
from operations.preview import collect
from operations.preview.mask import Mask
from operations.preview.values import ABSENT, Difference, differences, differences_at, join, split


def plan(scene: str) -> Plan:
    events = golden(scene)
    return collect.read("dev", events, Mask(), failures=list(collect.failures(events)))


def operations(made: Plan) -> dict[str, str]:
    return {change.name: change.operation for change in made.changes if "Thing" in change.type}


def test_each_resource_has_the_one_operation_that_counts() -> None:
    """A replacement comes as three steps; it is one change."""
    assert operations(plan("mixed")) == {
        "kept": "same", "grown": "update", "made": "create", "depends": "create", "renamed": "replace", "gone": "delete",
    }  # fmt: skip
    assert set(operations(plan("first")).values()) == {"create"}


def test_old_and_new_inputs_and_what_forces_the_replacement_are_known() -> None:
    changes = {change.name: change for change in plan("mixed").changes}
    renamed = changes["renamed"]
    assert (renamed.old, renamed.new) == ({"name": "old", "size": "1"}, {"name": "new", "size": "1"})
    assert (renamed.keys, renamed.replaced_by) == (("name",), ("name",))
    assert (changes["gone"].old, changes["gone"].new) == ({"name": "gone", "size": "1", "token": SECRET}, None)
    assert changes["made"].old is None
    assert changes["grown"].keys == ("size",)
    assert (changes["depends"].new or {})["size"] == UNKNOWN


def test_the_outputs_are_those_after_the_update_and_the_changed_ones_are_named() -> None:
    assert plan("mixed").outputs == {"size": "2", "token": SECRET}
    assert collect.changed_outputs(golden("mixed")) == ("size",)


def test_a_failed_preview_says_the_cause_without_the_engines_own_frames() -> None:
    error = plan("fails").error
    assert error.endswith("ValueError: the server refused [secret]")
    assert "site-packages" not in error
    assert plan("mixed").error == ""


def test_warnings_are_notes_and_printed_lines_are_not() -> None:
    assert plan("fails").notes == ("warning: see [secret]",)


def test_an_error_of_a_resource_names_it() -> None:
    urn = "urn:pulumi:dev::p::a:b:C$kubernetes:apps/v1:Deployment::web"
    event = {"diagnosticEvent": {"severity": "error", "urn": urn, "message": "Exception calling application: forbidden\n"}}
    assert collect.failures([event]) == {"Deployment web: forbidden": "kubernetes:apps/v1:Deployment"}


def test_a_plugin_that_the_engine_ended_is_no_cause_beside_another() -> None:
    crash, cause = (
        {"diagnosticEvent": {"severity": "error", "message": text}} for text in ("Detected that /x exited prematurely.", "bad")
    )
    assert list(collect.failures([crash, cause])) == ["bad"]
    assert list(collect.failures([crash])) == ["Detected that /x exited prematurely."]


def test_drift_has_what_the_state_says_and_what_is_live() -> None:
    found = {change.name: change for change in collect.drift(golden("drift"), Mask())}
    assert set(found) == {"kept", "grown", "gone", "renamed"}
    assert [(one.path, one.old, one.new) for one in differences_at(found["kept"].old, found["kept"].new, found["kept"].keys)] == [
        ("size", "1", "99")
    ]


def test_what_is_gone_live_has_nothing_new() -> None:
    metadata = {"op": "delete", "urn": "::a", "type": "t", "old": {"outputs": {"size": 1}}, "new": None, "detailedDiff": None}
    [gone] = collect.drift([{"resOutputsEvent": {"metadata": metadata}}], Mask())
    assert (gone.operation, gone.new) == ("delete", None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES, VALUES)
def test_there_is_a_difference_exactly_where_values_differ(old: object, new: object) -> None:
    assert (list(differences(old, new)) == []) == (old == new) or (old, new) in [([], {}), ({}, [])]
    assert list(differences(old, old)) == []


@given(st.lists(st.integers(0, 99) | st.from_regex(r"[a-z./-]{1,8}", fullmatch=True), min_size=1, max_size=4))
def test_a_path_is_read_as_it_was_written(parts: list[str | int]) -> None:
    if not isinstance(parts[0], int):
        assert split(join("", *parts)) == parts


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["spec.ports[0].name"], [Difference("spec.ports[0].name", "a", "b")]),
        (["spec"], [Difference("spec.ports[0].name", "a", "b"), Difference('spec.labels["x/y"]', ABSENT, "z")]),
        (
            ['spec.labels["x/y"]', "spec"],
            [Difference('spec.labels["x/y"]', ABSENT, "z"), Difference("spec.ports[0].name", "a", "b")],
        ),
        (["status"], [Difference("status", ABSENT, ABSENT)]),
    ],
)
def test_the_differences_below_the_engines_paths(keys: list[str], expected: list[Difference]) -> None:
    old = {"spec": {"ports": [{"name": "a", "n": 1}], "labels": {}}}
    new = {"spec": {"ports": [{"name": "b", "n": 1}], "labels": {"x/y": "z"}}}
    assert differences_at(old, new, keys) == expected
