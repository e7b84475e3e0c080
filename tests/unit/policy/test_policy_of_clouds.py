"""The rules on what a cloud trusts and permits, beside their own examples."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asking import said

from infra.plan import UNKNOWN, Plan
from policy import check
from policy.examples import one, role

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = {f"{ISSUER}:aud": "sts.amazonaws.com"}
EXACT = {**AUDIENCE, f"{ISSUER}:sub": "repo:acme/web:environment:production"}


def policy(action: Any, resource: Any = "*", **more: Any) -> Plan:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return one("aws:iam/rolePolicy:RolePolicy", "push", {"policy": json.dumps({"Statement": statement})})


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": AUDIENCE},
        {"StringEquals": {f"{ISSUER}:sub": "repo:acme/web:environment:production"}},
        {"StringEquals": AUDIENCE, "StringLike": {f"{ISSUER}:sub": ["repo:acme/web:environment:production", "repo:acme/web:*"]}},
        {"StringEqualsIfExists": EXACT},
        {"ForAllValues:StringEquals": EXACT},
        {},
    ],
)
def test_a_role_that_others_can_assume_is_denied(condition: dict[str, Any]) -> None:
    assert said(role(**condition)) == {("oidc-subject", "deny")}


@pytest.mark.parametrize(
    "condition",
    [{"StringEquals": EXACT}, {"StringLike": EXACT}, {"StringEquals": EXACT, "StringLike": {f"{ISSUER}:sub": "repo:acme/*"}}],
)
def test_a_role_for_one_exact_subject_passes(condition: dict[str, Any]) -> None:
    assert said(role(**condition)) == set()


def test_a_role_for_a_service_of_the_cloud_is_none_of_githubs() -> None:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
    assert said(one("aws:iam/role:Role", "web", {"assumeRolePolicy": json.dumps(trust)})) == set()


def test_the_subjects_of_an_enterprise_server_are_githubs_too() -> None:
    trust = {
        "Effect": "Allow",
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Principal": {"Federated": "arn:aws:iam::1:oidc-provider/github.example.com/_services/token"},
    }
    tried = one("aws:iam/role:Role", "web", {"assumeRolePolicy": json.dumps({"Statement": trust})})
    assert said(tried) == {("oidc-subject", "deny")}


@pytest.mark.parametrize(
    "tried",
    [
        policy("*", "arn:aws:s3:::web"),
        policy(["s3:GetObject", "*"], "arn:aws:s3:::web"),
        policy("s3:GetObject", ["arn:aws:s3:::web", "*"]),
        policy(["ecr:GetAuthorizationToken", "ecr:PutImage"]),
        policy("s3:*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
        one("aws:iam/role:Role", "web", {"inlinePolicies": [{"policy": '{"Statement":{"Effect":"Allow","NotAction":"iam:*"}}'}]}),
    ],
)
def test_a_statement_that_allows_everything_is_denied(tried: Plan) -> None:
    assert said(tried) == {("iam-wildcard", "deny")}


@pytest.mark.parametrize(
    "tried",
    [
        policy("ecr:GetAuthorizationToken"),
        policy("ec2:TerminateInstances", Condition={"StringEquals": {"aws:ResourceTag/team": "web"}}),
        policy("*", Effect="Deny"),
        policy("s3:*", "arn:aws:s3:::web/*"),
    ],
)
def test_a_statement_that_cannot_be_narrower_or_denies_passes(tried: Plan) -> None:
    assert said(tried) == set()


@pytest.mark.parametrize("new", [{"assumeRolePolicy": UNKNOWN}, {"inlinePolicies": [{"policy": f"a{UNKNOWN}"}]}])
def test_a_document_that_a_preview_cannot_know_is_said_to_be_one(new: dict[str, Any]) -> None:
    (found,) = check(one("aws:iam/role:Role", "web", new))
    assert found.severity == "warn"
    assert "cannot tell" in found.message
