"""What the tests on the lab stand on: a rig of their own beside whatever else the lab runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from artifact_world import our_key, registry, their_key
from scanned import data
from sonar_lab import sonar

import lab
from benchmarks.rig import Factory, Rig, Stack, open_rig

__all__ = ["data", "our_key", "registry", "sonar", "their_key"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, one takes a whole file, and one all files on the one server of SonarQube."""
    on_sonar = {item.path for item in items if "sonar" in getattr(item, "fixturenames", ())}
    for item in items:
        item.add_marker(pytest.mark.xdist_group("sonar" if item.path in on_sonar else item.path.stem))


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    lacking = [] if lab.status().healthy else lab.check()
    if lacking:
        pytest.skip(f"no lab can run here: {'; '.join(map(str, lacking))}")
    with open_rig(tmp_path_factory.mktemp("project")) as opened:
        yield opened


@pytest.fixture
def make_stack(rig: Rig) -> Iterator[Factory]:
    """Makes stacks that are gone after the test."""
    made: list[Stack] = []

    def make(**settings: Any) -> Stack:
        made.append(rig.stack(settings))
        return made[-1]

    yield make
    for stack in made:
        rig.remove(stack)
