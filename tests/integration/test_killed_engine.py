"""The engine is killed in the middle of a release: what is live stays live, and the next command puts things right."""

from __future__ import annotations

import pytest

from benchmarks.load import Load
from benchmarks.rig import Factory, Observer, Stack
from benchmarks.rig.cluster import until

pytestmark = pytest.mark.lab


def cut_over(stack: Stack) -> bool:
    """The active Service was just patched."""
    return stack.observer.slot() == "green"


def arrived(stack: Stack) -> bool:
    """The traffic is in the new slot, and the bake goes on."""
    return cut_over(stack) and Observer(stack.observer.cluster, stack.name, "podinfo-preview").slot() == "blue"


def killed_at(stack: Stack, boundary: str) -> None:
    """Starts an update and kills its engine when it has come that far; nothing of ours outlives it.

    It waits for our plugin then. Killed while it writes the state, it leaves a file that only ``lockgate`` takes away.
    """
    running = stack.start_up()
    reached = {
        "deploy": lambda: " pods ready" in running.output,
        "cutover": lambda: cut_over(stack),
        "bake": lambda: arrived(stack),
    }[boundary]
    running.until(reached, boundary)
    running.kill()
    until(lambda: not running.pythons(), "end of what the killed engine had started of ours", 15)


def unlock(stack: Stack) -> None:
    """What a user of plain Pulumi does about the lock that a killed update leaves."""
    assert "locked" in stack.up().bad().output
    stack.pulumi("cancel", "--yes").good()


@pytest.mark.parametrize("boundary", ["deploy", "cutover", "bake"])
def test_the_same_command_again_ends_well(make_stack: Factory, boundary: str) -> None:
    stack = make_stack(bakeSeconds=4)
    stack.release("1.0.0").good()
    with Load(stack.url) as load:
        load.wait_for("1.0.0")
        stack.want("1.1.0")
        killed_at(stack, boundary)
        unlock(stack)
        stack.up().good()
        load.wait_for("1.1.0")
    ledger = stack.agrees()
    assert (ledger.active, ledger.live_release and ledger.live_release.version) == ("green", "1.1.0")
    assert [entry.kind for entry in ledger.history] == ["release", "bootstrap"]
    assert load.causes() == {}


@pytest.mark.parametrize("remedy", ["keep", "restore"])
def test_another_release_stops_before_it_touches_the_slot_that_has_the_traffic(make_stack: Factory, remedy: str) -> None:
    stack = make_stack(bakeSeconds=4)
    stack.release("1.0.0").good()
    first = stack.ledger().live
    with Load(stack.url) as load:
        stack.want("1.1.0")
        killed_at(stack, "cutover")
        live = stack.observer.deployed("green")
        pods = stack.observer.pods()
        unlock(stack)
        stack.want("1.2.0")
        for done in (stack.preview(), stack.up()):
            for words in ("preflight: ", f"{live} in green", f"{first} in blue", "nothing was changed", "pulumi up --refresh"):
                assert words in done.bad().output, f"{words!r} is not in\n{done.output}"
        assert stack.observer.pods() == pods
        tag, options = {"keep": ("1.1.0", ()), "restore": ("1.0.0", ("--refresh",))}[remedy]
        stack.want(tag)
        stack.up(*options).good()
        load.wait_for(tag)
        assert stack.agrees().active == {"keep": "green", "restore": "blue"}[remedy]
        stack.release("1.2.0").good()
    assert stack.agrees().active == {"keep": "blue", "restore": "green"}[remedy]
    assert load.causes("fresh") == {}
