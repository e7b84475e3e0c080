"""What the stacks hold, from their states; and that a state which cannot be read is never an empty one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_pulumi import FakePulumi
from states import DIGEST, exported, ledger

from infra.errors import ReleaseError
from operations import backend, images
from operations.artifacts import holders
from operations.artifacts.pruning import retention
from operations.cli_artifacts import artifacts

OTHER = "sha256:" + "d" * 64


@pytest.fixture
def stacks(fake: FakePulumi) -> FakePulumi:
    """A backend with dev, staging and prod; prod has had two releases."""
    fake.play("stack", "ls", out=json.dumps([{"name": name} for name in ("dev", "staging", "prod")]))
    fake.play("stack", "export", out=json.dumps({"deployment": {"resources": []}}))
    fake.play("stack", "export", "-s", "prod", out=exported(ledger("1.0.0", "1.1.0")))
    return fake


def test_what_is_live_is_held_as_live(stacks: FakePulumi) -> None:
    found = holders.read(stacks.pulumi)
    assert [str(hold) for hold in found.held[DIGEST]] == ["live in prod"]
    assert {str(image) for image in found.images if image.repository} == {
        f"127.0.0.1:15000/podinfo:{version}@{DIGEST}" for version in ("1.0.0", "1.1.0")
    }
    found.demand()


def test_an_image_that_only_a_deployment_or_the_config_names_is_held_too(stacks: FakePulumi) -> None:
    failed = {"deployment": {"resources": [{"type": "kubernetes:apps/v1:Deployment", "inputs": {"image": f"app@{OTHER}"}}]}}
    stacks.play("stack", "export", "-s", "dev", out=json.dumps(failed))
    (stacks.project.root / "Pulumi.staging.yaml").write_text(f"config:\n  lockgate:image: app:1@{DIGEST}\n")
    held = holders.read(stacks.pulumi).held
    assert [str(hold) for hold in held[OTHER]] == ["wanted in dev"]
    assert "wanted in staging" in [str(hold) for hold in held[DIGEST]]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"code": 255, "err": "error: could not decrypt"}, "its state cannot be read"),
        ({"code": 255, "err": "error: no stack named 'prod' found"}, "the backend has none of that name"),
        ({"out": exported(ledger("1.0.0")).replace('"live": "1.0.0', '"live": "9.9.9')}, "which is in use"),
    ],
)
def test_a_stack_that_cannot_be_read_ends_a_prune(stacks: FakePulumi, answer: dict[str, object], words: str) -> None:
    stacks.play("stack", "export", "-s", "prod", **answer)
    found = holders.read(stacks.pulumi)
    assert list(found.unreadable) == ["prod"]
    with pytest.raises(ReleaseError, match=f"nothing was deleted(?s:.*){words}"):
        found.demand()


def test_a_stack_with_a_file_that_the_backend_does_not_know_may_live_in_another_one(stacks: FakePulumi) -> None:
    (stacks.project.root / "Pulumi.eu.yaml").write_text("config: {}\n")
    stacks.play("stack", "export", "-s", "eu", code=255, err="error: no stack named 'eu' found")
    assert "eu" in holders.read(stacks.pulumi).unreadable


def test_a_release_goes_through_the_stacks_of_the_one_that_manages_the_repository(stacks: FakePulumi) -> None:
    assert holders.order(stacks.project) == ["dev", "staging", "prod"]
    managing = "config:\n  lockgate:github.manages: repository\n  lockgate:github.stacks: test,live\n"
    (stacks.project.root / "Pulumi.test.yaml").write_text(managing)
    assert holders.order(stacks.project) == ["test", "live"]


def test_the_longest_retention_of_all_stacks_counts(stacks: FakePulumi) -> None:
    root: Path = stacks.project.root
    with (root / "Pulumi.yaml").open("a") as file:
        file.write("  artifactRetentionDays:\n    default: 30\n")
    assert retention(stacks.project) == 30
    (root / "Pulumi.prod.yaml").write_text("config:\n  lockgate:artifactRetentionDays: 90\n")
    assert retention(stacks.project) == 90


def test_the_command_deletes_nothing_while_a_stack_cannot_be_read(stacks: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def crane(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        asked.append(arguments[0])
        return subprocess.CompletedProcess(arguments, 0, b"", b"")

    monkeypatch.setattr(images, "crane", crane)
    monkeypatch.setattr(backend, "demand", lambda *_: None)
    stacks.play("stack", "export", "-s", "prod", code=255, err="error: could not decrypt")
    done = CliRunner().invoke(artifacts, ["prune", "registry.example/shop"])
    assert "nobody knows what all the stacks can go back to" in str(done.exception)
    assert asked == ["ls"]
