"""What a rolling service registers."""

from __future__ import annotations

from typing import Any

from recording_engine import Recorder
from service_story import Story, comes_before, find, names, rolling

from infra.labels import NAME
from infra.plain import plain


def rollout(recorder: Recorder) -> dict[str, Any]:
    inputs: dict[str, Any] = plain(find(recorder, "Rollout", "podinfo").inputs)
    return inputs


def after(*versions: str, **changes: Any) -> Story:
    story = Story()
    for version in versions:
        story.up(rolling(version, **changes))
    return story


def test_a_rolling_service_is_one_deployment_behind_one_service() -> None:
    recorder = Story().plan(rolling(node_port=30081))
    short = {(kind.rsplit(":", 1)[-1], name) for kind, name in recorder.registered}
    assert {key for key in short if key[0] != "ConfigMap"} == {
        ("RollingService", "podinfo"),
        ("lockgate", "podinfo-cluster"),
        ("Namespace", "podinfo-namespace"),
        ("ServiceAccount", "podinfo"),
        ("NetworkPolicy", "podinfo"),
        ("Service", "podinfo"),
        ("PodDisruptionBudget", "podinfo"),
        ("Deployment", "podinfo"),
        ("Rollout", "podinfo"),
    }
    assert find(recorder, "Service", "podinfo").inputs["spec"]["selector"] == {NAME: "podinfo"}


def test_it_rolls_one_pod_at_a_time_and_counts_only_ready_ones() -> None:
    spec = find(Story().plan(rolling()), "Deployment", "podinfo").inputs["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1.0, "maxSurge": 1.0}}
    wider = find(Story().plan(rolling(max_unavailable=2, max_surge=3)), "Deployment", "podinfo").inputs["spec"]
    assert wider["strategy"]["rollingUpdate"] == {"maxUnavailable": 2.0, "maxSurge": 3.0}


def test_the_rollout_comes_after_all_that_it_watches() -> None:
    recorder = Story().plan(rolling())
    watcher = find(recorder, "Rollout", "podinfo")
    for kind, name in [("Deployment", "podinfo"), ("Service", "podinfo"), ("ServiceAccount", "podinfo")]:
        assert comes_before(recorder, find(recorder, kind, name), watcher)


def test_a_first_release_has_nothing_to_go_back_to() -> None:
    recorder = Story().plan(rolling())
    assert rollout(recorder).get("previous") is None
    assert rollout(recorder)["ready"]["live"] == ""


def test_a_release_knows_the_deployment_to_go_back_to_as_it_was() -> None:
    story = after("1.0.0")
    before = plain(find(story.plan(rolling("1.0.0")), "Deployment", "podinfo").inputs)
    inputs = rollout(story.plan(rolling("1.1.0", memory_limit="1Gi")))
    assert inputs["previous"] == before
    assert inputs["manifest"]["spec"]["template"]["spec"] != before["spec"]["template"]["spec"]


def test_keeping_a_release_registers_what_the_update_to_it_did() -> None:
    story = after("1.0.0")
    update, again = story.up(rolling("1.1.0")), story.plan(rolling("1.1.0"))
    unlike = {key for key in update.registered if update.registered[key].wire != again.registered[key].wire}
    assert update.registered.keys() == again.registered.keys()
    assert {kind for kind, _ in unlike} <= {"lockgate:index:Rollout"}


def test_the_kept_release_is_the_one_that_the_rollout_knows_as_live() -> None:
    story = after("1.0.0", "1.1.0")
    assert rollout(story.plan(rolling("1.1.0")))["release"]["id"] == story.ledger.live


def test_the_gates_are_told_what_is_wanted_and_what_is_live() -> None:
    story = after("1.0.0")
    inputs = rollout(story.plan(rolling("1.1.0", replicas=3, health_check_timeout_seconds=60)))
    assert (inputs["ready"]["replicas"], inputs["ready"]["seconds"]) == (3, 60)
    assert (inputs["smoke"]["version"], inputs["smoke"]["service"]) == ("1.1.0", "podinfo")
    assert inputs["ready"]["live"] == inputs["smoke"]["live"] == story.ledger.live


def test_without_a_smoke_test_there_is_none() -> None:
    inputs = rollout(Story().plan(rolling(smoke_test=None)))
    assert inputs.get("smoke") is None
    assert inputs["probe"]["path"] == "/readyz"


def test_every_child_is_the_components_own() -> None:
    recorder = after("1.0.0").plan(rolling("1.1.0"))
    component = find(recorder, "RollingService", "podinfo")
    assert {made.parent for made in recorder.registered.values() if made is not component} == {component.urn}


def test_a_release_by_its_old_config_is_the_old_release() -> None:
    story = after("1.0.0", "1.1.0")
    assert rollout(story.plan(rolling("1.0.0")))["release"]["id"] in story.ledger.releases
    assert len(names(story.plan(rolling("1.0.0")), "ConfigMap")) == 2
