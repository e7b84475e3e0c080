"""The example of a program of one's own, on the real engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.load import Load
from benchmarks.rig import Rig, Stack
from benchmarks.rig.rig import ROOT

pytestmark = pytest.mark.lab


@pytest.fixture
def shop(rig: Rig, tmp_path: Path) -> Iterator[Stack]:
    folder = tmp_path / "standalone"
    shutil.copytree(ROOT / "examples" / "standalone", folder)
    stack = rig.stack_in(folder, service="shop")
    yield stack
    rig.remove(stack)


def test_the_example_releases_and_returns(shop: Stack) -> None:
    shop.release("1.0.0", namespace=shop.name, nodePort=shop.url.rsplit(":", 1)[1]).good()
    first = shop.observer.deployed("blue")
    with Load(shop.url) as load:
        load.wait_for("1.0.0")
        assert "goes into green (idle)" in shop.release("1.1.0").good().output
        load.wait_for("1.1.0")
        shop.preview("--expect-no-changes").good()
        assert "warm return" in shop.release("1.0.0").good().output
        load.wait_for("1.0.0")
    assert load.causes() == {}
    assert shop.outputs()["live"] == first
    assert shop.observer.live_releases() == {first}
