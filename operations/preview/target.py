"""Where a comment goes, and who writes it: from the command line, the environment and the stacks' settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from infra.errors import UsageError
from infra.github import App, Credentials, GitHub, Token, api_root
from infra.progress import note
from operations.preview.comment import Target
from operations.pulumi_cli import Pulumi

GITHUB = "https://github.com"
REPOSITORY = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$")


def find(pulumi: Pulumi, stacks: Sequence[str], number: int, repository: str) -> Target:
    """``repository`` is the one of the command line, "" for $GITHUB_REPOSITORY or the settings'.

    The token or the App is that of the stack's settings, else GITHUB_TOKEN; in a run of GitHub Actions GITHUB_TOKEN goes first.
    It is given to no server but its own, $GITHUB_SERVER_URL or github.com. Raises ``UsageError`` where no token is left.
    """
    stack, named = _named(pulumi, stacks, repository or pulumi.environment.get("GITHUB_REPOSITORY", ""))
    if not REPOSITORY.match(named):
        raise UsageError(f"--repository = {named or 'nothing'}: not an OWNER/NAME; say it, or set github.repository of a stack")
    base_url = str(pulumi.project.setting(stack, "github.baseUrl") or GITHUB)
    credentials, app = _credentials(pulumi, stack, base_url)
    return Target(client=GitHub(base_url, credentials, say=note), repository=named, number=number, app=app)


def of_environment(environ: Mapping[str, str], number: int) -> Target:
    """As a workflow has it: GITHUB_REPOSITORY on GITHUB_API_URL, by GITHUB_TOKEN. Raises ``UsageError`` where there is none."""
    repository, token = environ.get("GITHUB_REPOSITORY", ""), environ.get("GITHUB_TOKEN", "")
    if not REPOSITORY.match(repository):
        raise UsageError(f"GITHUB_REPOSITORY = {repository or 'nothing'}: not an OWNER/NAME; --comment needs it: set it")
    if not token:
        raise UsageError("GITHUB_TOKEN = nothing: --comment needs a token that may write pull requests; set it")
    client = GitHub(environ.get("GITHUB_API_URL") or GITHUB, Token(token), say=note)
    return Target(client=client, repository=repository, number=number)


def _named(pulumi: Pulumi, stacks: Sequence[str], repository: str) -> tuple[str, str]:
    """The stack whose settings tell of the repository, and the repository."""
    known = {stack: str(pulumi.project.setting(stack, "github.repository") or "") for stack in stacks}
    fitting = [stack for stack, name in known.items() if name and repository in ("", name)]
    stack = fitting[0] if fitting else stacks[0]
    return stack, repository or known[stack]


def _credentials(pulumi: Pulumi, stack: str, base_url: str) -> tuple[Credentials, str]:
    """How to sign in, and the App's id where it is one."""
    offered = _offered(pulumi.environment, base_url)
    if offered and pulumi.environment.get("GITHUB_ACTIONS") == "true":
        return Token(offered), ""
    token = _secret(pulumi, stack, "github.token")
    if token:
        return Token(token), ""
    app, key = str(pulumi.project.setting(stack, "github.appId") or ""), _secret(pulumi, stack, "github.appPrivateKey")
    if app and key:
        return App(app, str(pulumi.project.setting(stack, "github.appInstallationId") or ""), key), app
    if offered:
        return Token(offered), ""
    raise UsageError(
        f"GitHub: there is no token for {base_url}; set github.token in the settings of {stack}, "
        f"or GITHUB_TOKEN with GITHUB_SERVER_URL={base_url}"
    )


def _offered(environment: Mapping[str, str], base_url: str) -> str:
    """GITHUB_TOKEN, where it belongs to the server ``base_url``."""
    server = environment.get("GITHUB_SERVER_URL") or GITHUB
    return environment.get("GITHUB_TOKEN", "") if api_root(server) == api_root(base_url) else ""


def _secret(pulumi: Pulumi, stack: str, key: str) -> str:
    """The opened value of a key, "" where it has none or cannot be opened here."""
    if not pulumi.project.setting(stack, key):
        return ""
    done = pulumi.attempt("config", "get", key, "-s", stack, "--json")
    return str(json.loads(done.stdout)["value"]) if done.returncode == 0 else ""
