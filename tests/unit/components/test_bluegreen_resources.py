"""What a blue-green service registers, for each decision."""

from __future__ import annotations

import json
from itertools import pairwise

import pulumi
import pulumi_kubernetes as kubernetes
import pytest
from recording_engine import Recorder, run
from service_story import Story, after, blue_green, comes_before, find, names

from components import BlueGreenService
from infra.errors import StateError
from infra.labels import RELEASE, SLOT

ALWAYS = {
    ("BlueGreenService", "podinfo"),
    ("lockgate", "podinfo-cluster"),
    ("Preflight", "podinfo-preflight"),
    ("Namespace", "podinfo-namespace"),
    ("ServiceAccount", "podinfo"),
    ("NetworkPolicy", "podinfo"),
    ("Service", "podinfo"),
    ("Service", "podinfo-preview"),
    ("Cutover", "podinfo"),
}


def slot(color: str) -> set[tuple[str, str]]:
    name = f"podinfo-{color}"
    return {
        ("Deployment", name),
        ("PodDisruptionBudget", name),
        ("SlotReady", f"{name}-ready"),
        ("SmokeTest", f"{name}-smoke"),
    }


def registered(recorder: Recorder, *, but: str = "ConfigMap") -> set[tuple[str, str]]:
    short = {(kind.rsplit(":", 1)[-1], name) for kind, name in recorder.registered}
    return {key for key in short if key[0] != but}


def deployed(recorder: Recorder) -> dict[str, str]:
    """The version in each slot's pods."""
    found = {}
    for name in names(recorder, "Deployment"):
        template = find(recorder, "Deployment", name).inputs["spec"]["template"]
        found[template["metadata"]["labels"][SLOT]] = template["metadata"]["labels"][RELEASE].rsplit("-", 1)[0]
    return found


def same(one: Recorder, other: Recorder, kind: str, name: str) -> bool:
    return find(one, kind, name).wire == find(other, kind, name).wire


def test_a_first_release_registers_one_slot_and_all_that_it_stands_on() -> None:
    recorder = Story().plan(blue_green())
    assert registered(recorder) == ALWAYS | slot("blue")
    assert deployed(recorder) == {"blue": "1.0.0"}


def test_a_second_release_registers_both_slots() -> None:
    recorder = after("1.0.0").plan(blue_green("1.1.0"))
    assert registered(recorder) == ALWAYS | slot("blue") | slot("green")
    assert deployed(recorder) == {"blue": "1.0.0", "green": "1.1.0"}


@pytest.mark.parametrize("versions", [("1.0.0",), ("1.0.0", "1.1.0"), ("1.0.0", "1.1.0", "1.2.0"), ("1.0.0", "1.1.0", "1.0.0")])
def test_keeping_a_release_registers_what_the_update_to_it_did(versions: tuple[str, ...]) -> None:
    story = after(*versions[:-1])
    update = story.up(blue_green(versions[-1]))
    again = story.plan(blue_green(versions[-1]))
    unlike = {key for key in update.registered if update.registered[key].wire != again.registered[key].wire}
    told_what_was_live = {"Preflight", "SlotReady", "SmokeTest"}
    assert update.registered.keys() == again.registered.keys()
    assert {kind.rsplit(":", 1)[-1] for kind, _ in unlike} <= told_what_was_live


def test_keeping_a_release_twice_registers_the_very_same() -> None:
    story = after("1.0.0", "1.1.0")
    first, second = story.plan(blue_green("1.1.0")), story.plan(blue_green("1.1.0"))
    assert {key: made.wire for key, made in first.registered.items()} == {
        key: made.wire for key, made in second.registered.items()
    }


@pytest.mark.parametrize("wanted", ["1.2.0", "1.0.0"])
def test_the_live_slot_is_left_alone_to_the_byte_when_another_release_is_wanted(wanted: str) -> None:
    story = after("1.0.0", "1.1.0")
    before, update = story.plan(blue_green("1.1.0")), story.plan(blue_green(wanted))
    assert deployed(update)["green"] == "1.1.0"
    assert same(before, update, "Deployment", "podinfo-green")
    assert same(before, update, "PodDisruptionBudget", "podinfo-green")


