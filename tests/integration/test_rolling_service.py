"""The rolling strategy: pod by pod, and undone when it fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_broken_releases import BROKEN, NEXT, USUAL, Broken, attempt

from benchmarks.load import Load
from benchmarks.rig import Rig, Stack

pytestmark = pytest.mark.lab
GATED = [broken for broken in BROKEN if broken.version != "1.3.0-failslater"]
"""What a gate catches; nothing watches a rolling release once it is out."""


@pytest.fixture(scope="module")
def stack(rig: Rig) -> Iterator[Stack]:
    made = rig.stack(strategy="rolling")
    made.release("1.0.0").good()
    yield made
    rig.remove(made)


def serving(stack: Stack) -> set[str]:
    """The releases whose pods get traffic."""
    return stack.observer.live_releases()


def test_a_release_loses_nothing_on_fresh_connections(stack: Stack) -> None:
    with Load(stack.url) as load:
        for tag in ("1.1.0", "1.2.0", "1.0.0"):
            stack.release(tag).good()
            load.wait_for(tag)
            stack.preview("--expect-no-changes").good()
            ledger = stack.ledger()
            assert ledger.live_release is not None
            assert (ledger.live_release.version, ledger.active) == (tag, "")
            assert serving(stack) == {ledger.live}
    print(f"keep-alive: {len(load.failures('keep-alive'))} of {load.count('keep-alive')} lost: {dict(load.causes('keep-alive'))}")
    assert load.causes("fresh") == {}


@pytest.mark.parametrize("broken", GATED, ids=lambda broken: broken.version)
def test_a_broken_release_is_undone(stack: Stack, broken: Broken) -> None:
    """Tried once more, it fails once more."""
    before = stack.ledger()
    assert before.live_release is not None
    with Load(stack.url) as load:
        for _ in range(2 if broken.version == "1.3.0-exits" else 1):
            done = attempt(stack, broken)
            for words in (*broken.says[:1], "the rollout was undone", f"live is still {before.live}"):
                assert words in done.output, f"{words!r} is not in\n{done.output}"
            assert serving(stack) == {before.live}
            assert stack.ledger() == before
    assert load.causes("fresh") == {}
    tag = NEXT[before.live_release.version]
    stack.release(tag, **USUAL).good()
    assert serving(stack) == {stack.ledger().live}
    stack.preview("--expect-no-changes").good()
