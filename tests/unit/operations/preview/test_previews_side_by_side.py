"""The stacks are previewed at once, each in its own place, and what goes wrong with one stays with it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_pulumi import FakePulumi
from record_events import TOKEN
from reports import golden

from infra.errors import ReleaseError, UsageError
from operations.preview import run
from operations.preview.model import Report
from operations.preview.run import Asked
from operations.project import Project

STACKS = ("dev", "staging", "prod")
WAITING = """#!{python}
import os, pathlib, signal, sys, time
folder = pathlib.Path({folder!r})
if sys.argv[1] != "preview":
    sys.exit(print("{{}}"))
def stop(*_):
    (folder / f"stopped-{{os.getpid()}}").touch()
    sys.exit(255)
signal.signal(signal.SIGINT, stop)
(folder / f"started-{{os.getpid()}}").touch()
while len(list(folder.glob("started-*"))) < {wait_for}:
    time.sleep(0.01)
sys.exit(0)
"""


@pytest.fixture
def known(fake: FakePulumi) -> FakePulumi:
    """Three stacks that the backend knows."""
    folder = fake.project.state / ".pulumi" / "stacks" / "lockgate"
    folder.mkdir(parents=True)
    for stack in STACKS:
        (folder / f"{stack}.json").write_text("{}")
        fake.project.stack_file(stack).write_text("config:\n  lockgate:nodePort: 30083\n")
    fake.play("stack", "export", out="{}")
    fake.play("preview", events=golden("mixed"))
    return fake


def report(fake: FakePulumi, *stacks: str, **asked: bool) -> Report:
    return run.report(fake.pulumi, stacks or STACKS, Asked(**asked))


def waiting(fake: FakePulumi, wait_for: int) -> Callable[[str], int]:
    """In the place of ``pulumi``: previews that end when ``wait_for`` of them run. Gives how to count what they left."""
    program = fake.folder / "pulumi"
    program.write_text(WAITING.format(python=sys.executable, folder=str(fake.folder), wait_for=wait_for))
    return lambda what: len(list(fake.folder.glob(f"{what}-*")))


def test_the_stacks_of_a_project_are_those_with_a_file(project: Project) -> None:
    for name in ("zoo", "dev", "alpha"):
        project.stack_file(name).touch()
    assert run.stacks(project) == ["dev", "prod", "alpha", "zoo"]


def test_all_previews_run_at_once(known: FakePulumi) -> None:
    """One after the other, none of them would ever end."""
    count = waiting(known, 3)
    assert report(known).ok
    assert count("started") == 3


def test_one_ctrl_c_ends_every_preview_in_order(known: FakePulumi) -> None:
    count = waiting(known, 99)

    def press() -> None:
        while count("started") < 3:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press).start()
    with pytest.raises(ReleaseError, match="the preview was stopped before its end; nothing was changed by it"):
        report(known)
    assert count("stopped") == 3


def test_a_failed_preview_is_reported_beside_the_others(known: FakePulumi) -> None:
    known.play("preview", "-s", "prod", events=golden("fails"), code=255)
    dev, staging, prod = report(known).stacks
    assert (dev.failed, staging.failed, prod.failed) == (False, False, True)
    assert "the server refused [secret]" in prod.plan.error
    assert dev.counts["create"] == 2


def test_pulumis_last_words_are_the_cause_where_it_told_no_event(known: FakePulumi) -> None:
    known.play("preview", "-s", "prod", err="error: could not load the plugin\n", code=255)
    assert report(known, "prod").stacks[0].plan.error == "error: could not load the plugin"


def test_the_users_own_file_is_not_given_to_pulumi(known: FakePulumi) -> None:
    report(known, "prod")
    [call] = [call for call in known.calls if call["argv"][0] == "preview"]
    given = Path(call["argv"][call["argv"].index("--config-file") + 1])
    assert given.name == "Pulumi.prod.yaml"
    assert given.parent != known.project.root
    assert not given.exists(), "it is gone afterwards"


def test_a_stack_that_is_nowhere_is_refused_and_one_with_a_file_alone_is_not(known: FakePulumi) -> None:
    (known.project.state / ".pulumi" / "stacks" / "lockgate" / "prod.json").unlink()
    assert run.chosen(known.pulumi, ["prod", "dev", "prod"]) == ["prod", "dev"]
    assert run.chosen(known.pulumi, []) == list(STACKS)
    with pytest.raises(UsageError, match=r"there is neither Pulumi\.nowhere\.yaml nor a stack of that name"):
        run.chosen(known.pulumi, ["dev", "nowhere"])


def test_an_unknown_stack_is_previewed_on_a_backend_of_its_own(known: FakePulumi) -> None:
    (known.project.state / ".pulumi" / "stacks" / "lockgate" / "prod.json").unlink()
    known.play("stack", "init", "prod")
    [prod] = report(known, "prod", drift=True).stacks
    assert not prod.plan.exists
    assert [call["argv"][0] for call in known.calls] == ["stack", "preview"], (
        "there is no state to export, and nothing that drifts"
    )


def test_a_secret_of_the_config_is_hidden_wherever_the_engine_tells_it(known: FakePulumi) -> None:
    known.project.stack_file("prod").write_text("config:\n  lockgate:key:\n    secure: v1:x\n")
    known.play("config", out=json.dumps({"lockgate:key": {"value": f"{TOKEN}\nsecond-line"}}))
    told = {"diagnosticEvent": {"severity": "warning", "message": f"{TOKEN} and second-line"}}
    known.play("preview", events=[told])
    assert report(known, "prod").stacks[0].plan.notes == ("warning: [secret] and [secret]",)


def test_drift_is_looked_for_beside_the_preview(known: FakePulumi) -> None:
    known.play("refresh", events=golden("drift"))
    [prod] = report(known, "prod", drift=True).stacks
    assert prod.drift is not None
    assert {change.name for change in prod.drift.changes} == {"kept", "grown", "gone", "renamed"}
    [call] = [call for call in known.calls if call["argv"][0] == "refresh"]
    assert "--preview-only" in call["argv"]


def test_drift_that_cannot_be_looked_for_does_not_fail_the_report(known: FakePulumi) -> None:
    known.play("refresh", err="error: the stack is currently locked\n", code=255)
    made = report(known, "prod", drift=True)
    assert made.ok
    assert made.stacks[0].drift is not None
    assert made.stacks[0].drift.error == "error: the stack is currently locked"


def test_rates_and_the_enforcement_of_the_policy_come_from_the_settings(known: FakePulumi) -> None:
    known.project.stack_file("prod").write_text(
        "config:\n  lockgate:costCpuMonth: 20\n  lockgate:securityPolicyEnforcement: false\n"
    )
    [prod] = report(known, "prod").stacks
    assert not prod.enforced


def test_the_plan_of_one_stack_can_be_had_with_other_settings(known: FakePulumi, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("config:\n  lockgate:note: hello\n")
    made = run.plan(known.pulumi, "prod", other)
    assert (made.stack, made.exists, len(made.changes)) == ("prod", True, 8)
