"""Args that cannot work are refused when they are made, with both values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from service_story import blue_green, rolling


@pytest.mark.parametrize("args", [blue_green, rolling])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"image": "podinfo:1.0.0"}, ["image = podinfo:1.0.0", "by digest", "crane digest"]),
        (
            {"pre_stop_seconds": 30, "termination_grace_seconds": 20},
            ["pre_stop_seconds = 30", "termination_grace_seconds = 20", "raise the latter"],
        ),
        (
            {"pre_stop_seconds": 20, "termination_grace_seconds": 20},
            ["pre_stop_seconds = 20", "termination_grace_seconds = 20"],
        ),
        ({"replicas": 0}, ["replicas = 0", "at least 1"]),
    ],
)
def test_what_cannot_work_does_not_construct(args: Any, changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ValueError, match=words[0]) as caught:
        args(**changes)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_args_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        blue_green().replicas = 3  # type: ignore[misc]