def test_a_new_config_of_pods_does_not_reach_the_live_slot() -> None:
    story = after("1.0.0")
    before = story.plan(blue_green("1.0.0"))
    update = story.plan(blue_green("1.1.0", memory_limit="1Gi", port=8080, readiness_path="/", pre_stop_seconds=9))
    assert same(before, update, "Deployment", "podinfo-blue")


def test_a_warm_return_deploys_nothing() -> None:
    story = after("1.0.0", "1.1.0")
    before, back = story.plan(blue_green("1.1.0")), story.plan(blue_green("1.0.0"))
    assert all(same(before, back, "Deployment", name) for name in ("podinfo-blue", "podinfo-green"))
    assert find(back, "Cutover", "podinfo").inputs["slot"] == "blue"


def test_nothing_is_touched_before_the_preflight() -> None:
    recorder = after("1.0.0").plan(blue_green("1.1.0"))
    preflight = find(recorder, "Preflight", "podinfo-preflight")
    ours = {"BlueGreenService", "lockgate", "Preflight"}
    for kind, name in registered(recorder, but=""):
        if kind not in ours:
            assert comes_before(recorder, preflight, find(recorder, kind, name)), (kind, name)


def test_the_traffic_moves_only_after_every_gate() -> None:
    recorder = after("1.0.0").plan(blue_green("1.1.0"))
    cutover = find(recorder, "Cutover", "podinfo")
    for kind, name in slot("green") | slot("blue"):
        assert kind == "PodDisruptionBudget" or comes_before(recorder, find(recorder, kind, name), cutover), name


def test_a_slot_is_deployed_then_ready_then_tested() -> None:
    recorder = after("1.0.0").plan(blue_green("1.1.0"))
    steps = [
        ("Namespace", "podinfo-namespace"),
        ("Deployment", "podinfo-green"),
        ("SlotReady", "podinfo-green-ready"),
        ("SmokeTest", "podinfo-green-smoke"),
        ("Cutover", "podinfo"),
    ]
    found = [find(recorder, *step) for step in steps]
    assert all(comes_before(recorder, first, then) for first, then in pairwise(found))


def test_pods_start_only_when_their_config_is_there() -> None:
    recorder = Story().plan(blue_green())
    deployment = find(recorder, "Deployment", "podinfo-blue")
    for name in names(recorder, "ConfigMap"):
        assert comes_before(recorder, find(recorder, "ConfigMap", name), deployment)


def test_without_a_smoke_test_the_cutover_waits_for_ready_pods() -> None:
    recorder = Story().plan(blue_green(smoke_test=None))
    assert names(recorder, "SmokeTest") == set()
    ready, cutover = find(recorder, "SlotReady", "podinfo-blue-ready"), find(recorder, "Cutover", "podinfo")
    assert comes_before(recorder, ready, cutover)
    assert cutover.inputs["path"] == "/readyz"


def test_the_selector_belongs_to_the_cutover_alone() -> None:
    recorder = Story().plan(blue_green(node_port=30083))
    active, preview = find(recorder, "Service", "podinfo"), find(recorder, "Service", "podinfo-preview")
    assert "selector" not in active.inputs["spec"]
    assert "selector" not in preview.inputs["spec"]
    assert active.inputs["spec"]["ports"][0]["nodePort"] == 30083
    assert preview.inputs["spec"]["type"] == "ClusterIP"


def test_a_namespace_of_others_is_not_registered() -> None:
    assert names(Story().plan(blue_green(create_namespace=False)), "Namespace") == set()


def test_the_preflight_hears_what_state_and_ledger_say() -> None:
    story = after("1.0.0")
    told = find(story.plan(blue_green("1.1.0")), "Preflight", "podinfo-preflight").inputs
    assert (told["recorded"], told["active"], told["slot"], told["live"]) == ("blue", "blue", "green", story.ledger.live)


