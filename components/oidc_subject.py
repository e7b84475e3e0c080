"""The subject of the tokens that GitHub gives to jobs, and the trust of a cloud in it. Pure.

Source of the formats: https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ISSUER = "https://token.actions.githubusercontent.com"
"""Of github.com; that of GitHub Enterprise Server is https://HOST/_services/token."""

AUDIENCE = "sts.amazonaws.com"
"""What AWS's own action asks a token for."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_WILD = re.compile(r"[*?]")


def claim_keys(environment: str = "", branch: str = "") -> list[str]:
    """The keys of the repository's subject template under which ``subject`` is what its jobs get."""
    return ["repo", *(["environment"] if environment else []), *(["ref"] if branch else [])]


def subject(repository: str, *, environment: str = "", branch: str = "", ids: tuple[int, int] | None = None) -> str:
    """The subject of a job of ``repository`` (OWNER/NAME) in ``environment``, on ``branch``, or in and on both.

    By GitHub's default a job in an environment has no branch in its subject: both need the template of ``claim_keys``. ``ids``
    are the owner's and the repository's, in the subject of every repository made, renamed or moved since 15 July 2026 on
    github.com, and in none of GitHub Enterprise Server. Raises ``ValueError`` for a subject that would fit more than one.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise ValueError(f"repository = {repository}: must be OWNER/NAME, without a wildcard")
    if not environment and not branch:
        raise ValueError(f"repository = {repository}: any job of it would be trusted; name its environment, its branch, or both")
    for path, value in (("environment", environment), ("branch", branch)):
        if _WILD.search(value):
            raise ValueError(f"{path} = {value}: a trusted subject names exactly one, without * and ?; make one trust for each")
    owner, _, name = repository.partition("/")
    parts = [f"repo:{owner}@{ids[0]}/{name}@{ids[1]}" if ids else f"repo:{repository}"]
    if environment:
        parts.append(f"environment:{_quoted(environment)}")
    if branch:
        parts.append(f"ref:refs/heads/{_quoted(branch)}")
    return ":".join(parts)


def trust_policy(provider: str, issuer: str, audience: str, trusted: str) -> Mapping[str, Any]:
    """AWS's policy for a role that jobs with the subject ``trusted`` may take, and nobody else.

    ``provider`` is the ARN of the account's identity provider for ``issuer``.
    """
    host = issuer.removeprefix("https://")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{host}:aud": audience, f"{host}:sub": trusted}},
            }
        ],
    }


def _quoted(value: str) -> str:
    return value.replace(":", "%3A")
