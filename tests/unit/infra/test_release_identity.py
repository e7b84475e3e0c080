"""What makes two releases the same, and what they are called."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_factory import release

from infra.errors import StateError
from infra.release import Release

NAMED = "podinfo-secret-0a0a0a0a"
LABEL_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
"""https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set"""


def test_the_same_content_has_the_same_id() -> None:
    assert release("1.1.0") == release("1.1.0")


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1.1.1"},
        {"image": "podinfo@sha256:" + "b" * 64},
        {"config": {"COLOR": "green"}},
        {"secret": NAMED},
        {"revision": "f00d"},
        {"pod": {"containers": []}},
    ],
)
def test_any_other_content_has_another_id(change: dict[str, Any]) -> None:
    assert release(**{"version": "1.1.0", **change}).id != release("1.1.0").id


def test_an_id_begins_with_the_version_that_people_know() -> None:
    assert re.fullmatch(r"1\.1\.0-[0-9a-f]{8}", release("1.1.0").id)


@given(st.text(max_size=100))
def test_an_id_is_a_label_value_whatever_the_version(version: str) -> None:
    assert LABEL_VALUE.fullmatch(release(version).id)


def test_the_pod_is_no_part_of_what_a_user_asks_for() -> None:
    one, other = release("1.1.0"), release("1.1.0", pod={"containers": []})
    assert one.same_content(other)
    assert not one.same_content(release("1.1.0", revision="f00d"))


def test_a_release_survives_the_wire() -> None:
    made = release("1.1.0", secret=NAMED)
    assert Release.from_dict(json.loads(json.dumps(made.to_dict()), parse_int=float)) == made


def test_a_pod_kept_beside_the_release_is_the_one_that_counts() -> None:
    made = release("1.1.0")
    short = {key: value for key, value in made.to_dict().items() if key != "pod"}
    assert Release.from_dict(short).pod == {}
    assert Release.from_dict(short, made.pod) == made


@pytest.mark.parametrize("data", [{"id": "x", "version": "1"}, [], "x", {"id": "x", "image": "i"}])
def test_a_release_that_lacks_a_field_is_an_error_in_words(data: Any) -> None:
    with pytest.raises(StateError, match=r"^ledger\.releases: .*restore the stack's state from a backup$"):
        Release.from_dict(data)
