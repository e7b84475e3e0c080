"""Rules on what a cloud trusts and permits: IAM documents, and the subjects of GitHub's tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.plan import Change
from policy.examples import github, one, plan, role
from policy.iam import Document, documents, is_wide, open_resource, untrusted
from policy.model import Case, Hit, Rule
from policy.values import is_unknown, texts, truthy

TEMPLATES = tuple(
    f"github:index/actions{of}OidcSubjectClaimCustomizationTemplate:Actions{of}OidcSubjectClaimCustomizationTemplate"
    for of in ("Repository", "Organization")
)
REPOSITORY = {"repo", "repository", "repository_id"}
WORK = {"context", "environment", "environment_node_id", "ref", "job_workflow_ref", "workflow_ref"}
"""The claims that tell one branch or environment of a repository from the others."""


def _subjects(case: Case) -> Iterator[Hit]:
    for found in documents(case):
        if found.trust:
            yield from _of_trust(found)


def _of_trust(found: Document) -> Iterator[Hit]:
    if found.statements is None:
        yield _unsure(found, "who may assume it")
        return
    for statement in found.statements:
        for reason in untrusted(statement):
            yield Hit(
                change=found.change,
                message=f"{found.path}: {reason}, so that other branches or repositories can assume the role",
                remedy="compare aud and sub by StringEquals, with the whole subject, as in repo:OWNER/NAME:environment:NAME",
            )


def _templates(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted(*TEMPLATES):
        keys = new.get("includeClaimKeys")
        if truthy(new.get("useDefault")) or is_unknown(keys):
            continue
        claims = set(texts(keys))
        for needed, what in ((REPOSITORY, "the repository"), (WORK, "the branch or environment")):
            if not claims & needed:
                yield Hit(
                    change=change,
                    message=f"includeClaimKeys = {', '.join(sorted(claims)) or 'nothing'}: the subject does not name {what}",
                    remedy="include repo and context",
                )


def _statements(case: Case) -> Iterator[Hit]:
    for found in documents(case):
        if not found.trust:
            yield from _of_permissions(found)


def _of_permissions(found: Document) -> Iterator[Hit]:
    if found.statements is None:
        yield _unsure(found, "what it allows")
        return
    for statement in found.statements:
        if is_wide(statement):
            yield _too_much(found, "Action = *", "every action", "name the actions that are needed")
        elif open_resource(statement):
            listed = ", ".join(texts(statement.get("Action")))
            yield _too_much(found, "Resource = *", f"{listed} on everything", "name the resources by their ARN")


def _too_much(found: Document, where: str, what: str, remedy: str) -> Hit:
    return Hit(change=found.change, message=f"{found.path}: {where}: allows {what}", remedy=remedy)


def _unsure(found: Document, what: str) -> Hit:
    return Hit(
        change=found.change,
        message=f"{found.path}: cannot tell {what}, since it is known only after the update",
        remedy="look at it after the update, or build it from values that are known",
        milder=True,
    )


def _policy(action: str, resource: str) -> Mapping[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"policy": {"Version": "2012-10-17", "Statement": [statement]}}


def _template(*claims: str) -> Change:
    kind = "ActionsRepositoryOidcSubjectClaimCustomizationTemplate"
    return github(kind, "web", repository="web", useDefault=False, includeClaimKeys=list(claims))


AUDIENCE = {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
SUBJECT = "token.actions.githubusercontent.com:sub"
ECR = "arn:aws:ecr:eu-central-1:123456789012:repository/web"

RULES = (
    Rule(
        name="oidc-subject",
        severity="deny",
        why="A wildcard in the subject, or none, lets every branch, fork's pull request or repository into the cloud account.",
        check=_subjects,
        good=role(StringEquals={**AUDIENCE, SUBJECT: "repo:acme/web:environment:production"}),
        bad=role(StringEquals=AUDIENCE, StringLike={SUBJECT: "repo:acme/*"}),
    ),
    Rule(
        name="oidc-template",
        severity="deny",
        why="Clouds trust the subject alone: one that does not name repository and place is the same for all of them.",
        check=_templates,
        good=plan(_template("repo", "context")),
        bad=plan(_template("repository_owner", "context")),
    ),
    Rule(
        name="iam-wildcard",
        severity="deny",
        why="What a stolen token can do is what its statements allow; * allows everything.",
        check=_statements,
        good=one("aws:iam/policy:Policy", "push", _policy("ecr:PutImage", ECR)),
        bad=one("aws:iam/policy:Policy", "push", _policy("ecr:*", "*")),
    ),
)
