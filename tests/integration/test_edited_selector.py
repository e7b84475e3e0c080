"""Somebody edits the active Service by hand: Lockgate sees it, touches nothing, and can restore or adopt it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from benchmarks.rig import Rig, Stack
from infra.labels import SLOT

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def warm(rig: Rig) -> Iterator[Stack]:
    made = rig.stack(bakeSeconds=0)
    made.release("1.0.0").good()
    made.release("1.1.0").good()
    yield made
    rig.remove(made)


@pytest.fixture
def stack(warm: Stack) -> Stack:
    """1.1.0 is live in green, and 1.0.0 warm in blue."""
    warm.want("1.1.0")
    warm.up("--refresh").good()
    assert warm.agrees().active == "green"
    return warm


EDITS: dict[str, tuple[Callable[[Stack], object], str]] = {
    "other slot": (lambda stack: stack.observer.select({SLOT: "blue"}), "in blue"),
    "no slot": (lambda stack: stack.observer.select({SLOT: None}), "selects no slot"),
    "deleted": (lambda stack: stack.observer.kubectl("delete", "service", "podinfo"), "is gone"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_by_hand_stops_the_next_update_and_refresh_restores(stack: Stack, edit: str) -> None:
    act, says = EDITS[edit]
    live = stack.ledger().live
    pods = stack.observer.pods()
    act(stack)
    stack.want("1.2.0")
    for done in (stack.preview(), stack.up()):
        for words in ("preflight: ", says, f"{live} in green", "pulumi up --refresh"):
            assert words in done.bad().output, f"{words!r} is not in\n{done.output}"
    assert stack.observer.pods() == pods
    stack.want("1.1.0")
    stack.up("--refresh").good()
    ledger = stack.agrees()
    assert (ledger.active, ledger.live) == ("green", live)
    assert stack.observer.pods() == pods


def test_what_somebody_chose_by_hand_is_adopted_by_releasing_it(stack: Stack) -> None:
    pods = stack.observer.pods()
    stack.observer.select({SLOT: "blue"})
    stack.release("1.0.0").good()
    ledger = stack.agrees()
    assert (ledger.active, ledger.live_release and ledger.live_release.version) == ("blue", "1.0.0")
    assert stack.observer.pods() == pods
