"""A live service is asked from outside, until it answers its version or the time is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from fake_pulumi import FakePulumi
from local_server import listening
from states import DIGEST, exported, ledger

from infra.errors import ReleaseError
from operations.checks.live import Expected, check, expected

ANSWERS: list[tuple[int, str]] = []


@pytest.fixture
def service() -> Iterator[str]:
    """Gives ANSWERS, the last one for ever."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = ANSWERS.pop(0) if len(ANSWERS) > 1 else ANSWERS[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Silent."""

    with listening(Handler) as url:
        yield f"{url}/version"


def ask(service: str, *answers: tuple[int, str], seconds: float = 0) -> str:
    ANSWERS[:] = answers
    return check(Expected(address=service, field="version", version="1.1.0"), seconds)


def test_the_version_that_is_expected_passes(service: str) -> None:
    assert ask(service, (200, '{"version": "1.1.0"}')).endswith("answers version 1.1.0")


def test_a_service_that_comes_late_is_waited_for(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.checks.live.PAUSE_SECONDS", 0.01)
    assert ask(service, (503, ""), (200, "[]"), (200, '{"version": "1.1.0"}'), seconds=30)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, '{"version": "1.0.0"}'), "and is 1.0.0"),
        ((500, "{}"), "no version (status 500)"),
        ((200, "hello"), "no JSON (status 200)"),
        ((200, '{"other": 1}'), "and is None"),
    ],
)
def test_anything_else_fails_with_what_came(service: str, answer: tuple[int, str], said: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        ask(service, answer)
    assert said in str(caught.value)


def test_what_is_expected_is_the_live_release_of_the_ledger(fake: FakePulumi) -> None:
    (fake.project.root / "Pulumi.yaml").write_text(
        "name: lockgate\nruntime: python\nconfig:\n  smokePath: {default: /version}\n  smokeField: {default: version}\n"
    )
    fake.play("stack", "export", out=exported(ledger("1.0.0", "1.1.0")))
    wanted = Expected(address="http://127.0.0.1:30083/version", field="version", version="1.1.0")
    assert expected(fake.pulumi, "prod", f"podinfo:1.1.0@{DIGEST}") == wanted
    with pytest.raises(ReleaseError, match="is live, not the image by digest sha256:b"):
        expected(fake.pulumi, "prod", f"podinfo:1.1.0@sha256:{'b' * 64}")


def test_a_stack_without_a_release_has_nothing_to_ask(fake: FakePulumi) -> None:
    fake.play("stack", "export", out=json.dumps({"version": 3, "deployment": {"resources": []}}))
    with pytest.raises(ReleaseError, match="nothing is live"):
        expected(fake.pulumi, "prod")
