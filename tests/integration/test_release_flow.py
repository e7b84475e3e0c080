"""Releases by plain ``pulumi config set`` and ``pulumi up``, under load."""

from __future__ import annotations

import http.client
import json

import pytest

from benchmarks.load import Load
from benchmarks.rig import Factory, Stack
from infra.ledger import Ledger

pytestmark = pytest.mark.lab
RELEASES = 10


def page(stack: Stack) -> dict[str, str]:
    """What the service's own page says of itself."""
    connection = http.client.HTTPConnection("127.0.0.1", int(stack.url.rsplit(":", 1)[1]), timeout=5)
    try:
        connection.request("GET", "/", headers={"Accept": "application/json"})
        found: dict[str, str] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


def test_ten_releases_alternating_between_two_versions_lose_no_request(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=1)
    assert "first release" in stack.release("1.0.0").good().output
    assert stack.agrees().active == "blue"
    with Load(stack.url) as load:
        load.wait_for("1.0.0")
        for number in range(RELEASES):
            tag, slot = (("1.1.0", "green"), ("1.0.0", "blue"))[number % 2]
            stack.release(tag).good()
            load.wait_for(tag)
            ledger = stack.agrees()
            assert (ledger.active, ledger.live_release and ledger.live_release.version) == (slot, tag)
            evidence = ledger.history[0].evidence
            assert (evidence["from"], evidence["to"]) == (ledger.history[0].previous, ledger.live)
            assert evidence["requests"] > 0
            assert evidence["failed"] == 0
    assert len(ledger.history) == RELEASES + 1
    assert Ledger.from_dict(stack.outputs()["ledger"]) == ledger
    assert load.causes() == {}
    assert min(load.count("fresh"), load.count("keep-alive")) > 1000


def test_three_versions_in_turn_lose_nothing_on_fresh_connections(make_stack: Factory) -> None:
    """The idle slot's pods are replaced under load, which takes the connections that were kept to them."""
    stack = make_stack()
    stack.release("1.0.0").good()
    with Load(stack.url) as load:
        for number in range(1, 5):
            stack.release(f"1.{number % 3}.0").good()
            load.wait_for(f"1.{number % 3}.0")
    print(f"keep-alive: {len(load.failures('keep-alive'))} of {load.count('keep-alive')} lost: {dict(load.causes('keep-alive'))}")
    assert load.causes("fresh") == {}
    stack.agrees()


def test_a_preview_says_which_slot_and_how(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    stack.release("1.0.0").good()
    stack.want("1.1.0")
    text = stack.preview().good().output
    assert "deployment: 1.1.0-" in text
    assert "goes into green (idle)" in text
    assert stack.observer.deployed("green") == ""
    stack.up().good()
    stack.want("1.0.0")
    text = stack.preview().good().output
    assert "warm return: 1.0.0-" in text
    assert "still runs in blue" in text
    assert stack.observer.slot() == "green"


def test_config_and_secrets_go_back_with_the_image(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    stack.set_path("config.PODINFO_UI_MESSAGE", "first")
    stack.set_path("secrets.PODINFO_UI_LOGO", "https://one.example/secret-1111", secret=True)
    said = [stack.release("1.0.0").good().output]
    assert page(stack)["message"] == "first"
    stack.set_path("config.PODINFO_UI_MESSAGE", "second")
    stack.set_path("secrets.PODINFO_UI_LOGO", "https://two.example/secret-2222", secret=True)
    stack.want("1.1.0")
    said += [stack.preview("--diff").good().output, stack.up("--diff").good().output]
    assert (page(stack)["message"], page(stack)["logo"]) == ("second", "https://two.example/secret-2222")
    first = stack.ledger().history[-1]
    stack.set_path("config.PODINFO_UI_MESSAGE", "first")
    stack.set_path("secrets.PODINFO_UI_LOGO", "https://one.example/secret-1111", secret=True)
    said.append(stack.release("1.0.0").good().output)
    assert (page(stack)["message"], page(stack)["logo"]) == ("first", "https://one.example/secret-1111")
    assert stack.agrees().live == first.release
    said += [json.dumps(stack.outputs()), stack.state_text(), stack.pulumi("stack", "export").good().output]
    assert [text for text in said if "secret-1111" in text or "secret-2222" in text] == []


def test_destroy_leaves_nothing(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    stack.release("1.0.0").good()
    stack.pulumi("destroy", "--yes", "--skip-preview").good()
    assert stack.observer.slot() is None
    assert stack.observer.pods() == {}
    stack.release("1.1.0").good()
    assert stack.agrees().active == "blue"
