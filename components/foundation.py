"""What every service stands on, whatever its strategy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pulumi
from pulumi import ResourceOptions

from components import objects
from components.args import ServiceArgs
from components.kubernetes import Object
from infra.ledger import Ledger
from infra.provider import resources
from infra.release import Release
from infra.state import Past


def connect(parent: pulumi.ComponentResource, name: str, args: ServiceArgs) -> pulumi.ProviderResource:
    """The provider of the release's steps: the one that the caller passed in ``opts``, else one of the component's own."""
    passed = parent.get_provider("lockgate:index:Provider")
    return passed or resources.Provider(
        f"{name}-cluster",
        context=args.kube_context,
        timeout_minutes=args.deployment_timeout_minutes,
        opts=ResourceOptions(parent=parent),
    )


def wanted_release(name: str, args: ServiceArgs, ledger: Ledger) -> Release:
    """The release that the args ask for: the pinned one of the ledger, where its content is the same."""
    secret = objects.secret_name(name, args.secrets)
    wanted = Release.of(
        version=args.version,
        image=args.image,
        config=args.config,
        secret=secret,
        revision=args.revision,
        pod=objects.pod_spec(name, args, secret),
    )
    pinned = ledger.releases.get(args.pinned)
    return pinned if pinned is not None and pinned.same_content(wanted) else wanted


def secret_values(args: ServiceArgs, past: Past, wanted: Release, releases: Iterable[Release]) -> dict[str, Mapping[str, str]]:
    """The values of the Secrets that ``releases`` need, by the Secrets' names: today's for ``wanted``, else those of then."""
    today = {wanted.secret: {key: value.get_secret_value() for key, value in args.secrets.items()}}
    known = {**today, **past.secrets}
    return {release.secret: known[release.secret] for release in releases if release.secret}


class Foundation:
    """Namespace, ServiceAccount, NetworkPolicy, and the ConfigMaps and Secrets of the releases that can go live again.

    ``before`` is what must exist before a pod can start.
    """

    def __init__(
        self,
        name: str,
        args: ServiceArgs,
        releases: Iterable[Release],
        secrets: Mapping[str, Mapping[str, str]],
        parent: pulumi.ComponentResource,
        depends_on: list[pulumi.Resource],
    ) -> None:
        self.before: list[pulumi.Resource] = list(depends_on)
        opts = ResourceOptions(parent=parent, depends_on=self.before)
        if args.create_namespace:
            self.before.append(Object(f"{name}-namespace", objects.namespace(args.namespace), opts))
        self.before.append(Object(name, objects.service_account(name, args), opts))
        Object(name, objects.network_policy(name, args), opts)
        configs = {objects.config_name(name, release.config): release.config for release in releases}
        for config, data in configs.items():
            self.before.append(Object(config, objects.config_map(name, args, data), opts))
        for secret, values in secrets.items():
            self.before.append(Object(secret, objects.secret(name, args, secret, values), opts))
