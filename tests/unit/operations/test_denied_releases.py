"""A release that the policy denies is not begun; a rollback is never asked about."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from fake_pulumi import FakePulumi
from states import DIGEST, exported, ledger

from infra.errors import ReleaseError
from operations import images, stackfile
from operations.cli import cli
from operations.images import Image

KIND = "kubernetes:core/v1:Namespace"
LOST = {"op": "delete", "urn": f"urn:pulumi:prod::lockgate::{KIND}::web", "type": KIND, "old": {"inputs": {}}}
POD = {"containers": [{"name": "web", "image": f"registry.example.com/web@{DIGEST}"}]}
RUNNING = {"op": "same", "urn": "urn:pulumi:prod::lockgate::pod::web", "type": "kubernetes:core/v1:Pod"}
LABELS = {"labels": {"app.kubernetes.io/name": "web"}}


@pytest.fixture
def live(fake: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    """A stack with 1.1.0 live, whose next update would delete a namespace."""
    known = fake.pulumi.state_file("prod")
    assert known is not None
    known.parent.mkdir(parents=True)
    known.touch()
    fake.play("stack", "export", out=exported(ledger("1.0.0", "1.1.0")))
    fake.play("preview", events=[{"resourcePreEvent": {"metadata": LOST}}])
    fake.play("up")
    monkeypatch.setattr(images, "resolve", lambda text: Image(**{**vars(images.split(text)), "digest": DIGEST}))
    return fake


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def release(*options: str) -> Result:
    return run("release", "-s", "prod", "--image", "podinfo:1.2.0", *options)


def updates(fake: FakePulumi) -> int:
    return [call["argv"][0] for call in fake.calls].count("up")


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_it_is_not_begun_and_the_config_stays_as_it_was(live: FakePulumi, options: list[str]) -> None:
    before = live.project.stack_file("prod").read_text()
    denied = release(*options)
    assert isinstance(denied.exception, ReleaseError)
    assert "prod: stateful-deletion: web: would be deleted" in str(denied.exception)
    assert "--allow-delete web" in str(denied.exception)
    assert live.project.stack_file("prod").read_text() == before
    assert updates(live) == 0


def test_it_is_previewed_with_the_release_that_is_wished_for(live: FakePulumi) -> None:
    release()
    (call,) = [call for call in live.calls if call["argv"][0] == "preview"]
    assert "--config-file" in call["argv"]


def test_what_may_go_is_said_on_the_command_line(live: FakePulumi) -> None:
    assert release("--allow-delete", "web").exit_code == 0
    assert updates(live) == 1


def test_a_preview_that_fails_ends_it_with_the_cause(live: FakePulumi) -> None:
    error = {"diagnosticEvent": {"severity": "error", "message": "replicas = 0: must be at least 1"}}
    live.play("preview", code=255, events=[error])
    assert "replicas = 0: must be at least 1" in str(release().exception)
    assert updates(live) == 0


def test_a_warning_is_said_in_full_and_does_not_end_it(live: FakePulumi) -> None:
    step = {**RUNNING, "old": {}, "new": {"inputs": {"metadata": LABELS, "spec": POD}}}
    live.play("preview", events=[{"resourcePreEvent": {"metadata": step}}])
    done = release()
    assert done.exit_code == 0
    assert "prod: warning: memory-limit: web: spec.containers[web].resources" in " ".join(done.stderr.split())
    assert updates(live) == 1


def test_a_way_back_is_never_refused(live: FakePulumi) -> None:
    assert run("rollback", "-s", "prod").exit_code == 0
    assert "preview" not in {call["argv"][0] for call in live.calls}
    assert updates(live) == 1


@pytest.mark.parametrize("code", [0, 255])
@pytest.mark.parametrize("enforced", [True, False])
def test_ctrl_c_in_its_preview_stops_it_whatever_the_policy_says(live: FakePulumi, enforced: bool, code: int) -> None:
    stackfile.edit(live.project.stack_file("prod"), {"securityPolicyEnforcement": enforced})
    before = live.project.stack_file("prod").read_text()
    live.play("preview", seconds=30, code=code)
    live.interrupted_at("preview")
    stopped = str(release("--allow-delete", "web").exception)
    assert stopped == "the preview was stopped before its end; nothing was changed by it"
    assert live.project.stack_file("prod").read_text() == before
    assert updates(live) == 0
