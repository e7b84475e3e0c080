"""What ECR is told about a repository: which images may expire, and who may do what. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Document = Mapping[str, Any]

MAX_RULES = 50
"""As many rules may a lifecycle policy have."""

NEVER = 9999
"""A rule that expires what is beyond so many images expires nothing: it only keeps the later rules away."""

PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
PUSH = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]


def tag_of(image: str) -> str:
    """The tag of a reference, "" for one by digest alone."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def lifecycle(images: Sequence[str], *, untagged_days: int, unused_days: int) -> Document:
    """The lifecycle policy under which none of ``images`` ever expires, and the others do.

    ECR selects by tag and age, never by digest, and an image that a rule selects is out of the reach of all later rules: so
    each kept tag has a rule that expires nothing, before those that do. Where one of ``images`` is a digest without a tag, no
    rule touches images without a tag at all. Raises ``ValueError`` where ECR could not hold so many rules.
    """
    tags = sorted({tag_of(image) for image in images})
    rules = [_rule({"tagStatus": "tagged", "tagPatternList": [tag]}, NEVER, f"keep {tag}: in the ledger") for tag in tags if tag]
    if len(rules) + 2 > MAX_RULES:
        raise ValueError(f"images: have {len(rules)} tags, of which ECR can keep {MAX_RULES - 2}; shorten the ledger")
    if "" not in tags:
        rules.append(_rule({"tagStatus": "untagged"}, untagged_days, "no tag", days=True))
    rules.append(_rule({"tagStatus": "tagged", "tagPatternList": ["*"]}, unused_days, "not in the ledger", days=True))
    return {"rules": [{"rulePriority": place, **rule} for place, rule in enumerate(rules, 1)]}


def _rule(selection: dict[str, Any], count: int, description: str, *, days: bool = False) -> dict[str, Any]:
    counted = {"countType": "sinceImagePushed", "countUnit": "days"} if days else {"countType": "imageCountMoreThan"}
    return {
        "description": description,
        "selection": {**selection, **counted, "countNumber": count},
        "action": {"type": "expire"},
    }


def pull_policy(arn: str) -> Document:
    """The permissions of whoever pulls from the repository ``arn``."""
    return _policy(arn, PULL)


def push_policy(arn: str) -> Document:
    """The permissions of whoever pushes to the repository ``arn``; who pushes must see what is there already."""
    return _policy(arn, sorted([*PULL, *PUSH]))


def _policy(arn: str, actions: list[str]) -> Document:
    login = {"Sid": "Login", "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"}
    images = {"Sid": "Images", "Effect": "Allow", "Action": actions, "Resource": arn}
    return {"Version": "2012-10-17", "Statement": [login, images]}
