"""A registry of images: GitHub's, Amazon's, or one that is just there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import ResourceOptions

from components import ecr
from components.registry_args import EcrArgs, GhcrArgs, HostRegistryArgs

if TYPE_CHECKING:
    import pulumi_aws


class Registry(pulumi.ComponentResource):
    """Where a service's images are, whatever the kind of registry.

    ``host`` is what one logs in to, ``repository`` what a reference begins with (HOST/NAME). ``permissions`` is what a job that
    pushes needs of GitHub, ``push_policy`` and ``pull_policy`` what it needs on AWS ({} where that is nothing). ``kept_tags`` are
    the tags that must stay. An ECR repository has immutable tags, scans each push, encrypts, and never expires what is kept.
    """

    host: pulumi.Output[str]
    repository: pulumi.Output[str]
    permissions: Mapping[str, str]
    kept_tags: pulumi.Output[list[str]]
    push_policy: pulumi.Output[Mapping[str, Any]]
    pull_policy: pulumi.Output[Mapping[str, Any]]

    def __init__(
        self, name: str, args: HostRegistryArgs | GhcrArgs | EcrArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("lockgate:index:Registry", name, None, opts)
        images: pulumi.Input[Sequence[str]] = () if isinstance(args, HostRegistryArgs) else args.images
        self.kept_tags = pulumi.Output.from_input(images).apply(_tags)
        if isinstance(args, EcrArgs):
            self._ecr(name, args)
        else:
            self._plain(args)
        self.register_outputs(
            {
                "host": self.host,
                "repository": self.repository,
                "permissions": dict(self.permissions),
                "keptTags": self.kept_tags,
                "pushPolicy": self.push_policy,
                "pullPolicy": self.pull_policy,
            }
        )

    def _plain(self, args: HostRegistryArgs | GhcrArgs) -> None:
        self.host = pulumi.Output.from_input(args.host)
        self.repository = pulumi.Output.from_input(f"{args.host}/{args.repository}")
        self.permissions = {"packages": "write"} if isinstance(args, GhcrArgs) else {}
        self.push_policy = self.pull_policy = pulumi.Output.from_input({})

    def _ecr(self, name: str, args: EcrArgs) -> None:
        source = self._existing(args) if args.existing else self._repository(name, args)
        url: pulumi.Output[str] = source.repository_url
        self.host = url.apply(lambda known: known.partition("/")[0])
        self.repository = url
        self.permissions = {"id-token": "write"}
        self.push_policy = source.arn.apply(ecr.push_policy)
        self.pull_policy = source.arn.apply(ecr.pull_policy)

    def _existing(self, args: EcrArgs) -> Any:
        from pulumi_aws import ecr as aws

        return aws.get_repository_output(name=args.repository, opts=pulumi.InvokeOutputOptions(parent=self))

    def _repository(self, name: str, args: EcrArgs) -> pulumi_aws.ecr.Repository:
        from pulumi_aws import ecr as aws

        made = aws.Repository(
            name,
            name=args.repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                aws.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=args.kms_key)
            ],
            force_delete=False,
            opts=ResourceOptions(parent=self),
        )
        policy = pulumi.Output.from_input(args.images).apply(
            lambda images: ecr.lifecycle(images, untagged_days=args.untagged_days, unused_days=args.unused_days)
        )
        text = pulumi.Output.json_dumps(policy)
        aws.LifecyclePolicy(name, repository=made.name, policy=text, opts=ResourceOptions(parent=self, deleted_with=made))
        return made


def _tags(images: Sequence[str]) -> list[str]:
    return sorted({tag for tag in map(ecr.tag_of, images) if tag})
