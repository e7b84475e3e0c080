"""Releases that must not go live: the update fails by itself, and nobody who uses the service notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from benchmarks.load import Load
from benchmarks.rig import Done, Factory, Rig, Stack
from benchmarks.rig.stack import REGISTRY

pytestmark = pytest.mark.lab
NEXT = {"1.0.0": "1.1.0", "1.1.0": "1.2.0", "1.2.0": "1.0.0"}
USUAL = {"bakeSeconds": "2", "healthCheckTimeoutSeconds": "20"}
MISSING = f"{REGISTRY}/podinfo:1.3.0@sha256:{'0' * 64}"


@dataclass(frozen=True)
class Broken:
    """A release that fails, what the report says, and the settings that it is tried with."""

    version: str
    says: tuple[str, ...]
    settings: tuple[tuple[str, str], ...] = ()


PATIENT = (("healthCheckTimeoutSeconds", "300"),)
"""So that what ends the release is that it is seen to be hopeless, not a deadline."""

BROKEN = (
    Broken("1.3.0", ("ready: ", "pod podinfo-", "not found"), PATIENT),
    Broken("1.3.0-exits", ("ready: ", "crash loop", "exit code", "its last log lines", "get version number"), PATIENT),
    Broken("1.3.0-unready", ("ready: ", "not ready after 8 s", "0 of 2 pods ready"), (("healthCheckTimeoutSeconds", "8"),)),
    Broken("1.3.0-wrongversion", ("smoke: ", 'version="1.2.0", not "1.3.0-wrongversion"')),
    Broken("1.3.0-failslater", ("bake: ", "/readyz answers 503", "moved back"), (("bakeSeconds", "15"),)),
)


def attempt(stack: Stack, broken: Broken) -> Done:
    """The failed update."""
    if broken.version == "1.3.0":
        stack.set(image=MISSING, version="1.3.0", **dict(broken.settings))
        return stack.up().bad()
    return stack.release(broken.version, **dict(broken.settings)).bad()


@pytest.fixture(scope="module")
def stack(rig: Rig) -> Iterator[Stack]:
    made = rig.stack()
    made.release("1.0.0").good()
    yield made
    rig.remove(made)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.version)
def test_a_broken_release_fails_by_itself_and_nobody_notices(stack: Stack, broken: Broken) -> None:
    before = stack.ledger()
    assert before.live_release is not None
    pods = stack.observer.pods(before.active)
    with Load(stack.url) as load:
        load.wait_for(before.live_release.version)
        done = attempt(stack, broken)
        assert stack.observer.slot() == before.active
        load.wait_for(before.live_release.version)
    for words in (*broken.says, f"live is still {before.live} in {before.active}"):
        assert words in done.output, f"{words!r} is not in\n{done.output}"
    assert stack.observer.pods(before.active) == pods
    assert load.causes() == {}
    assert stack.ledger() == before
    tag = NEXT[before.live_release.version]
    stack.release(tag, **USUAL).good()
    after = stack.agrees()
    assert after.live_release is not None
    assert after.live_release.version == tag


def test_ctrl_c_during_the_bake_moves_the_traffic_back(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=60)
    stack.release("1.0.0").good()
    before = stack.ledger()
    pods = stack.observer.pods("blue")
    with Load(stack.url) as load:
        stack.want("1.1.0")
        running = stack.start_up()
        running.until(lambda: stack.observer.slot() == "green", "the cutover")
        load.wait_for("1.1.0")
        running.interrupt()
        done = running.wait(30).bad()
        assert stack.observer.slot() == "blue"
        load.wait_for("1.0.0")
    assert "moved back" in done.output
    assert load.causes() == {}
    assert stack.ledger() == before
    assert stack.observer.pods("blue") == pods
    stack.set(bakeSeconds="1")
    stack.up().good()
    assert stack.agrees().active == "green"