def test_restoring_the_ledgers_slot_changes_the_other_one_only_after_the_cutover() -> None:
    story = after("1.0.0", "1.1.0")
    story.refresh("blue")
    recorder = story.plan(blue_green("1.1.0"))
    cutover = find(recorder, "Cutover", "podinfo")
    assert registered(recorder) == ALWAYS | slot("blue") | slot("green")
    assert comes_before(recorder, cutover, find(recorder, "Deployment", "podinfo-blue"))
    assert comes_before(recorder, find(recorder, "SlotReady", "podinfo-green-ready"), cutover)
    assert cutover.inputs["slot"] == "green"


def test_a_service_that_is_gone_after_a_refresh_is_opened_again_where_it_was() -> None:
    story = after("1.0.0", "1.1.0")
    story.refresh("")
    recorder = story.plan(blue_green("1.1.0"))
    cutover = find(recorder, "Cutover", "podinfo")
    assert cutover.inputs["slot"] == "green"
    assert comes_before(recorder, find(recorder, "Deployment", "podinfo-green"), cutover)


def test_every_child_is_the_components_own() -> None:
    recorder = after("1.0.0").plan(blue_green("1.1.0"))
    component = find(recorder, "BlueGreenService", "podinfo")
    children = [made for made in recorder.registered.values() if made is not component]
    assert {made.parent for made in children} == {component.urn}


def test_the_callers_provider_reaches_the_kubernetes_children_and_ours_the_steps() -> None:
    def program() -> None:
        cluster = kubernetes.Provider("elsewhere", context="elsewhere")
        BlueGreenService("podinfo", blue_green(), pulumi.ResourceOptions(providers=[cluster]))

    recorder = run(program)
    for made in recorder.registered.values():
        if made.kind.startswith("kubernetes:"):
            assert made.provider.endswith("kubernetes::elsewhere::elsewhere-id"), made.key
        elif made.kind.startswith("lockgate:index:") and made.kind != "lockgate:index:BlueGreenService":
            assert made.provider.endswith("lockgate::podinfo-cluster::podinfo-cluster-id"), made.key


def test_two_services_in_one_program_keep_their_own_past() -> None:
    story = after("1.0.0")

    def program() -> None:
        BlueGreenService("podinfo", blue_green("1.0.0"))
        BlueGreenService("shop-podinfo", blue_green("1.0.0"))

    recorder = run(program, story.past)
    assert find(recorder, "Preflight", "podinfo-preflight").inputs["live"] == story.ledger.live
    assert find(recorder, "Preflight", "shop-podinfo-preflight").inputs["live"] == ""


def test_a_pinned_release_is_brought_back_as_it_was() -> None:
    story = after("1.0.0", "1.1.0", "1.2.0", memory_limit="256Mi")
    old = next(release for release in story.ledger.releases.values() if release.version == "1.0.0")
    back = story.plan(blue_green("1.0.0", memory_limit="512Mi", pinned=old.id))
    (container,) = find(back, "Deployment", "podinfo-blue").inputs["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"]["memory"] == "256Mi"
    assert find(back, "Cutover", "podinfo").inputs["release"]["id"] == old.id


def test_a_pin_that_is_not_what_the_config_says_is_not_obeyed() -> None:
    story = after("1.0.0", "1.1.0")
    old = next(release for release in story.ledger.releases.values() if release.version == "1.0.0")
    wanted = story.plan(blue_green("1.2.0", pinned=old.id))
    assert find(wanted, "Cutover", "podinfo").inputs["release"]["version"] == "1.2.0"


def test_a_ledger_that_cannot_be_read_stops_the_program() -> None:
    story = after("1.0.0")
    story.past = json.loads(json.dumps(story.past).replace('"live": "1.0.0', '"live": "9.9.9'))
    with pytest.raises(StateError, match="restore the stack's state from a backup"):
        story.plan(blue_green("1.0.0"))
