"""Which subject is trusted, and by what role. The role was never made on AWS: that takes an account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest
from recording_engine import Recorder, run
from service_story import find, names

from components import AwsRoleArgs, OidcTrust, OidcTrustArgs
from components.oidc_subject import claim_keys, subject, trust_policy

ARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}]}
BOTH = {"environment": "production", "branch": "main", "template": "existing"}
ROLE = "arn:aws:iam::123456789012:role/deploy"
MADE = {"aws:iam/openIdConnectProvider:OpenIdConnectProvider": {"arn": ARN}, "aws:iam/role:Role": {"arn": ROLE}}


def made(seen: dict[str, Any] | None = None, **changes: Any) -> Recorder:
    args = OidcTrustArgs(**{"repository": "lab/podinfo", "environment": "production", **changes})
    known = {} if seen is None else seen

    def program() -> None:
        trust = OidcTrust("deploy", args)
        for attribute in ("subject", "role_arn"):
            getattr(trust, attribute).apply(lambda value, attribute=attribute: known.update({attribute: value}))

    return run(program, outputs=MADE)


def role(**changes: Any) -> AwsRoleArgs:
    return AwsRoleArgs(**{"identity_provider": ARN, "policies": {"read": READ}, **changes})


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"environment": "production"}, "repo:lab/podinfo:environment:production"),
        ({"branch": "main"}, "repo:lab/podinfo:ref:refs/heads/main"),
        ({"environment": "production", "branch": "main"}, "repo:lab/podinfo:environment:production:ref:refs/heads/main"),
        ({"environment": "eu:1"}, "repo:lab/podinfo:environment:eu%3A1"),
        ({"environment": "production", "ids": (12, 345)}, "repo:lab@12/podinfo@345:environment:production"),
    ],
)
def test_a_subject_is_spelt_as_github_spells_it(where: dict[str, Any], expected: str) -> None:
    assert subject("lab/podinfo", **where) == expected


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ({"environment": "production"}, ["repo", "environment"]),
        ({"branch": "main"}, ["repo", "ref"]),
        ({"environment": "production", "branch": "main"}, ["repo", "environment", "ref"]),
    ],
)
def test_a_subject_has_a_part_for_each_key_of_the_template_in_its_order(where: dict[str, str], keys: list[str]) -> None:
    assert claim_keys(**where) == keys
    spelt = subject("lab/podinfo", **where)
    assert [key for key in spelt.split(":") if key in {"repo", "environment", "ref"}] == keys


@pytest.mark.parametrize(
    ("repository", "where", "words"),
    [
        ("lab/*", {"branch": "main"}, ["repository = lab/*", "OWNER/NAME", "wildcard"]),
        ("podinfo", {"branch": "main"}, ["repository = podinfo", "OWNER/NAME"]),
        ("lab/podinfo:x", {"branch": "main"}, ["repository = lab/podinfo:x"]),
        ("lab/podinfo", {}, ["any job", "name its environment"]),
        ("lab/podinfo", {"environment": "*"}, ["environment = *", "exactly one"]),
        ("lab/podinfo", {"branch": "release/*"}, ["branch = release/*", "exactly one"]),
        ("lab/podinfo", {"environment": "prod?"}, ["environment = prod?", "exactly one"]),
    ],
)
def test_a_subject_that_fits_more_than_one_is_refused(repository: str, where: dict[str, str], words: list[str]) -> None:
    with pytest.raises(ValueError, match="=") as caught:
        subject(repository, **where)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_policy_trusts_one_subject_for_one_audience_by_equality_alone() -> None:
    policy = trust_policy(ARN, "https://token.actions.githubusercontent.com", "sts.amazonaws.com", "repo:lab/podinfo:x")
    (statement,) = policy["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Federated": ARN},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:lab/podinfo:x",
            }
        },
    }


def test_without_a_role_and_a_template_nothing_is_registered() -> None:
    seen: dict[str, Any] = {}
    recorder = made(seen)
    assert [kind for kind, _ in recorder.registered] == ["lockgate:index:OidcTrust"]
    assert seen == {"subject": "repo:lab/podinfo:environment:production", "role_arn": ""}


def test_a_new_template_has_the_keys_of_the_subject() -> None:
    recorder = made(**{**BOTH, "template": "new"})
    template = find(recorder, "ActionsRepositoryOidcSubjectClaimCustomizationTemplate", "deploy")
    assert template.inputs == {
        "repository": "podinfo",
        "useDefault": False,
        "includeClaimKeys": ["repo", "environment", "ref"],
    }


def trusted(recorder: Recorder) -> Mapping[str, Any]:
    policy = json.loads(find(recorder, "Role", "deploy").inputs["assumeRolePolicy"])
    return dict(policy["Statement"][0])


def test_a_role_trusts_exactly_that_environment_and_branch() -> None:
    recorder = made(**BOTH, aws=role())
    statement = trusted(recorder)
    assert statement["Principal"] == {"Federated": ARN}
    assert statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"] == (
        "repo:lab/podinfo:environment:production:ref:refs/heads/main"
    )
    assert names(recorder, "OpenIdConnectProvider") == set()
    assert find(recorder, "Role", "deploy").inputs["maxSessionDuration"] == 3600


def test_a_new_identity_provider_is_for_the_issuer_and_the_audience() -> None:
    recorder = made(aws=role(identity_provider="new"), issuer="https://github.example.com/_services/token")
    provider = find(recorder, "OpenIdConnectProvider", "deploy").inputs
    assert provider == {"url": "https://github.example.com/_services/token", "clientIdLists": ["sts.amazonaws.com"]}
    assert trusted(recorder)["Principal"] == {"Federated": ARN}
    assert "github.example.com/_services/token:sub" in trusted(recorder)["Condition"]["StringEquals"]


def test_a_role_has_the_permissions_that_are_named_and_no_others() -> None:
    recorder = made(aws=role(policies={"read": READ, "push": pulumi.Output.from_input(READ)}))
    assert names(recorder, "RolePolicy") == {"deploy-read", "deploy-push"}
    for name in ("deploy-read", "deploy-push"):
        assert json.loads(find(recorder, "RolePolicy", name).inputs["policy"]) == READ
    assert "managedPolicyArns" not in find(recorder, "Role", "deploy").inputs


def test_ids_that_are_only_known_later_are_in_the_subject() -> None:
    seen: dict[str, Any] = {}
    made(seen, owner_id=12, repository_id=pulumi.Output.from_input(345), aws=role())
    assert seen["subject"] == "repo:lab@12/podinfo@345:environment:production"
    assert seen["role_arn"] == ROLE


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"branch": "main"}, ["environment = production and branch = main", "which is default", "say new, or existing"]),
        ({"environment": "*"}, ["environment = *"]),
        ({"owner_id": 1}, ["owner_id and repository_id", "both or none"]),
        ({"issuer": "token.actions.githubusercontent.com"}, ["issuer = token", "https://"]),
    ],
)
def test_what_cannot_work_does_not_construct(changes: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ValueError, match=words[0].split(" ")[0]) as caught:
        OidcTrustArgs(**{"repository": "lab/podinfo", "environment": "production", **changes})
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"), [({"policies": {}}, "policies = {}"), ({"session_seconds": 60}, "session_seconds = 60")]
)
def test_a_role_that_cannot_work_does_not_construct(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        role(**changes)
