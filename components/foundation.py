"""What every service stands on, whatever its strategy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import ResourceOptions

from components import objects
from components.args import ServiceArgs
from components.state import Past
from infra.labels import NAME, SKIP_AWAIT
from infra.ledger import Ledger
from infra.release import Release


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


def secret_values(args: ServiceArgs, past: Past, releases: Iterable[Release]) -> dict[str, Mapping[str, str]]:
    """The values of the Secrets that ``releases`` need, by the Secrets' names."""
    opened = {key: value.get_secret_value() for key, value in args.secrets.items()}
    known = {**past.secrets, **{release.secret: opened for release in releases if release.secret not in past.secrets}}
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
        self.name, self.args = name, args
        self.before: list[pulumi.Resource] = list(depends_on)
        self.opts = ResourceOptions(parent=parent, depends_on=self.before)
        if args.create_namespace:
            self.before.append(
                kubernetes.core.v1.Namespace(f"{name}-namespace", metadata=objects.namespace(args), opts=self.opts)
            )
        self.before.append(
            kubernetes.core.v1.ServiceAccount(
                name, metadata=self._metadata(name), automount_service_account_token=False, opts=self.opts
            )
        )
        policy = objects.network_policy_spec(name, args)
        kubernetes.networking.v1.NetworkPolicy(name, metadata=self._metadata(name), spec=policy, opts=self.opts)
        self._add_configs({objects.config_name(name, release.config): release.config for release in releases})
        self._add_secrets(secrets)

    def _add_configs(self, configs: Mapping[str, Mapping[str, str]]) -> None:
        for config, data in configs.items():
            self.before.append(
                kubernetes.core.v1.ConfigMap(
                    config, metadata=self._metadata(config), data=dict(data), immutable=True, opts=self.opts
                )
            )

    def _add_secrets(self, secrets: Mapping[str, Mapping[str, str]]) -> None:
        for secret, values in secrets.items():
            data = pulumi.Output.secret(dict(values))
            self.before.append(
                kubernetes.core.v1.Secret(
                    secret, metadata=self._metadata(secret), string_data=data, immutable=True, opts=self.opts
                )
            )

    def _metadata(self, name: str) -> objects.Manifest:
        return objects.metadata(name, self.args, {NAME: self.name}, {SKIP_AWAIT: "true"})
