"""The IAM policies that we write, before a linter that knows AWS's actions, conditions and the shapes of its ARNs.

It does not know whether a role can be taken: no policy of ours was ever tried on AWS.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any

import pytest

from components.ecr import pull_policy, push_policy
from components.oidc_subject import AUDIENCE, ISSUER, subject, trust_policy

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import parliament

REPOSITORY = "arn:aws:ecr:eu-west-1:123456789012:repository/podinfo"
PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
SUBJECT = subject("lab/podinfo", environment="production", branch="main")
TRUST = trust_policy(PROVIDER, ISSUER, AUDIENCE, SUBJECT)
NOT_FOR_TRUST = {("MALFORMED", "Statement contains neither Resource nor NotResource"), ("UNKNOWN_FEDERATION_SOURCE", PROVIDER)}
"""What the linter says of every trust policy: it takes it for one of permissions, and knows no identity provider but SAML's and
four companies'."""

LOGIN = ("CREDENTIALS_EXPOSURE", "")
"""What it says of ecr:GetAuthorizationToken, without which nobody can pull: it gives out a login to the registry."""


def findings(policy: Mapping[str, Any]) -> set[tuple[str, str]]:
    analyzed = parliament.analyze_policy_string(json.dumps(policy), include_community_auditors=True)
    return {(finding.issue, str(finding.detail)) for finding in analyzed.findings}


@pytest.mark.parametrize("policy", [push_policy(REPOSITORY), pull_policy(REPOSITORY)], ids=["push", "pull"])
def test_a_policy_of_permissions_has_no_finding_but_the_login(policy: Mapping[str, Any]) -> None:
    assert findings(policy) == {LOGIN}


def test_a_trust_policy_has_no_finding_but_those_of_every_trust_policy() -> None:
    assert findings(TRUST) == NOT_FOR_TRUST


def test_an_action_that_aws_does_not_have_would_be_seen() -> None:
    wrong = push_policy(REPOSITORY)
    wrong["Statement"][1]["Action"].append("ecr:PutImages")
    assert {issue for issue, _ in findings(wrong) - {LOGIN}} == {"UNKNOWN_ACTION"}


def test_an_arn_of_another_service_would_be_seen() -> None:
    assert {issue for issue, _ in findings(push_policy("arn:aws:s3:::podinfo")) - {LOGIN}} == {"RESOURCE_MISMATCH"}


@pytest.mark.parametrize("policy", [push_policy(REPOSITORY), pull_policy(REPOSITORY)], ids=["push", "pull"])
def test_only_the_login_which_has_no_resource_is_allowed_on_any(policy: Mapping[str, Any]) -> None:
    """Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html"""
    wide = [statement for statement in policy["Statement"] if "*" in json.dumps(statement["Resource"])]
    assert [statement["Action"] for statement in wide] == [["ecr:GetAuthorizationToken"]]
    assert "*" not in json.dumps([statement["Action"] for statement in policy["Statement"]])


def test_who_pulls_cannot_change_a_thing() -> None:
    (_, images) = pull_policy(REPOSITORY)["Statement"]
    assert all(action.startswith(("ecr:BatchCheck", "ecr:BatchGet", "ecr:Describe", "ecr:Get")) for action in images["Action"])


def test_trust_has_no_wildcard_and_compares_for_equality_only() -> None:
    (statement,) = TRUST["Statement"]
    assert list(statement["Condition"]) == ["StringEquals"]
    assert {key.rpartition(":")[2] for key in statement["Condition"]["StringEquals"]} == {"aud", "sub"}
    assert "*" not in json.dumps(TRUST)
