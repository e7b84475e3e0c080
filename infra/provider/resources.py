"""The program's side of Lockgate's own resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.provider import PACKAGE, VERSION


class Provider(pulumi.ProviderResource):
    """What the resources below work on: a cluster by ``context`` of a kubeconfig (None: the current one), and ``github``.

    ``timeout_minutes`` is what a whole update may take (None: any time).
    """

    def __init__(
        self,
        name: str,
        *,
        context: pulumi.Input[str] | None = None,
        timeout_minutes: float | None = None,
        github: GitHubAccess | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"context": context, "timeoutMinutes": timeout_minutes, **(github.inputs() if github else {})}
        super().__init__(PACKAGE, name, inputs, _versioned(opts))


@dataclass(frozen=True, kw_only=True)
class GitHubAccess:
    """Which GitHub: the ``url`` of its server, and a token, or an App's three. Token and key are kept encrypted.

    What is not given here, GITHUB_BASE_URL (else github.com) and GITHUB_TOKEN of the environment give, and nothing of it is in
    the state; so a program that has both in the environment needs no provider of its own.
    """

    url: pulumi.Input[str] | None = None
    token: pulumi.Input[str] | None = None
    app_id: pulumi.Input[str] | None = None
    app_installation_id: pulumi.Input[str] | None = None
    app_private_key: pulumi.Input[str] | None = None

    def inputs(self) -> dict[str, pulumi.Input[str] | None]:
        """As the provider's config has it."""
        return {
            "githubUrl": self.url,
            "githubToken": None if self.token is None else pulumi.Output.secret(self.token),
            "githubAppId": self.app_id,
            "githubAppInstallationId": self.app_installation_id,
            "githubAppPrivateKey": None if self.app_private_key is None else pulumi.Output.secret(self.app_private_key),
        }


class _Step(pulumi.CustomResource):
    kind: str
    outputs: tuple[str, ...] = ()

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        known = {**dict.fromkeys(self.outputs), **props}
        super().__init__(f"{PACKAGE}:index:{self.kind}", name, known, _versioned(opts))


class Preflight(_Step):
    """Compares what is live with the state, before anything is touched."""

    kind = "Preflight"


class SlotReady(_Step):
    """A gate: the slot's pods run the release, ready."""

    kind = "SlotReady"


class SmokeTest(_Step):
    """A gate: the release answers with its version, called inside the cluster."""

    kind = "SmokeTest"


class Cutover(_Step):
    """The traffic's move to a slot, with its bake; output ``ledger``."""

    kind = "Cutover"
    outputs = ("ledger",)
    ledger: pulumi.Output[dict[str, Any]]


class Rollout(_Step):
    """A rolling release, seen through or undone; output ``ledger``."""

    kind = "Rollout"
    outputs = ("ledger",)
    ledger: pulumi.Output[dict[str, Any]]


class WorkflowFiles(_Step):
    """Files on a branch of a repository, in one commit; outputs ``published``, ``pullRequest``, ``commit``."""

    kind = "WorkflowFiles"
    outputs = ("published", "pullRequest", "commit")
    published: pulumi.Output[list[str]]
    pullRequest: pulumi.Output[int | None]  # noqa: N815 - the output's own name
    commit: pulumi.Output[str]


def _versioned(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(version=VERSION))
