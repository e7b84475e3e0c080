"""What a user reads when one thing in a stack's settings is wrong."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

import pytest
from pydantic import ValidationError
from settings_factory import HIDDEN, errors, load, model


@pytest.mark.parametrize(
    ("key", "value", "rule", "remedy"),
    [
        ("replicas", "abc", "must be a whole number from 1 to 500", "set replicas 2"),
        ("replicas", "2.5", "must be a whole number from 1 to 500", "set replicas 2"),
        ("replicas", "true", "must be a whole number from 1 to 500", "set replicas 2"),
        ("nodePort", "8080", "must be a whole number from 30000 to 32767", "set nodePort 30081"),
        ("testCoverageThreshold", "120", "must be a whole number from 0 to 100", "set testCoverageThreshold 80"),
        ("ledgerLimit", "1", "must be a whole number from 2 to 50", "set ledgerLimit 10"),
        ("autoDeploy", "yes", "must be true or false", "set autoDeploy false"),
        ("strategy", "canary", "must be rolling or blue-green", "set strategy blue-green"),
        ("memoryLimit", "lots", "must be a quantity of memory such as 64Mi or 1Gi", "set memoryLimit 128Mi"),
        ("cpuRequest", "0", "must be a quantity of CPU such as 25m, 0.5 or 2", "set cpuRequest 25m"),
        ("readinessPath", "readyz", "must be a path that begins with /", "set readinessPath /readyz"),
        (
            "deploymentWindow",
            "weekdays",
            "must be days and times in UTC, such as Mon-Thu 08:00-15:00 UTC",
            "set deploymentWindow 'Mon-Thu 08:00-15:00 UTC'",
        ),
        (
            "config",
            "x=1",
            "must map names of environment variables (letters, digits, _) to strings",
            "set --path config.NAME VALUE",
        ),
    ],
)
def test_a_bad_value_is_named_with_its_rule_and_the_command_that_mends_it(key: str, value: str, rule: str, remedy: str) -> None:
    assert errors((), **{key: value}) == [f"{key} = {value}: {rule}; run `pulumi config {remedy} -s prod`"]


def test_a_bad_name_in_an_object_is_named() -> None:
    (line,) = errors(config='{"A B": "1"}')
    assert line.startswith('config.A B = {"A B": "1"}: must map names of environment variables')


def test_an_image_without_digest_is_told_how_to_find_it() -> None:
    (line,) = errors(image="127.0.0.1:15000/podinfo:1.2.0")
    assert line == (
        "image = 127.0.0.1:15000/podinfo:1.2.0: must be a reference by digest, REPOSITORY[:TAG]@sha256:DIGEST; "
        "run `lockgate release --image 127.0.0.1:15000/podinfo:1.2.0 -s prod`, "
        "or find the digest with `crane digest 127.0.0.1:15000/podinfo:1.2.0` "
        "and run `pulumi config set image 127.0.0.1:15000/podinfo:1.2.0@DIGEST -s prod`"
    )


def test_an_unknown_key_is_removed_and_the_one_meant_is_set() -> None:
    assert errors(replica="3") == [
        "replica = 3: is not a setting of this project; run `pulumi config rm replica -s prod`; "
        "did you mean replicas? then also run `pulumi config set replicas 3 -s prod`"
    ]


def test_a_variables_name_leads_to_its_key() -> None:
    (line,) = errors(TEST_COVERAGE_THRESHOLD="90")
    assert line.endswith("did you mean testCoverageThreshold? then also run `pulumi config set testCoverageThreshold 90 -s prod`")


def test_an_unknown_key_that_is_like_no_other_is_only_removed() -> None:
    assert errors(zzz="3") == ["zzz = 3: is not a setting of this project; run `pulumi config rm zzz -s prod`"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"preStopSeconds": "40"},
            "preStopSeconds = 40: must be less than terminationGraceSeconds (30), or the pod is killed while it still drains; "
            "run `pulumi config set terminationGraceSeconds 65 -s prod`",
        ),
        (
            {"bakeSeconds": "600"},
            "deploymentTimeoutMinutes = 10: must cover healthCheckTimeoutSeconds (300) + smokeTimeoutSeconds (60) + bakeSeconds "
            "(600), which is 960 seconds against 600; run `pulumi config set deploymentTimeoutMinutes 16 -s prod`",
        ),
        (
            {"memoryRequest": "1Gi", "memoryLimit": "900Mi"},
            "memoryRequest = 1Gi: must be at most memoryLimit (900Mi); run `pulumi config set memoryLimit 1Gi -s prod`",
        ),
        (
            {"deploymentWindow": "Mon-Thu 22:00-02:00 UTC"},
            "deploymentWindow = Mon-Thu 22:00-02:00 UTC: must end (02:00) after it begins (22:00), within one day; "
            "run `pulumi config set deploymentWindow 'Mon-Thu 08:00-15:00 UTC' -s prod`",
        ),
    ],
)
def test_a_contradiction_is_named_with_both_values(changes: Mapping[str, str], line: str) -> None:
    assert errors((), **changes) == [line]
    key, value = shlex.split(line.split("`pulumi config set ")[1].split(" -s prod`")[0])
    assert load((), **{**changes, key: value})


def test_a_smoke_test_that_is_off_needs_no_time() -> None:
    assert load(smokeTestEnabled="false", smokeTimeoutSeconds="3600").smoke_test_enabled is False


def test_memory_is_compared_by_size_and_not_by_text() -> None:
    assert load(memoryRequest="900Mi", memoryLimit="1Gi").memory_limit == "1Gi"


def test_a_name_is_either_plain_or_secret() -> None:
    (line,) = errors(("secrets",), config='{"A": "1"}', secrets=json.dumps({"A": HIDDEN}))
    assert line.endswith("(A); run `pulumi config rm --path config.A -s prod`")
    assert HIDDEN not in line


def test_contradictory_settings_do_not_construct() -> None:
    with pytest.raises(ValidationError, match=r"preStopSeconds \(40\) must be less than terminationGraceSeconds \(30\)"):
        model(pre_stop_seconds=40)


def test_everything_wrong_is_reported_at_once() -> None:
    wrong = {"image": "podinfo", "replica": "3", "replicas": "many", "testCoverageThreshold": "120"}
    lines = errors((), **wrong, preStopSeconds="40", bakeSeconds="x")
    assert [line.split(" = ")[0] for line in lines] == [
        "replica",
        "replicas",
        "image",
        "bakeSeconds",
        "testCoverageThreshold",
        "preStopSeconds",
    ]


def test_what_follows_from_a_bad_value_is_not_reported_beside_it() -> None:
    assert [line.split(" = ")[0] for line in errors(service="Shop")] == ["service"]
    assert [line.split(" = ")[0] for line in errors(terminationGraceSeconds="x", preStopSeconds="40")] == [
        "terminationGraceSeconds"
    ]
