"""Reads IAM documents: their statements, whom they trust, and what they allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.plan import Change
from policy.model import Case
from policy.values import at, document, is_unknown, items, mapping, texts

ROLE = "aws:iam/role:Role"
POLICIES = tuple(f"aws:iam/{kind[0].lower()}{kind[1:]}:{kind}" for kind in ("Policy", "RolePolicy", "UserPolicy", "GroupPolicy"))
ISSUER = re.compile(r"token\.actions\.githubusercontent\.com|/_services/token")
"""GitHub's own, and that of a GitHub Enterprise Server."""

EXACT = ("StringEquals", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals")
LIKE = ("StringLike", "ForAnyValue:StringLike")
UNBOUND = re.compile(
    r"^(ecr(-public)?:GetAuthorizationToken|sts:Get(CallerIdentity|ServiceBearerToken)|cloudwatch:PutMetricData|ec2:Describe\w+"
    r"|s3:ListAllMyBuckets|xray:Put\w+|logs:DescribeLogGroups)$"
)
"""Actions that AWS knows for no single resource, so that Resource must be *."""

OF_RESOURCE = re.compile(r"(^aws:resource)|(:resourcetag/)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Document:
    """``statements`` are those that allow; None where the preview cannot know them. ``trust`` tells who, not what."""

    change: Change
    path: str
    statements: tuple[Mapping[str, Any], ...] | None
    trust: bool


def documents(case: Case) -> Iterator[Document]:
    """The IAM documents of roles and policies that are there after the update."""
    for change, new in case.wanted(ROLE):
        yield from _read(change, "assumeRolePolicy", new.get("assumeRolePolicy"), trust=True)
        for index, inline in enumerate(items(new.get("inlinePolicies"))):
            yield from _read(change, f"inlinePolicies[{index}].policy", at(inline, "policy"), trust=False)
    for change, new in case.wanted(*POLICIES):
        yield from _read(change, "policy", new.get("policy"), trust=False)


def _read(change: Change, path: str, value: Any, *, trust: bool) -> Iterator[Document]:
    if is_unknown(value):
        yield Document(change=change, path=path, statements=None, trust=trust)
        return
    listed = at(document(value), "Statement")
    statements = (listed,) if isinstance(listed, Mapping) else items(listed)
    allowing = tuple(one for one in statements if isinstance(one, Mapping) and one.get("Effect") == "Allow")
    yield Document(change=change, path=path, statements=allowing, trust=trust)


def is_wide(statement: Mapping[str, Any]) -> bool:
    """Whether it allows every action, or every one but some."""
    return "NotAction" in statement or any(action in ("*", "*:*") for action in texts(statement.get("Action")))


def open_resource(statement: Mapping[str, Any]) -> bool:
    """Whether it allows its actions on everything, although AWS could bind them to a resource."""
    actions = texts(statement.get("Action"))
    if "*" not in texts(statement.get("Resource")) or (actions and all(UNBOUND.match(action) for action in actions)):
        return False
    keys = (str(key) for compared in mapping(statement.get("Condition")).values() for key in mapping(compared))
    return not any(OF_RESOURCE.search(key) for key in keys)


def untrusted(statement: Mapping[str, Any]) -> Iterator[str]:
    """Why a statement that lets GitHub's tokens assume the role lets in too many; nothing for any other statement."""
    if "sts:AssumeRoleWithWebIdentity" not in texts(statement.get("Action")) or not ISSUER.search(_readable(statement)):
        return
    for claim in ("aud", "sub"):
        exact, like = _compared(statement, claim, EXACT), _compared(statement, claim, LIKE)
        if not exact and not like:
            yield f"{claim} is not compared"
        for text in () if exact else like:  # all comparisons must hold, so that an exact one is enough
            if {"*", "?"} & set(text):
                yield f"{claim} = {text}"


def _readable(statement: Mapping[str, Any]) -> str:
    return f"{statement.get('Principal')} {statement.get('Condition')}"


def _compared(statement: Mapping[str, Any], claim: str, operators: Sequence[str]) -> list[str]:
    """The values that these operators compare a claim of the token with."""
    conditions = mapping(statement.get("Condition"))
    compared = (item for operator in operators for item in mapping(conditions.get(operator)).items())
    return [text for key, value in compared if str(key).endswith(f":{claim}") for text in texts(value)]
