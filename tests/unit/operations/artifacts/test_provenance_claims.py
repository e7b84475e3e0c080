"""What a provenance says, and what is refused of it. That cosign signs and checks it is shown on a real registry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from operations.artifacts import attached, provenance
from operations.artifacts.provenance import BY_HAND, Expected

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
COMMIT = "c" * 40
DIGEST = "sha256:" + "a" * 64
JOB = {
    "GITHUB_REPOSITORY": "example/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_WORKFLOW_REF": "example/shop/.github/workflows/cd.yml@refs/heads/main",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_RUN_ID": "42",
}
BUILDER = "https://github.com/example/shop/.github/workflows/"


def statement(environment: dict[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    whole = {
        "predicateType": attached.PROVENANCE,
        "subject": [{"digest": {"sha256": "a" * 64}}],
        "predicate": provenance.predicate(COMMIT, JOB if environment is None else environment, NOW),
    }
    return {**whole, **changes}


def breach(said: dict[str, Any], **expected: str) -> str:
    return provenance.breach([said], Expected(**{"digest": DIGEST, "builder": BUILDER, "revision": COMMIT, **expected}))


def test_a_job_says_workflow_commit_and_run() -> None:
    made = statement()["predicate"]
    assert made["buildDefinition"]["externalParameters"]["workflow"]["path"] == ".github/workflows/cd.yml"
    assert made["buildDefinition"]["resolvedDependencies"] == [
        {"uri": "git+https://github.com/example/shop@refs/heads/main", "digest": {"gitCommit": COMMIT}}
    ]
    assert made["runDetails"]["builder"]["id"] == f"{BUILDER}cd.yml@refs/heads/main"
    assert made["runDetails"]["metadata"]["invocationId"].endswith("/actions/runs/42")
    assert breach(statement()) == ""


def test_a_runner_that_does_not_say_the_workflows_file_says_its_name() -> None:
    job = {**JOB, "GITHUB_WORKFLOW": "Continuous Deployment"}
    del job["GITHUB_WORKFLOW_REF"]
    assert breach(statement(job)) == ""


@pytest.mark.parametrize(
    ("said", "expected", "words"),
    [
        (statement(subject=[{"digest": {"sha256": "b" * 64}}]), {}, "not of this digest"),
        (statement(subject=[]), {}, "of nothing, not of this digest"),
        (statement(predicateType="https://spdx.dev/Document"), {}, "is of the type https://spdx.dev/Document"),
        (statement({}), {}, f"{BY_HAND} built it"),
        (statement({**JOB, "GITHUB_WORKFLOW_REF": "evil/shop/.github/workflows/cd.yml@x"}), {}, "evil/shop"),
        (statement(predicate={}), {}, "that nobody built it"),
        (statement(), {"revision": "d" * 40}, f"built from {COMMIT}, not from {'d' * 40}"),
    ],
)
def test_one_thing_that_does_not_hold_is_named(said: dict[str, Any], expected: dict[str, str], words: str) -> None:
    assert words in breach(said, **expected)


@pytest.mark.parametrize(
    ("patterns", "passes"),
    [
        (("refs/heads/main",), True),
        (("refs/heads/release/*", "refs/heads/m*"), True),
        (("refs/heads/release/*",), False),
        (("refs/*",), False),
        (("refs/heads/mai",), False),
    ],
)
def test_a_workflow_of_a_branch_that_may_not_deploy_does_not_count(patterns: tuple[str, ...], passes: bool) -> None:
    found = provenance.breach([statement()], Expected(digest=DIGEST, builder=BUILDER, refs=patterns))
    assert ("a workflow of refs/heads/main built it" in found) is not passes


def test_without_any_statement_there_is_no_provenance() -> None:
    assert provenance.breach([], Expected(digest=DIGEST)) == "there is no provenance"


def test_one_statement_of_several_that_holds_is_enough() -> None:
    assert provenance.breach([statement({}), statement()], Expected(digest=DIGEST, builder=BUILDER)) == ""


@pytest.mark.parametrize("text", [None, "", "yesterday", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-01-01"])
def test_a_time_that_cannot_be_true_is_none(text: str | None) -> None:
    assert attached.moment(text) is None
