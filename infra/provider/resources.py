"""The program's side of Lockgate's own resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.provider import PACKAGE, VERSION


class Provider(pulumi.ProviderResource):
    """What the resources below work on: a cluster by ``context`` of a kubeconfig (None: the current one), ``github``, ``sonar``.

    ``timeout_minutes`` is what a whole update may take (None: any time).
    """

    def __init__(
        self,
        name: str,
        *,
        context: pulumi.Input[str] | None = None,
        timeout_minutes: float | None = None,
        github: GitHubAccess | None = None,
        sonar: SonarAccess | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        places = {**(github.inputs() if github else {}), **(sonar.inputs() if sonar else {})}
        inputs = {"context": context, "timeoutMinutes": timeout_minutes, **places}
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


@dataclass(frozen=True, kw_only=True)
class SonarAccess:
    """Which SonarQube: its ``url``, and a ``token``, or the ``password`` of its user admin. Both are kept encrypted.

    What is not given here, SONAR_HOST_URL and SONAR_TOKEN of the environment give, and nothing of it is in the state.
    """

    url: pulumi.Input[str] | None = None
    token: pulumi.Input[str] | None = None
    password: pulumi.Input[str] | None = None

    def inputs(self) -> dict[str, pulumi.Input[str] | None]:
        """As the provider's config has it."""
        return {
            "sonarUrl": self.url,
            "sonarToken": None if self.token is None else pulumi.Output.secret(self.token),
            "sonarPassword": None if self.password is None else pulumi.Output.secret(self.password),
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
    """A gate: the slot's pods run the release, ready. With another ``instance`` it looks again at the same release."""

    kind = "SlotReady"
    outputs = ("instance",)
    instance: pulumi.Output[str | None]


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


class Password(_Step):
    """A password that is made once; output ``password``, encrypted in the state."""

    kind = "Password"
    outputs = ("password",)
    password: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["password"])
        super().__init__(name, {}, pulumi.ResourceOptions.merge(opts, hidden))


class SonarAccount(_Step):
    """A user of a SonarQube with its password, once that is up; all of its inputs are its outputs too."""

    kind = "SonarAccount"
    url: pulumi.Output[str]
    login: pulumi.Output[str]
    password: pulumi.Output[str]


class SonarProject(_Step):
    """A project on SonarQube."""

    kind = "SonarProject"
    key: pulumi.Output[str]


class SonarGate(_Step):
    """A quality gate and its conditions."""

    kind = "SonarGate"
    name: pulumi.Output[str]


class SonarGateUse(_Step):
    """Which gate judges a project."""

    kind = "SonarGateUse"


class SonarPermissions(_Step):
    """Who may do what in a project."""

    kind = "SonarPermissions"


class SonarUser(_Step):
    """A user of SonarQube who signs in by tokens alone."""

    kind = "SonarUser"
    login: pulumi.Output[str]


class SonarToken(_Step):
    """A token that may analyse a project, or do what a user may; outputs ``token``, ``expires``, ``label``."""

    kind = "SonarToken"
    outputs = ("token", "expires", "label")
    token: pulumi.Output[str]
    expires: pulumi.Output[str]


class SonarWebhook(_Step):
    """Who is told of a project's analyses; output ``webhook``."""

    kind = "SonarWebhook"
    outputs = ("webhook",)


def _versioned(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(version=VERSION))
