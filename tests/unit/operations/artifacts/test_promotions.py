"""What the stack before says of an image. That its origin is proven first is shown on a real registry."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from fake_pulumi import FakePulumi
from states import DIGEST, exported, ledger

from infra.errors import ReleaseError, UsageError
from infra.ledger import Entry, Ledger
from operations import backend, images, release
from operations.artifacts import keys, promote, verify
from operations.artifacts.keys import Trust
from operations.artifacts.promote import Promotion
from operations.cli_artifacts import artifacts
from operations.images import Image

OTHER = "sha256:" + "d" * 64
IMAGE = Image(repository="127.0.0.1:15000/podinfo", tag="1.0.0", digest=DIGEST)


@pytest.fixture(autouse=True)
def _proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify.cosign, "verify", lambda *_: None)
    monkeypatch.setattr(verify.provenance, "breach", lambda *_: "")
    monkeypatch.setattr(verify.cosign, "statements", lambda *_: [])


def going(fake: FakePulumi, stack: str, image: Image = IMAGE) -> Promotion:
    return promote.promote(fake.pulumi, stack, image, Trust())


def test_what_staging_has_had_live_may_go_to_prod_with_its_version(fake: FakePulumi) -> None:
    fake.play("stack", "export", "-s", "staging", out=exported(ledger("1.0.0")))
    command = going(fake, "prod").command()
    assert command == f"lockgate release -s prod --image {IMAGE} --version 1.0.0 --note 'promoted from staging'"


def test_what_staging_has_not_had_live_may_not(fake: FakePulumi) -> None:
    fake.play("stack", "export", "-s", "staging", out=exported(ledger("1.0.0")))
    with pytest.raises(ReleaseError, match=r"staging has not had .* live, but 1\.0\.0; release it there first"):
        going(fake, "prod", replace(IMAGE, digest=OTHER))


def test_a_stack_before_that_cannot_be_read_stops_it(fake: FakePulumi) -> None:
    fake.play("stack", "export", "-s", "staging", code=255, err="error: could not decrypt")
    with pytest.raises(Exception, match="its state cannot be read"):
        going(fake, "prod")


def taken_back(made: Ledger) -> Ledger:
    """The ledger after the newest release was rolled back to another image."""
    old = replace(made.live_release, id="0.9.0-old", version="0.9.0", image=f"app:0.9.0@{OTHER}")  # type: ignore[type-var]
    entry = Entry(release=old.id, slot="green", kind="rollback", at="2026-01-02", previous=made.live, note="slow")
    return replace(made, live=old.id, releases={**made.releases, old.id: old}, history=(entry, *made.history))


def test_what_staging_took_back_may_not_go_on(fake: FakePulumi) -> None:
    fake.play("stack", "export", "-s", "staging", out=exported(taken_back(ledger("1.0.0"))))
    with pytest.raises(ReleaseError, match=r"staging took .* back at 2026-01-02 \(slow\)"):
        going(fake, "prod")


def test_the_first_stack_has_none_before_it(fake: FakePulumi) -> None:
    assert going(fake, "dev").command() == f"lockgate release -s dev --image {IMAGE} --version 1.0.0"
    assert json.dumps(fake.calls) == "[]"


def test_a_stack_that_no_release_goes_through_is_refused(fake: FakePulumi) -> None:
    with pytest.raises(UsageError, match="a release goes through dev, staging, prod"):
        going(fake, "eu")


def test_the_command_says_the_release_to_run_or_runs_it(fake: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[dict[str, Any]] = []

    def wish(_pulumi: object, stack: str, **wanted: Any) -> None:
        wishes.append({"stack": stack, **wanted})
        raise ReleaseError("far enough")

    fake.play("stack", "export", "-s", "staging", out=exported(ledger("1.0.0")))
    monkeypatch.setattr(images, "resolve", lambda _: IMAGE)
    monkeypatch.setattr(keys, "trust", lambda *_: Trust())
    monkeypatch.setattr(backend, "demand", lambda *_: None)
    monkeypatch.setattr(release, "wish", wish)
    command = ["promote", "127.0.0.1:15000/podinfo:1.0.0", "--to", "prod"]
    said = CliRunner().invoke(artifacts, command)
    assert said.output.startswith(f"lockgate release -s prod --image {IMAGE} ")
    assert wishes == []
    done = CliRunner().invoke(artifacts, [*command, "--release"])
    assert str(done.exception) == "far enough"
    content = {"reference": str(IMAGE), "version": "1.0.0", "config": {}, "revision": ""}
    assert wishes == [{"stack": "prod", "note": "promoted from staging", **content}]
