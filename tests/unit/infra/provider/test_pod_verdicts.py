"""What pods say about a release: ready, still coming, or hopeless."""

from __future__ import annotations

import pytest
from lightkube.resources.core_v1 import Pod
from pods_factory import NOT_FOUND, OTHER, OURS, UNREACHABLE, container, ended, pod, running, waiting

from infra.provider.pods import Trouble, judge, restarts


def trouble(*pods: Pod) -> Trouble | None:
    return judge(pods, OURS).trouble


def test_ready_pods_of_the_release_count() -> None:
    verdict = judge([pod("a", running()), pod("b", running()), pod("c", running(ready=False))], OURS)
    assert (verdict.ready, verdict.others, verdict.trouble) == (2, 0, None)
    assert verdict.waiting == "pod c runs, but is not ready"


def test_pods_of_another_release_are_counted_apart() -> None:
    verdict = judge([pod("a", running()), pod("b", running(), release=OTHER)], OURS)
    assert (verdict.ready, verdict.others) == (1, 1)


def test_an_ending_pod_is_neither_ready_nor_in_the_way() -> None:
    pods = [pod("a", running(), ending=True), pod("b", running(), release=OTHER, ending=True)]
    assert (judge(pods, OURS).ready, judge(pods, OURS).others) == (0, 0)


def test_the_trouble_of_an_ending_pod_or_of_another_release_is_none_of_ours() -> None:
    crashed = waiting("CrashLoopBackOff", restarts=5)
    assert trouble(pod("a", crashed, ending=True), pod("b", crashed, release=OTHER)) is None


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff"])
def test_an_image_that_is_not_in_the_registry_is_hopeless(reason: str) -> None:
    message = NOT_FOUND if reason == "ErrImagePull" else f'Back-off pulling image "x": ErrImagePull: {NOT_FOUND}'
    found = trouble(pod("a", waiting(reason, message)))
    assert str(found) == f"pod a, container service: {reason}: {message}"
    assert found is not None
    assert not found.logged


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff"])
def test_a_registry_that_does_not_answer_is_waited_for(reason: str) -> None:
    verdict = judge([pod("a", waiting(reason, UNREACHABLE))], OURS)
    assert verdict.trouble is None
    assert verdict.waiting == f"pod a: {reason} {UNREACHABLE}"


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("InvalidImageName", 'couldn\'t parse image name "Podinfo:1"'),
        ("CreateContainerConfigError", 'configmap "podinfo-0a0a0a0a" not found'),
        ("ErrImageNeverPull", "Container image is not present with pull policy of Never"),
        ("ErrImagePull", "failed to authorize: 401 Unauthorized"),
        ("ErrImagePull", "no match for platform in manifest"),
    ],
)
def test_what_no_waiting_can_mend_is_hopeless(reason: str, message: str) -> None:
    assert str(trouble(pod("a", waiting(reason, message)))) == f"pod a, container service: {reason}: {message}"


def test_a_crash_loop_says_how_the_container_ended_and_has_a_log() -> None:
    found = trouble(pod("a", waiting("CrashLoopBackOff", "back-off 10s", restarts=2, lastState=ended(137, "OOMKilled"))))
    assert str(found) == "pod a, container service: crash loop: OOMKilled, exit code 137, 2 restarts"
    assert found is not None
    assert found.logged


def test_one_crash_may_happen_while_what_it_needs_comes_up() -> None:
    assert trouble(pod("a", running(ready=False, restarts=1))) is None


def test_a_restart_that_is_held_back_counts_the_second_crash() -> None:
    found = trouble(pod("a", waiting("CrashLoopBackOff", "back-off 10s", restarts=1, lastState=ended())))
    assert str(found) == "pod a, container service: crash loop: Error, exit code 2, 1 restarts"


def test_a_crash_that_the_service_recovered_from_is_forgiven() -> None:
    assert judge([pod("a", running(restarts=1))], OURS).ready == 1
    assert trouble(pod("a", running(restarts=1))) is None


def test_restarts_in_the_long_life_of_a_ready_pod_are_no_crash_loop() -> None:
    verdict = judge([pod("a", running(restarts=7))], OURS)
    assert (verdict.ready, verdict.trouble) == (1, None)


def test_an_init_container_can_be_the_trouble() -> None:
    setup = container("migrate", state={"waiting": {"reason": "CrashLoopBackOff"}}, restarts=3, lastState=ended(1))
    found = trouble(pod("a", waiting("PodInitializing"), init=[setup]))
    assert str(found) == "pod a, container migrate: crash loop: Error, exit code 1, 3 restarts"


def test_an_init_container_that_came_through_at_last_is_no_trouble() -> None:
    setup = container("migrate", state=ended(0, "Completed"), ready=True, restarts=3, lastState=ended(1))
    assert trouble(pod("a", running(), init=[setup])) is None


def test_a_pod_that_starts_slowly_is_only_not_ready() -> None:
    verdict = judge([pod("a", running(ready=False))], OURS)
    assert (verdict.ready, verdict.trouble, verdict.waiting) == (0, None, "pod a runs, but is not ready")


def test_a_pod_that_no_node_has_room_for_says_so() -> None:
    unscheduled = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes: Insufficient cpu.",
    }
    verdict = judge([pod("a", conditions=[unscheduled])], OURS)
    assert verdict.waiting == "pod a: Unschedulable: 0/1 nodes: Insufficient cpu."


def test_a_pod_without_a_status_is_waited_for() -> None:
    bare = Pod.from_dict({"metadata": {"name": "a", "labels": pod().metadata.labels}})
    assert (judge([bare], OURS).ready, judge([bare], OURS).trouble) == (0, None)


def test_no_pods_are_no_verdict_against_a_release() -> None:
    verdict = judge([], OURS)
    assert (verdict.ready, verdict.others, verdict.trouble, verdict.waiting) == (0, 0, None, "")


def test_restarts_are_summed_over_a_pods_containers() -> None:
    setup = container("migrate", state=ended(0, "Completed"), ready=True, restarts=1)
    assert restarts([pod("a", running(restarts=2), init=[setup]), pod("b")]) == {"a": 3, "b": 0}
