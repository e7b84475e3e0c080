"""A stack's file that names no image, as a fresh checkout of it does: the live release stays, and none is made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.rig import Factory, Stack
from benchmarks.rig.stack import image

pytestmark = pytest.mark.lab
STRATEGIES = ["blue-green", "rolling"]


def live(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.lockgate("status", "--json").good().output)["live"]
    return found


def fresh(stack: Stack) -> None:
    """On a fresh checkout nothing would change, nothing has drifted, and an update leaves every pod alone."""
    stack.check_out()
    pods, ledger = stack.observer.pods(), stack.ledger()
    stack.preview("--expect-no-changes").good()
    assert "no change" in stack.lockgate("drift").good().output
    stack.up("--expect-no-changes", "--refresh").good()
    assert stack.observer.pods() == pods
    assert stack.ledger() == ledger


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_command_on_a_fresh_checkout_goes_on_with_what_is_live(make_stack: Factory, strategy: str) -> None:
    stack = make_stack(strategy=strategy, bakeSeconds=0)
    stack.set_path("secrets.PODINFO_UI_LOGO", "https://one.example/logo", secret=True)
    stack.lockgate("release", "--image", image("1.0.0"), "--config", "PODINFO_UI_MESSAGE=first", "--note", "the first").good()
    fresh(stack)
    stack.lockgate("release", "--image", image("1.1.0"), "--revision", "abc").good()
    fresh(stack)
    assert (live(stack)["version"], live(stack)["config"], live(stack)["secret"]) == ("1.1.0", {}, "")
    stack.lockgate("rollback", "--note", "back").good()
    fresh(stack)
    first = live(stack)
    assert (first["version"], first["config"], bool(first["secret"])) == ("1.0.0", {"PODINFO_UI_MESSAGE": "first"}, True)
    assert stack.observer.live_releases() == {first["id"]}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_settings_of_pods_wait_for_the_next_release_and_others_count_at_once(make_stack: Factory, strategy: str) -> None:
    stack = make_stack(strategy=strategy, bakeSeconds=0)
    stack.lockgate("release", "--image", image("1.0.0")).good()
    stack.check_out()
    before = live(stack)
    stack.set(memoryLimit="160Mi")
    assert f"{before['id']} stays as it was released" in stack.preview("--expect-no-changes").good().output
    stack.set(replicas="3")
    stack.up().good()
    assert len(stack.observer.pods()) == 3
    assert live(stack) == before
    stack.lockgate("release", "--image", image("1.0.0")).good()
    fresh(stack)
    assert live(stack)["id"] != before["id"]


def test_a_stack_without_a_release_comes_up_and_then_gets_its_first(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    nothing = f"lockgate release -s {stack.name} --image"
    for done in (stack.preview(), stack.up(), stack.lockgate("preview-report"), stack.lockgate("drift")):
        assert nothing in done.good().output
    assert stack.outputs() == {}
    assert stack.observer.slot() is None
    shown = stack.lockgate("status").good().output
    assert "nothing" in shown
    assert nothing in shown
    assert "nothing is live yet" in stack.lockgate("rollback").bad().output
    stack.lockgate("release", "--image", image("1.0.0"), "--dry-run").good()
    stack.check_out()
    stack.lockgate("release", "--image", image("1.0.0")).good()
    assert stack.agrees().active == "blue"
    fresh(stack)
