"""A release that fails, and a rollback, tell people once; nothing that fails there touches the deployment."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fake_pulumi import FakePulumi
from receivers import PASSWORD, free_port, post_office, webhook
from states import DIGEST, exported, ledger

from infra.errors import ReleaseError
from operations import images
from operations.cli import cli
from operations.images import Image

LIVE = ledger("1.0.0", "1.1.0")
HIDDEN = "a-database-password"
BROKEN = {"diagnosticEvent": {"severity": "error", "message": f"smoke: 500 with {HIDDEN}"}}


@pytest.fixture
def live(fake: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    """1.1.0 is live in green, 1.0.0 runs in blue; the next update fails at its smoke test."""
    known = fake.pulumi.state_file("prod")
    assert known is not None
    known.parent.mkdir(parents=True)
    known.touch()
    fake.play("stack", "export", out=exported(LIVE))
    fake.play("up", code=255, events=[BROKEN])
    fake.play("preview")
    monkeypatch.setattr(images, "resolve", lambda text: Image(**{**vars(images.split(text)), "digest": DIGEST}))
    return fake


def configure(fake: FakePulumi, **settings: str) -> None:
    """The stack's settings, the keys in its file and all the values from Pulumi."""
    values: dict[str, Any] = {
        f"lockgate:{key}": {"value": value, "secret": key == "slackWebhookUrl"} for key, value in settings.items()
    }
    values["lockgate:secrets"] = {"value": json.dumps({"DB": HIDDEN}), "objectValue": {"DB": HIDDEN}, "secret": True}
    fake.play("config", out=json.dumps(values))
    file = fake.project.stack_file("prod")
    file.write_text(file.read_text() + "".join(f"  lockgate:{key}: {json.dumps(value)}\n" for key, value in settings.items()))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def release() -> Result:
    return run("release", "-s", "prod", "--image", "podinfo:1.2.0", "--json")


def test_a_failed_release_tells_once_what_where_what_is_live_and_no_secret(live: FakePulumi) -> None:
    with webhook() as slack:
        configure(live, slackWebhookUrl=slack.url)
        done = release()
        (body,) = slack.bodies
    assert isinstance(done.exception, ReleaseError)
    assert body["text"] == (
        "*Failed: release of 1.2.0 to prod failed in the phase smoke*\n"
        f"where: prod\nlive: {LIVE.live} in green\nwhy: 500 with [secret]"
    )
    assert json.loads(done.stdout)["notified"] == ["slack"]


def test_the_failure_is_the_releases_own_where_nobody_can_be_told(live: FakePulumi) -> None:
    with webhook(404) as slack:
        configure(live, slackWebhookUrl=slack.url)
        done = release()
    assert "failed in the phase smoke" in str(done.exception)
    assert "slack: nobody was told: the webhook answers 404" in done.stderr
    assert json.loads(done.stdout)["notified"] == []


@pytest.mark.parametrize("settings", [{}, {"slackWebhookUrl": "http://127.0.0.1:1/x", "pipelineMonitoringEnabled": "false"}])
def test_nobody_is_asked_or_told_where_nothing_is_configured(live: FakePulumi, settings: dict[str, str]) -> None:
    if settings:
        configure(live, **settings)
    assert json.loads(release().stdout)["notified"] == []
    assert "config" not in {call["argv"][0] for call in live.calls}


def test_secrets_that_cannot_be_read_leave_the_release_as_it_is(live: FakePulumi) -> None:
    configure(live, slackWebhookUrl="http://127.0.0.1:1/x")
    live.play("config", code=255, err=f"error: passphrase must be set {HIDDEN}")
    done = release()
    assert "failed in the phase smoke" in str(done.exception)
    assert "nobody was told: StateError" in done.stderr
    assert HIDDEN not in done.stderr.split("notification:")[1]


def test_a_rollback_is_told_with_its_reason_and_the_run(live: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_URL", "https://github.example.com/o/r/actions/runs/7")
    live.play("up")
    states = [exported(LIVE), exported(ledger("1.0.0", "1.1.0", "1.0.0"))]
    monkeypatch.setattr(type(live.pulumi), "export", lambda *_, **__: json.loads(states.pop(0))["deployment"])
    with webhook() as slack:
        configure(live, slackWebhookUrl=slack.url)
        assert run("rollback", "-s", "prod", "--note", "errors").exit_code == 0
        (body,) = slack.bodies
    assert body["text"].startswith("*Rolled back: prod back to 1.0.0*\nwhere: prod\nlive: ")
    assert body["text"].endswith("<https://github.example.com/o/r/actions/runs/7|Open>")


def test_a_release_that_changed_nothing_is_no_news(live: FakePulumi) -> None:
    live.play("up")
    with webhook() as slack:
        configure(live, slackWebhookUrl=slack.url)
        assert release().exit_code == 0
        assert slack.bodies == []


def test_the_workflows_words_send_to_both_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as slack, post_office() as post:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.url)
        monkeypatch.setenv("SMTP_URL", post.url)
        monkeypatch.setenv("EMAIL_FROM", "lockgate@example.com")
        monkeypatch.setenv("EMAIL_TO", "ops@example.com")
        done = run("notify", "--event", "failure", "--subject", f"it failed {PASSWORD}", "--url", "https://ci.example.com/7")
        assert (done.exit_code, done.stdout) == (0, "slack: told\ne-mail: told\n")
        assert (len(slack.bodies), len(post.letters)) == (1, 1)
        monkeypatch.setenv("EMAIL_NOTIFICATIONS_ENABLED", "false")
        monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
        assert run("notify", "--event", "failure", "--subject", f"it failed {PASSWORD}").stdout == "slack: told\n"
        assert slack.bodies[-1]["text"] == "*Failed: it failed [secret]*"


def test_a_message_that_reached_nobody_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"http://127.0.0.1:{free_port()}/secret-path")
    with webhook(404) as slack:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.url)
        done = run("notify", "--event", "failure", "--subject", "it")
    assert done.exit_code == 1
    assert done.stderr == "slack: nobody was told: the webhook answers 404\n"


def test_a_dry_run_shows_the_message_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as slack:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", slack.url)
        done = run("notify", "--event", "failure", "--subject", "it", "--dry-run")
        assert (done.exit_code, done.stdout, slack.bodies) == (0, "Failed: it\n(to slack)\n", [])


def test_without_a_channel_it_says_so_and_is_content() -> None:
    done = run("notify", "--event", "failure", "--subject", "it")
    assert done.exit_code == 0
    assert "nobody: neither the environment nor the stack names a channel" in done.stdout


@pytest.mark.parametrize("words", [["--event", "nonsense", "--subject", "x"], ["--event", "failure"]])
def test_a_wrong_call_of_notify_exits_with_2(words: list[str]) -> None:
    assert run("notify", *words).exit_code == 2
