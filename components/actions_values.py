"""The secrets and variables that GitHub Actions hands to jobs: what both a repository and an environment have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

import pulumi
from pydantic import SecretStr

Secret: TypeAlias = SecretStr | pulumi.Input[str]

_NAME = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*")


def check_names(where: str, names: Iterable[str]) -> None:
    """Raises ValueError for a name that GitHub does not take, or stores as another; ``where`` begins its words."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{where}: {name} must be capital letters, digits and _, no digit first, and must not begin with GITHUB_; "
                "rename it"
            )


def opened(secret: Secret) -> pulumi.Output[str]:
    """The value, which Pulumi keeps encrypted."""
    return pulumi.Output.secret(secret.get_secret_value() if isinstance(secret, SecretStr) else secret)
