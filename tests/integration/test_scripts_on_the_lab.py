"""The scripts that a workflow calls, on the lab: deploy, prove, fail, tell once, go back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from receivers import Webhook, webhook

from benchmarks.rig import Done, Rig, Stack
from benchmarks.rig.stack import image

pytestmark = pytest.mark.lab
SCRIPTS = Path(__file__).parents[2] / "scripts" / "cd"
RUN = "https://github.example.com/example/podinfo/actions/runs/7"


@pytest.fixture(scope="module")
def slack() -> Iterator[Webhook]:
    with webhook() as got:
        yield got


@pytest.fixture(scope="module")
def stack(rig: Rig, slack: Webhook) -> Iterator[Stack]:
    """1.0.0 is live, and a webhook is told of it."""
    made = rig.stack({"bakeSeconds": 2, "healthCheckTimeoutSeconds": 60})
    made.pulumi("config", "set", "--secret", "slackWebhookUrl", slack.url).good()
    script(made, "deploy", IMAGE=image("1.0.0")).good()
    yield made
    rig.remove(made)


def script(stack: Stack, name: str, *options: str, **environment: str) -> Done:
    """Runs it as a step of a workflow does."""
    outputs = stack.folder / "outputs"
    outputs.write_text("")
    values = {"STACK": stack.name, "RUN_URL": RUN, "HEALTH_CHECK_TIMEOUT": "30", "GITHUB_OUTPUT": str(outputs), **environment}
    return stack.start("env", *(f"{key}={value}" for key, value in values.items()), str(SCRIPTS / f"{name}.sh"), *options).wait()


def outputs(stack: Stack) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (stack.folder / "outputs").read_text().splitlines())


def test_a_release_that_fails_its_smoke_test_leaves_the_old_one_live_and_tells_once(stack: Stack, slack: Webhook) -> None:
    before = stack.ledger()
    slack.bodies.clear()
    done = script(stack, "deploy", IMAGE=image("1.3.0-wrongversion"))
    assert done.code == 1
    assert "not deployed" in done.output
    assert stack.ledger() == before
    assert stack.observer.slot() == before.active
    (body,) = slack.bodies
    title, where, live, why, link = body["text"].splitlines()
    assert title == f"*Failed: release of 1.3.0-wrongversion to {stack.name} failed in the phase smoke*"
    assert (where, live) == (f"where: {stack.name}", f"live: {before.live} in {before.active}")
    assert 'not "1.3.0-wrongversion"' in why
    assert link == f"<{RUN}|Open>"
    assert outputs(stack)["notified"] == "true"
    script(stack, "smoke-test", IMAGE=image("1.0.0")).good()
    assert script(stack, "smoke-test", IMAGE=image("1.3.0-wrongversion")).code == 1


def test_a_release_goes_live_answers_and_is_taken_back_with_its_reason(stack: Stack, slack: Webhook) -> None:
    script(stack, "deploy", IMAGE=image("1.1.0")).good()
    assert outputs(stack) == {"url": stack.url, "notified": "true"}
    script(stack, "smoke-test", IMAGE=image("1.1.0")).good()
    slack.bodies.clear()
    done = script(stack, "rollback", REASON="errors at checkout", RELEASE="1.0.0").good()
    assert "answers version 1.0.0" in done.output
    (body,) = slack.bodies
    assert body["text"].startswith(f"*Rolled back: {stack.name} back to 1.0.0*")
    assert "why: errors at checkout" in body["text"]
    newest = stack.agrees().history[0]
    assert (newest.kind, newest.note) == ("rollback", "errors at checkout")


def test_a_dry_run_of_a_deployment_changes_nothing(stack: Stack) -> None:
    before = stack.ledger()
    script(stack, "deploy", "--dry-run", IMAGE=image("1.2.0")).good()
    assert stack.ledger() == before


def test_a_command_on_a_stack_runs_with_what_it_needs_and_gives_its_exit_code(stack: Stack) -> None:
    script(stack, "on-stack", "drift", "-s", stack.name).good()
    unknown = script(stack, "on-stack", "drift", "-s", "nowhere")
    assert (unknown.code, "neither Pulumi.nowhere.yaml nor a stack of that name" in unknown.output) == (2, True)


def test_outside_of_its_window_a_stack_is_not_deployed_to_but_can_go_back(stack: Stack, slack: Webhook) -> None:
    script(stack, "deploy", IMAGE=image("1.1.0")).good()
    file = stack.folder / f"Pulumi.{stack.name}.yaml"
    stack.set(deploymentWindow=f"{datetime.now(UTC) + timedelta(days=3):%a} 08:00-15:00 UTC")
    before, wishes = stack.ledger(), file.read_text()
    slack.bodies.clear()
    done = script(stack, "deploy", IMAGE=image("1.2.0"))
    assert (done.code, outputs(stack), slack.bodies) == (1, {}, [])
    assert "it opens next on" in done.output
    assert "reported only:" in script(stack, "deploy", "--dry-run", IMAGE=image("1.2.0")).good().output
    assert (stack.ledger(), file.read_text()) == (before, wishes)
    assert stack.observer.slot() == before.active
    script(stack, "rollback", REASON="errors at checkout").good()
    assert stack.ledger().live != before.live
    stack.set(deploymentWindow="")
