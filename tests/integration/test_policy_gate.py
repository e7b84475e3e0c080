"""The policy before a release, on the real engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.rig import Factory
from benchmarks.rig.stack import REGISTRY, Stack

pytestmark = pytest.mark.lab

TOKEN = "ghp_" + "1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R"
RELEASE = ("release", "--image", f"{REGISTRY}/podinfo:1.0.0", "--config")


def config(stack: Stack) -> str:
    return Path(stack.folder / f"Pulumi.{stack.name}.yaml").read_text()


def test_what_the_policy_denies_changes_nothing_and_never_stands_in_the_way_back(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    for message in ("first", "second"):
        stack.lockgate(*RELEASE, f"PODINFO_UI_MESSAGE={message}").good()
    second, file = stack.ledger(), config(stack)

    denied = stack.lockgate(*RELEASE, f"PODINFO_UI_MESSAGE={TOKEN}").bad().output
    assert "secret-in-clear" in denied
    assert "a GitHub token" in denied
    assert TOKEN not in denied

    stack.set(strategy="rolling")
    denied = stack.lockgate(*RELEASE, "PODINFO_UI_MESSAGE=third").bad().output
    assert "lost is the ledger of all releases" in denied
    assert "--allow-delete podinfo" in denied

    stack.set(strategy="blue-green")
    assert stack.ledger() == second
    assert sorted(config(stack).split()) == sorted(f"{file} lockgate:strategy: blue-green".split())
    stack.set(smokeImage="docker.io/library/busybox:1")  # which the policy would deny
    stack.lockgate("rollback").good()
    assert stack.agrees().history[0].kind == "rollback"


@pytest.mark.parametrize("settings", [{"strategy": "rolling"}, {"strategy": "blue-green"}])
def test_our_own_services_have_nothing_that_the_policy_objects_to(make_stack: Factory, settings: Mapping[str, str]) -> None:
    stack = make_stack(**settings)
    stack.want("1.0.0")
    file = Path(stack.folder / f"{stack.name}-report.json")
    stack.lockgate("preview-report", "--output", str(file)).good()
    report = json.loads(file.read_text())
    assert [seen["findings"] for seen in report["stacks"]] == [[]]
