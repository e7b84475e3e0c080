"""An update is one ``pulumi up``: how it is called, what a failure says, and what Ctrl-C does."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from fake_pulumi import FakePulumi

from operations.display import Display
from operations.events import Failure
from operations.update import Outcome, Updates

ERROR = {
    "diagnosticEvent": {
        "urn": "urn:pulumi:prod::lockgate::lockgate:index:SlotReady::podinfo-green-ready",
        "severity": "error",
        "message": "ready: crash loop\nlive is still 1.0.0 in blue.",
    }
}


def updated(fake: FakePulumi, *, killed_before: bool = False) -> Outcome:
    with Display(["prod"]) as display:
        updates = Updates(fake.pulumi, display)
        with updates.forwarding():
            return updates.run("prod", killed_before=killed_before)


def test_an_update_asks_nothing_previews_nothing_and_runs_in_a_group_of_its_own(fake: FakePulumi) -> None:
    fake.play("up", events=[{"summaryEvent": {"resourceChanges": {"update": 3, "same": 9}}}])
    outcome = updated(fake)
    assert (outcome.ok, outcome.changes, outcome.killed, outcome.interrupted) == (True, 3, False, False)
    [call] = fake.calls
    assert call["argv"][:5] == ["up", "-s", "prod", "--yes", "--skip-preview"]
    assert call["group"] == call["pid"] != os.getpgrp()


def test_a_failure_has_the_phase_and_the_cause_that_the_engine_told(fake: FakePulumi) -> None:
    fake.play("up", events=[ERROR], code=255)
    assert updated(fake).failures == (Failure("ready", "crash loop\nlive is still 1.0.0 in blue."),)


def test_a_failure_without_events_says_what_pulumi_printed(fake: FakePulumi) -> None:
    fake.play("up", err="error: the stack is currently locked by 1 lock(s)\n", code=1)
    assert updated(fake).failures == (Failure("start", "error: the stack is currently locked by 1 lock(s)"),)


def test_a_failure_without_a_word_says_the_exit_code(fake: FakePulumi) -> None:
    fake.play("up", code=3)
    assert updated(fake).failures == (Failure("start", "pulumi exits 3"),)


def test_after_a_killed_update_nothing_is_refreshed_before_the_next_one_went_well(fake: FakePulumi) -> None:
    """A refresh first would hide from the preflight that the traffic is elsewhere than the state says."""
    fake.play("up")
    fake.play("refresh")
    assert updated(fake, killed_before=True).ok
    assert [call["argv"][0] for call in fake.calls] == ["up", "refresh"]
    assert "--clear-pending-creates" in fake.calls[1]["argv"]


def test_after_a_killed_update_a_failing_one_is_not_followed_by_a_refresh(fake: FakePulumi) -> None:
    fake.play("up", code=1, events=[ERROR])
    assert not updated(fake, killed_before=True).ok
    assert [call["argv"][0] for call in fake.calls] == ["up"]


def test_one_ctrl_c_is_one_sigint_for_pulumi_and_its_end_is_waited_for(fake: FakePulumi) -> None:
    fake.play("up", seconds=30, code=255, events=[ERROR])

    def press() -> None:
        while not fake.calls:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press).start()
    before = signal.getsignal(signal.SIGINT)
    outcome = updated(fake)
    assert fake.signals == ["SIGINT"]
    assert outcome.interrupted
    assert outcome.failures[0].phase == "ready"
    assert signal.getsignal(signal.SIGINT) is before


def test_a_killed_pulumi_is_told_from_a_failing_one(fake: FakePulumi) -> None:
    fake.play("up", seconds=30)

    def kill() -> None:
        while not fake.calls:
            time.sleep(0.01)
        os.kill(fake.calls[0]["pid"], signal.SIGKILL)

    threading.Thread(target=kill).start()
    outcome = updated(fake)
    assert outcome.killed
    assert "SIGKILL" in outcome.failures[0].cause


def test_what_is_shown_goes_to_standard_error_only(fake: FakePulumi, capfd: pytest.CaptureFixture[str]) -> None:
    fake.play("up", out="Updating (prod)")
    updated(fake)
    assert capfd.readouterr().out == ""
