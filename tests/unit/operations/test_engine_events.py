"""The engine's events become phases and causes. That the engine sends these is shown on the lab."""

from __future__ import annotations

from typing import Any

import pytest

from operations.events import Failure, Follower

CUTOVER = "urn:pulumi:prod::lockgate::lockgate:index:BlueGreenService$lockgate:index:Cutover::podinfo"
DEPLOYMENT = "urn:pulumi:prod::lockgate::lockgate:index:BlueGreenService$kubernetes:apps/v1:Deployment::podinfo-green"
STACK = "urn:pulumi:prod::lockgate::pulumi:pulumi:Stack::lockgate-prod"


class Heard:
    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.done: list[str] = []
        self.follower = Follower(
            say=lambda phase, text: self.said.append((phase, text)), done=lambda phase, _text: self.done.append(phase)
        )

    def feed(self, *events: dict[str, Any]) -> Heard:
        for event in events:
            self.follower.feed(event)
        return self


def step(kind: str, urn: str = CUTOVER, op: str = "update") -> dict[str, Any]:
    return {kind: {"metadata": {"op": op, "urn": urn, "type": urn.split("::")[2].split("$")[-1]}}}


def words(text: str, severity: str = "error", urn: str = CUTOVER) -> dict[str, Any]:
    return {"diagnosticEvent": {"urn": urn, "severity": severity, "message": f"<{{%reset%}}>{text}\n"}}


def test_a_phase_begins_and_ends_with_its_resource() -> None:
    heard = Heard().feed(step("resourcePreEvent"), step("resOutputsEvent"))
    assert heard.said == [("cutover", "")]
    assert heard.done == ["cutover"]


@pytest.mark.parametrize("op", ["same", "read", "refresh", "delete", "delete-replaced"])
def test_a_resource_that_does_not_come_or_change_is_no_phase(op: str) -> None:
    heard = Heard().feed(step("resourcePreEvent", op=op), step("resOutputsEvent", op=op))
    assert (heard.said, heard.done) == ([], [])


def test_the_providers_words_are_shown_and_the_bake_is_a_phase_of_its_own() -> None:
    heard = Heard().feed(words("moving the traffic to green", "info"), words("baking in green: 9 s left", "info"))
    assert heard.said == [("cutover", "moving the traffic to green"), ("bake", "baking in green: 9 s left")]


def test_other_resources_words_are_not_shown() -> None:
    assert Heard().feed(words("Finding Pods", "info", STACK), words("debugging", "debug")).said == []


def test_an_error_names_its_own_phase() -> None:
    heard = Heard().feed(words("Exception calling application: bake: pod x was restarted\nlive is still 1.0.0 in blue."))
    assert heard.follower.failures == [Failure("bake", "pod x was restarted\nlive is still 1.0.0 in blue.")]


@pytest.mark.parametrize(("urn", "phase"), [(DEPLOYMENT, "deploy"), (CUTOVER, "cutover"), (STACK, "program"), ("", "program")])
def test_an_error_without_a_phase_has_that_of_its_resource(urn: str, phase: str) -> None:
    assert Heard().feed(words("forbidden", urn=urn)).follower.failures == [Failure(phase, "forbidden")]


def test_what_the_engine_adds_to_every_failure_is_no_cause() -> None:
    assert Heard().feed(words("update failed", urn=""), words("", urn="")).follower.failures == []


def test_the_same_cause_is_told_once() -> None:
    assert len(Heard().feed(words("ready: late"), words("ready: late")).follower.failures) == 1


def test_only_changes_are_counted() -> None:
    summary = {"summaryEvent": {"resourceChanges": {"same": 20, "update": 2, "create": 1}}}
    assert Heard().feed(summary).follower.changes == {"update": 2, "create": 1}
