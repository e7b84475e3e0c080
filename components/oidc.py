"""Trust of a cloud in the jobs of one repository, without a password."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pulumi
import pulumi_github as github
from pulumi import ResourceOptions

from components.oidc_subject import AUDIENCE, ISSUER, claim_keys, subject, trust_policy

if TYPE_CHECKING:
    import pulumi_aws


@dataclass(frozen=True, kw_only=True)
class AwsRoleArgs:
    """A role on AWS. ``identity_provider`` is the ARN of the account's one for the issuer, or ``new``; an account has one.

    ``policies`` are the role's permissions: policy documents, by name. A session ends after ``session_seconds`` (900 to 43200).
    """

    identity_provider: pulumi.Input[str]
    policies: Mapping[str, pulumi.Input[Mapping[str, Any]]]
    session_seconds: int = 3600

    def __post_init__(self) -> None:
        if not self.policies:
            raise ValueError("policies = {}: a role without permissions is of no use; name at least one")
        if not 900 <= self.session_seconds <= 43_200:
            raise ValueError(f"session_seconds = {self.session_seconds}: AWS takes 900 to 43200")


@dataclass(frozen=True, kw_only=True)
class OidcTrustArgs:
    """Which jobs are trusted: those of ``repository`` (OWNER/NAME) in ``environment``, on ``branch``, or in and on both.

    ``template`` is the repository's own format of the subject, of which it has one: ``new`` makes it, ``existing`` is another
    program's, with the same keys; ``default`` is GitHub's, which knows the environment or the branch. ``owner_id`` and
    ``repository_id`` are in the subjects of repositories made, renamed or moved since 15 July 2026 on github.com; leave them
    away on GitHub Enterprise Server, whose ``issuer`` is https://HOST/_services/token. ``aws`` is the role that trusts them.
    """

    repository: str
    environment: str = ""
    branch: str = ""
    template: Literal["default", "existing", "new"] = "default"
    owner_id: pulumi.Input[int] | None = None
    repository_id: pulumi.Input[int] | None = None
    issuer: str = ISSUER
    audience: str = AUDIENCE
    aws: AwsRoleArgs | None = field(default=None)

    def __post_init__(self) -> None:
        subject(self.repository, environment=self.environment, branch=self.branch)
        if self.template == "default" and self.environment and self.branch:
            raise ValueError(
                f"environment = {self.environment} and branch = {self.branch} need a template, which is default: GitHub's own "
                "subject of a job in an environment has no branch; say new, or existing"
            )
        if (self.owner_id is None) != (self.repository_id is None):
            raise ValueError("owner_id and repository_id: a subject has both or none; say the other one too")
        if not self.issuer.startswith("https://"):
            raise ValueError(f"issuer = {self.issuer}: must begin with https://")


class OidcTrust(pulumi.ComponentResource):
    """The format of the subject on GitHub, and a role on AWS that trusts exactly that subject.

    ``subject`` is what is trusted, ``role_arn`` what a workflow takes, "" without a role.
    """

    subject: pulumi.Output[str]
    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: OidcTrustArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:OidcTrust", name, None, opts)
        self.subject = trusted(args)
        if args.template == "new":
            github.ActionsRepositoryOidcSubjectClaimCustomizationTemplate(
                name,
                repository=args.repository.partition("/")[2],
                use_default=False,
                include_claim_keys=claim_keys(args.environment, args.branch),
                opts=ResourceOptions(parent=self),
            )
        self.role_arn = self._role(name, args, args.aws).arn if args.aws else pulumi.Output.from_input("")
        self.register_outputs({"subject": self.subject, "roleArn": self.role_arn})

    def _role(self, name: str, args: OidcTrustArgs, aws: AwsRoleArgs) -> pulumi_aws.iam.Role:
        from pulumi_aws import iam

        inside = ResourceOptions(parent=self)
        provider = aws.identity_provider
        if provider == "new":
            provider = iam.OpenIdConnectProvider(name, url=args.issuer, client_id_lists=[args.audience], opts=inside).arn
        policy = pulumi.Output.all(provider, self.subject).apply(
            lambda known: json.dumps(trust_policy(known[0], args.issuer, args.audience, known[1]))
        )
        role = iam.Role(
            name, assume_role_policy=policy, max_session_duration=aws.session_seconds, opts=ResourceOptions(parent=self)
        )
        for key, document in aws.policies.items():
            text = pulumi.Output.json_dumps(document)
            iam.RolePolicy(f"{name}-{key}", role=role.name, name=key, policy=text, opts=ResourceOptions(parent=self))
        return role


def trusted(args: OidcTrustArgs) -> pulumi.Output[str]:
    """The one subject that ``args`` trust."""
    ids: Sequence[pulumi.Input[int] | None] = (args.owner_id, args.repository_id)
    return pulumi.Output.all(*ids).apply(
        lambda known: subject(
            args.repository,
            environment=args.environment,
            branch=args.branch,
            ids=(int(known[0]), int(known[1])) if known[0] is not None else None,
        )
    )
