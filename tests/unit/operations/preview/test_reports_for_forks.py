"""A pull request from a fork: no secret is used, and where that is not enough, the report says why."""

from __future__ import annotations

import json

import pytest
from fake_pulumi import FakePulumi
from reports import golden

from operations.preview import fork, run
from operations.preview.model import StackReport
from operations.preview.run import Asked
from operations.pulumi_cli import Pulumi

FORBIDDEN = {
    "diagnosticEvent": {
        "severity": "error",
        "urn": "urn:pulumi:prod::lockgate::kubernetes:core/v1:Namespace::web",
        "message": "no cluster\nat all",
    }
}


def report(fake: FakePulumi, **environment: str) -> StackReport:
    pulumi = Pulumi(fake.project, {**fake.pulumi.environment, **environment})
    made = run.report(pulumi, ["prod"], Asked(fork=True))
    assert made.fork
    return made.stacks[0]


@pytest.fixture
def bare(fake: FakePulumi) -> FakePulumi:
    """A stack without a secret; nothing asks for its state."""
    fake.play("stack", "init", "prod")
    fake.play("preview", events=golden("first"))
    return fake


def test_a_stack_without_secrets_is_previewed_as_if_it_were_new(bare: FakePulumi) -> None:
    found = report(bare)
    assert (found.plan.exists, found.counts["create"], found.withheld) == (False, 6, "")
    assert [call["argv"][0] for call in bare.calls] == ["stack", "preview"]


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("  lockgate:secrets:\n    PASSWORD:\n      secure: v1:x\n", "its settings hold secrets (lockgate:secrets)"),
        ("  lockgate:github.repository: lab/podinfo\n", "it looks after lab/podinfo on GitHub"),
        ("  lockgate:note: x\nsecretsprovider: awskms://key\n", "its secrets are kept by awskms"),
    ],
)
def test_a_stack_that_needs_secrets_says_which_and_is_not_run(bare: FakePulumi, config: str, why: str) -> None:
    bare.project.stack_file("prod").write_text(f"config:\n{config}")
    found = report(bare)
    assert why in found.withheld
    assert found.ok
    assert bare.calls == []


def test_what_the_cluster_refuses_is_no_fault_of_the_pull_request(bare: FakePulumi) -> None:
    bare.play("preview", events=[FORBIDDEN], code=255)
    found = report(bare)
    assert found.ok
    assert found.withheld == "it asks for what a pull request from a fork has no access to (Namespace web: no cluster)"


def test_a_program_that_is_wrong_fails(bare: FakePulumi) -> None:
    bare.play("preview", events=golden("fails"), code=255)
    found = report(bare)
    assert not found.ok
    assert "the server refused" in found.plan.error


def test_the_program_of_a_fork_gets_no_secret_from_the_environment(fake: FakePulumi) -> None:
    named = {
        "GITHUB_TOKEN": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "DB_PASSWORD": "x",
        "KUBECONFIG": "/k",
    }
    kept = fork.without_secrets(Pulumi(fake.project, {**named, "PATH": "/bin"})).environment
    assert kept == {"PATH": "/bin", "KUBECONFIG": "/dev/null"}
    assert "x" not in json.dumps(dict(kept))
