"""A pull request from a fork has none of the repository's secrets, and its code must not get any."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import yaml

from operations import stackfile
from operations.preview.mask import NAMED
from operations.preview.place import PROVIDER, Place, scratch
from operations.project import Project
from operations.pulumi_cli import Pulumi

KEPT = ("PULUMI_HOME",)
"""Without a secret in them, whatever their names look like."""

REMEDY = (
    "A maintainer who has read the change can push it to a branch of this repository, and preview that: "
    "`gh pr checkout NUMBER && git push origin HEAD:preview/NUMBER`."
)


def without_secrets(pulumi: Pulumi) -> Pulumi:
    """The same with nothing in the environment that is named like a secret, and no cluster."""
    kept = {name: value for name, value in pulumi.environment.items() if name in KEPT or not NAMED.search(name)}
    return Pulumi(pulumi.project, {**kept, "KUBECONFIG": "/dev/null"})


def needs(project: Project, stack: str) -> str:
    """Why the stack cannot be previewed without its secrets, "" where it has none."""
    path = project.stack_file(stack)
    content = yaml.safe_load(path.read_text()) if path.is_file() else None
    sealed = sorted(_sealed((content or {}).get("config") or {}))
    if sealed:
        return f"its settings hold secrets ({', '.join(sealed)}), which a pull request from a fork does not get"
    repository = project.setting(stack, "github.repository")
    if repository:
        return f"it looks after {repository} on GitHub, with a token that a pull request from a fork does not get"
    provider = stackfile.top(path, PROVIDER) or "passphrase"
    if provider != "passphrase":
        return f"its secrets are kept by {provider.partition(':')[0]}, which a pull request from a fork cannot ask"
    return ""


def place(pulumi: Pulumi, stack: str) -> AbstractContextManager[Place]:
    """A scratch backend with a passphrase that nobody needs to know."""
    return scratch(pulumi, stack, pulumi.project.stack_file(stack), secrets.token_urlsafe(16))


def lacking(failures: Mapping[str, str]) -> str:
    """What the preview lacked, "" where it went well or where the program itself is wrong. ``failures`` as ``Heard`` has them."""
    if not failures or "" in failures.values():
        return ""
    first = next(iter(failures)).strip().partition("\n")[0]
    return f"it asks for what a pull request from a fork has no access to ({first})"


def _sealed(config: Mapping[str, Any]) -> list[str]:
    return [key for key, value in config.items() if _holds_secure(value)]


def _holds_secure(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(map(_holds_secure, value.values()))
    return isinstance(value, list) and any(map(_holds_secure, value))
