"""Where images are, and which of them may go. ECR's part was never made on AWS: that takes an account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from recording_engine import Recorder, run
from service_story import find, names

from components import EcrArgs, GhcrArgs, HostRegistryArgs, Registry, images_of
from components.ecr import MAX_RULES, lifecycle, pull_policy, push_policy, tag_of

URL = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/podinfo"
ARN = "arn:aws:ecr:eu-west-1:123456789012:repository/podinfo"
FOUND = {"repositoryUrl": URL, "arn": ARN}
DIGEST = "sha256:" + "a" * 64
GET = "aws:ecr/getRepository:getRepository"
ATTRIBUTES = ("host", "repository", "kept_tags", "push_policy", "pull_policy")


def made(args: Any, seen: dict[str, Any] | None = None) -> Recorder:
    def program() -> None:
        registry = Registry("images", args)
        if seen is not None:
            seen["permissions"] = registry.permissions
            for attribute in ATTRIBUTES:
                getattr(registry, attribute).apply(lambda value, attribute=attribute: seen.update({attribute: value}))

    return run(program, answers={GET: lambda _: FOUND}, outputs={"aws:ecr/repository:Repository": FOUND})


def ecr(**changes: Any) -> EcrArgs:
    return EcrArgs(**{"repository": "podinfo", "images": [f"{URL}:1.0.0@{DIGEST}"], **changes})


def rules(*images: str) -> list[Mapping[str, Any]]:
    return list(lifecycle(images, untagged_days=7, unused_days=90)["rules"])


def expired(images: list[tuple[list[str], int]], *kept: str) -> list[int]:
    """Which of the images, each with its tags and its age in days, ECR would expire, by its documented evaluation."""
    gone = []
    for place, (tags, days) in enumerate(images):
        for rule in rules(*kept):
            select = rule["selection"]
            pattern = select.get("tagPatternList", [""])[0]
            matches = not tags if select["tagStatus"] == "untagged" else bool(tags) and (pattern == "*" or pattern in tags)
            if matches:
                old = select["countType"] == "sinceImagePushed" and days > select["countNumber"]
                gone += [place] if old else []
                break
    return gone


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        (f"{URL}:1.0.0@{DIGEST}", "1.0.0"),
        (f"{URL}@{DIGEST}", ""),
        (f"127.0.0.1:15000/podinfo@{DIGEST}", ""),
        (f"127.0.0.1:15000/a/podinfo:2@{DIGEST}", "2"),
        ("podinfo:1", "1"),
    ],
)
def test_a_tag_is_read_off_a_reference(image: str, tag: str) -> None:
    assert tag_of(image) == tag


def test_an_image_of_the_ledger_never_expires_and_others_do_in_time() -> None:
    images = [(["1.0.0"], 400), (["0.9.0"], 91), (["0.9.1"], 90), ([], 8), ([], 6), (["1.0.0", "latest"], 400)]
    assert expired(images, f"{URL}:1.0.0@{DIGEST}") == [1, 3]


def test_where_a_kept_image_has_no_tag_nothing_without_a_tag_expires() -> None:
    kept = [f"{URL}@{DIGEST}", f"{URL}:1.0.0@{DIGEST}"]
    assert expired([([], 400), (["1.0.0"], 400), (["0.9.0"], 400)], *kept) == [2]


def test_every_rule_is_a_rule_to_ecr() -> None:
    found = rules(f"{URL}:2@{DIGEST}", f"{URL}:1@{DIGEST}", f"{URL}:1@{DIGEST}")
    assert [rule["rulePriority"] for rule in found] == [1, 2, 3, 4]
    assert [rule["selection"].get("tagPatternList") for rule in found] == [["1"], ["2"], None, ["*"]]
    for rule in found:
        assert rule["action"] == {"type": "expire"}
        assert ("countUnit" in rule["selection"]) == (rule["selection"]["countType"] == "sinceImagePushed")


def test_more_tags_than_ecr_can_keep_are_refused() -> None:
    fit = [f"{URL}:{number}@{DIGEST}" for number in range(MAX_RULES - 2)]
    assert len(rules(*fit)) == MAX_RULES
    with pytest.raises(ValueError, match="images: have 49 tags, of which ECR can keep 48; shorten the ledger"):
        rules(*fit, f"{URL}:one-more@{DIGEST}")


def test_an_ecr_repository_is_immutable_scanned_and_encrypted() -> None:
    recorder = made(ecr())
    assert find(recorder, "Repository", "images").inputs == {
        "name": "podinfo",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS"}],
        "forceDelete": False,
    }


def test_ones_own_key_encrypts_where_it_is_said() -> None:
    inputs = find(made(ecr(kms_key="arn:aws:kms:x")), "Repository", "images").inputs
    assert inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": "arn:aws:kms:x"}]


def test_the_lifecycle_follows_a_ledger_that_is_only_known_later() -> None:
    images = [f"{URL}:1.0.0@{DIGEST}"]
    recorder = made(ecr(images=pulumi.Output.from_input(images), untagged_days=3, unused_days=30))
    policy = find(recorder, "LifecyclePolicy", "images")
    assert policy.inputs["repository"] == "podinfo"
    assert json.loads(policy.inputs["policy"]) == lifecycle(images, untagged_days=3, unused_days=30)


def test_an_existing_ecr_repository_is_looked_up_and_nothing_of_it_is_registered() -> None:
    seen: dict[str, Any] = {}
    recorder = made(ecr(existing=True), seen)
    assert names(recorder, "Repository") == names(recorder, "LifecyclePolicy") == set()
    assert seen["repository"] == URL


@pytest.mark.parametrize("existing", [True, False])
def test_what_a_job_needs_for_ecr(existing: bool) -> None:
    seen: dict[str, Any] = {}
    made(ecr(existing=existing), seen)
    assert seen == {
        "host": "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "repository": URL,
        "kept_tags": ["1.0.0"],
        "permissions": {"id-token": "write"},
        "push_policy": push_policy(ARN),
        "pull_policy": pull_policy(ARN),
    }


def test_ghcr_registers_nothing_and_says_what_a_job_needs_and_what_must_stay() -> None:
    seen: dict[str, Any] = {}
    images = [f"ghcr.io/lab/podinfo:{tag}@{DIGEST}" for tag in ("2", "1")]
    recorder = made(GhcrArgs(repository="lab/podinfo", images=[*images, f"ghcr.io/lab/podinfo@{DIGEST}"]), seen)
    assert len(recorder.registered) == 1
    assert seen == {
        "host": "ghcr.io",
        "repository": "ghcr.io/lab/podinfo",
        "kept_tags": ["1", "2"],
        "permissions": {"packages": "write"},
        "push_policy": {},
        "pull_policy": {},
    }


def test_a_registry_that_is_just_there_needs_nothing() -> None:
    seen: dict[str, Any] = {}
    made(HostRegistryArgs(host="127.0.0.1:15000", repository="podinfo"), seen)
    assert seen == {
        "host": "127.0.0.1:15000",
        "repository": "127.0.0.1:15000/podinfo",
        "kept_tags": [],
        "permissions": {},
        "push_policy": {},
        "pull_policy": {},
    }


def test_the_images_of_a_ledger_are_those_of_all_its_releases() -> None:
    ledger = {"live": "b", "releases": {"a": {"image": "x:1"}, "b": {"image": "x:2"}, "c": {"image": "x:1"}}}
    assert images_of(ledger) == ["x:1", "x:2"]
    assert images_of({}) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ecr(untagged_days=0), "untagged_days = 0: must be at least 1"),
        (lambda: ecr(unused_days=0), "unused_days = 0: must be at least 1"),
        (lambda: ecr(existing=True, kms_key="x"), "existing = True manages no encryption"),
        (lambda: GhcrArgs(repository="Lab/podinfo"), "repository = Lab/podinfo: must be OWNER/NAME in small letters"),
        (lambda: GhcrArgs(repository="podinfo"), "repository = podinfo: must be OWNER/NAME in small letters"),
    ],
)
def test_what_cannot_work_does_not_construct(make: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
