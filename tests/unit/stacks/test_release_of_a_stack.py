"""Which release a stack's program runs: the one that its settings name, else the one that is live.

The recording engine proves what is registered. That a preview of it is empty, the lab shows.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "infra"))
sys.path.insert(0, str(Path(__file__).parents[1] / "components"))

from recording_engine import Recorder, run
from service_story import Story, find, names, secrets
from settings_factory import DIGEST, model

from components import BlueGreenServiceArgs, RollingServiceArgs
from infra.settings import Settings
from stacks.service import service

KINDS = {"blue-green": (BlueGreenServiceArgs, "Cutover"), "rolling": (RollingServiceArgs, "Rollout")}
STRATEGIES = list(KINDS)


def image(version: str) -> str:
    return f"127.0.0.1:15000/podinfo:{version}@{DIGEST}"


def named(version: str, **changes: Any) -> Settings:
    """Settings that name a release with config and a secret, all of it its own."""
    own = {"config": {"COLOR": version}, "secrets": secrets(LOGO=version), "revision": f"commit-{version}"}
    return model(**{"image": image(version), "version": version, **own, **changes})


def unnamed(**changes: Any) -> Settings:
    return model(**{"image": "", "version": "", **changes})


def program(settings: Settings, story: Story) -> Recorder:
    return run(lambda: service(settings, []), story.past)


def after(strategy: str, *versions: str) -> Story:
    """A stack after releases of these versions by its settings."""
    story = Story()
    for version in versions:
        story.ended_well(program(named(version, strategy=strategy), story), KINDS[strategy][0])
    return story


def wires(recorder: Recorder) -> dict[tuple[str, str], str]:
    return {key: made.wire for key, made in recorder.registered.items()}


def told(caplog: pytest.LogCaptureFixture, settings: Settings, story: Story) -> list[str]:
    caplog.clear()
    with caplog.at_level(logging.INFO):
        program(settings, story)
    return caplog.messages


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("versions", [("1.0.0",), ("1.0.0", "1.1.0"), ("1.0.0", "1.1.0", "1.0.0")])
def test_without_an_image_is_registered_what_the_live_release_by_name_is(strategy: str, versions: tuple[str, ...]) -> None:
    story = after(strategy, *versions)
    by_name = program(named(versions[-1], strategy=strategy), story)
    assert wires(program(unnamed(strategy=strategy), story)) == wires(by_name)


OTHERS = {"config": {"COLOR": "other"}, "secrets": secrets(LOGO="other"), "memory_limit": "1Gi", "liveness_path": "/"}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_belongs_to_a_release_counts_with_the_next_one(strategy: str) -> None:
    story = after(strategy, "1.0.0")
    kept = program(unnamed(strategy=strategy, **OTHERS), story)
    assert wires(kept) == wires(program(unnamed(strategy=strategy), story))
    following = program(named("1.1.0", strategy=strategy, **OTHERS), story)
    release = find(following, KINDS[strategy][1], "podinfo").inputs["release"]
    assert release["config"] == {"COLOR": "other"}
    assert release["pod"]["containers"][0]["resources"]["limits"] == {"memory": "1Gi"}


def test_what_is_no_part_of_a_release_counts_at_once() -> None:
    kept = program(unnamed(replicas=5), after("blue-green", "1.0.0"))
    assert find(kept, "Deployment", "podinfo-blue").inputs["spec"]["replicas"] == 5


def test_settings_of_pods_that_wait_for_the_next_release_are_told(caplog: pytest.LogCaptureFixture) -> None:
    story = after("blue-green", "1.0.0")
    assert told(caplog, unnamed(config={"COLOR": "other"}), story) == []
    assert told(caplog, unnamed(memory_limit="1Gi"), story) == [
        f"{story.ledger.live} stays as it was released: today's settings of its pods count with the next release"
    ]


def test_before_the_first_release_there_is_no_service(caplog: pytest.LogCaptureFixture) -> None:
    made: list[object] = []
    recorder = run(lambda: made.append(service(unnamed(), [])))
    assert made == [None]
    assert {name for _, name in recorder.registered} == {"podinfo", "podinfo-namespace"}
    assert told(caplog, unnamed(), Story()) == [
        "no release yet: image has no value and nothing of podinfo is live, so that there is no service; "
        "run `lockgate release -s prod --image REF`"
    ]


CHANGES: list[dict[str, Any]] = [{"service": "web"}, {"strategy": "rolling"}]


@pytest.mark.parametrize("change", CHANGES, ids=["another name", "another strategy"])
def test_a_service_that_becomes_another_resource_goes_on_with_the_live_release(change: dict[str, Any]) -> None:
    story = after("blue-green", "1.0.0", "1.1.0")
    by_name, kept = program(named("1.1.0", **change), story), program(unnamed(**change), story)
    assert wires(kept) == wires(by_name)
    assert names(kept, "Deployment") == names(by_name, "Deployment") != set()
