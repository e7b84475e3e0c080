"""``lockgate status --all``: every stack of a project on a real cluster, and one that differs does not hide the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rig import Rig
from infra.labels import SLOT

pytestmark = pytest.mark.lab


@pytest.fixture
def own(rig: Rig, tmp_path: Path) -> Iterator[Rig]:  # noqa: ARG001 - the lab
    """A project with no stack of another test's."""
    folder = tmp_path / "project"
    folder.mkdir()
    made = Rig(folder)
    yield made
    made.close()


def test_every_stack_is_shown_with_what_is_live_and_one_that_differs_is_warned_of(own: Rig, tmp_path: Path) -> None:
    good, moved = own.stack(), own.stack()
    good.release("1.0.0").good()
    moved.release("1.0.0").good()
    moved.release("1.1.0").good()
    told = _told(good.start("lockgate", "status", "--all", "--json").wait().good().output)
    assert told[good.name]["live"]["version"] == "1.0.0"
    assert (told[moved.name]["live"]["version"], told[moved.name]["rollback"]["warm"]) == ("1.1.0", True)
    own.cluster.select(moved.name, "podinfo", {SLOT: "blue", "app.kubernetes.io/name": "podinfo"})
    page = tmp_path / "stacks.html"
    done = good.start("lockgate", "status", "--all", "--html", str(page), "--json").wait()
    assert done.code == 1
    told = _told(done.output)
    assert "the cluster sends the traffic to" in told[moved.name]["warning"]
    assert told[good.name]["warning"] == ""
    assert good.name in page.read_text()
    assert "the cluster sends the traffic to" in page.read_text()


def _told(output: str) -> dict[str, dict[str, Any]]:
    """What the command printed as JSON, by stack; progress stands before it."""
    return {one["stack"]: one for one in json.loads(output[output.index("{") :])["stacks"]}
