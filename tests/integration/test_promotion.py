"""One digest through three stacks by ``lockgate release``, and back by ``lockgate rollback``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_release_flow import page

from benchmarks.load import Load
from benchmarks.rig import Factory, Stack
from benchmarks.rig.cluster import until
from benchmarks.rig.stack import REGISTRY, image
from operations import stackfile

pytestmark = pytest.mark.lab


def status(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.lockgate("status", "--json").good().output)
    return found


def test_the_same_digest_goes_through_three_stacks_and_back(make_stack: Factory) -> None:
    stacks = [make_stack(strategy="rolling"), make_stack(bakeSeconds=1), make_stack(bakeSeconds=1)]
    for tag in ("1.0.0", "1.1.0"):
        for stack in stacks:
            done = stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:{tag}", "--note", f"promote {tag}").good()
            assert f"{tag}-" in done.output
            stack.preview("--expect-no-changes").good()
            found = status(stack)
            assert found["live"]["image"] == image(tag)
            assert found["history"][0]["note"] == f"promote {tag}"
            assert page(stack)["version"] == tag
    assert [status(stack)["slot"] for stack in stacks] == ["", "green", "green"]
    prod = stacks[-1]
    with Load(prod.url) as load:
        done = prod.lockgate("rollback", "--note", "errors at checkout").good()
        load.wait_for("1.0.0")
    assert "warm" in done.output
    assert load.causes() == {}
    found = status(prod)
    assert (found["live"]["version"], found["slot"], found["history"][0]["kind"]) == ("1.0.0", "blue", "rollback")
    assert found["rollback"]["warm"] is True
    prod.agrees()


def test_a_rollback_brings_config_and_secrets_back(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    release = ("release", "--image", f"{REGISTRY}/podinfo:1.0.0", "--config")
    stack.set_path("secrets.PODINFO_UI_LOGO", "https://one.example/secret-1111", secret=True)
    stack.lockgate(*release, "PODINFO_UI_MESSAGE=first").good()
    stack.set_path("secrets.PODINFO_UI_LOGO", "https://two.example/secret-2222", secret=True)
    stack.lockgate(*release, "PODINFO_UI_MESSAGE=second").good()
    assert (page(stack)["message"], page(stack)["logo"]) == ("second", "https://two.example/secret-2222")
    stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:1.1.0").good()
    first = stack.ledger().history[-1].release
    done = stack.lockgate("rollback", "--to", first).good()
    assert "cold" in done.output
    assert (page(stack)["message"], page(stack)["logo"]) == ("first", "https://one.example/secret-1111")
    assert stack.agrees().live == first
    said = "".join(running.output for running in stack.commands) + stack.state_text()
    assert "secret-1111" not in said
    assert "secret-2222" not in said


def test_a_rollback_from_a_fresh_checkout_encrypts_for_the_stack_that_is_there(make_stack: Factory) -> None:
    """Git knows neither the release nor the salt; nobody can read a secret whose salt is in no file."""
    stack = make_stack(bakeSeconds=0)
    stack.set_path("secrets.PODINFO_UI_LOGO", "https://one.example/secret-1111", secret=True)
    for tag in ("1.0.0", "1.1.0"):
        stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:{tag}").good()
    stack.check_out()
    stackfile.set_top(stack.folder / f"Pulumi.{stack.name}.yaml", stackfile.SALT, None)
    stack.lockgate("rollback").good()
    assert (page(stack)["version"], page(stack)["logo"]) == ("1.0.0", "https://one.example/secret-1111")
    stack.agrees()


def test_a_failed_release_is_reported_and_leaves_the_old_one_live(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:1.0.0").good()
    before = stack.ledger()
    done = stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:1.3.0-exits").bad()
    for words in ("ready", "crash loop", "get version number", f"{before.live} in blue"):
        assert words in done.output, f"{words!r} is not in\n{done.output}"
    assert "no such image" in stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:9.9.9").bad().output
    assert stack.ledger() == before
    stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:1.1.0").good()
    stack.agrees()


def test_lockgate_clears_up_after_a_killed_engine(make_stack: Factory) -> None:
    """Without ``pulumi cancel``: whoever held the lock is proven to be gone."""
    stack = make_stack(bakeSeconds=3)
    command = ("release", "--image", f"{REGISTRY}/podinfo:1.1.0")
    stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:1.0.0").good()
    stack.want("1.1.0")
    with Load(stack.url) as load:
        running = stack.start_up()
        running.until(lambda: stack.observer.slot() == "green", "the cutover")
        running.kill()
        until(lambda: not running.pythons(), "end of what the killed engine had started of ours", 15)
        assert "preflight" in stack.lockgate("release", "--image", f"{REGISTRY}/podinfo:1.2.0").bad().output
        done = stack.lockgate(*command).good()
        load.wait_for("1.1.0")
    assert load.causes() == {}
    assert "1.1.0-" in done.output
    ledger = stack.agrees()
    assert [entry.kind for entry in ledger.history] == ["release", "bootstrap"]
