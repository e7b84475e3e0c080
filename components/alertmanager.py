"""The Alertmanager that tells people of the pipeline's alerts."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions
from pydantic import SecretStr

from components.kubernetes import Object
from components.monitoring.alertmanager import PASSWORD, TEMPLATES, WEBHOOK, RoutesArgs, config_file
from components.monitoring.manifests import Server
from components.monitoring.server import register
from components.objects import secret_name

PORT = 9093
CONFIG = "/etc/alertmanager"


@dataclass(frozen=True, kw_only=True)
class AlertmanagerArgs:
    """``image`` is Alertmanager's own (prom/alertmanager) or alike, by digest; ``namespace`` is there already.

    ``routes`` says whom to tell. ``slack_webhook`` comes where it names Slack, ``smtp_password`` where it names a mail server
    with a user; both are files in the pod, out of a Secret. What is silenced, and who was told, lies on a disk of the size
    ``storage``, or goes with the pod where that is "". ``callers`` are names of servers in the namespace that may send alerts.
    ``node_port`` (30000-32767) opens it on every node, and to all.
    """

    image: str
    namespace: str
    routes: RoutesArgs
    slack_webhook: SecretStr | None = None
    smtp_password: SecretStr | None = None
    storage: str = ""
    node_port: int | None = None
    callers: tuple[str, ...] = ("prometheus",)

    def __post_init__(self) -> None:
        if self.routes.slack != (self.slack_webhook is not None):
            raise ValueError(f"routes.slack = {self.routes.slack}: slack_webhook must come with it, and only then")
        user = self.routes.mail.user if self.routes.mail else ""
        if bool(user) != (self.smtp_password is not None):
            raise ValueError(f"routes.mail.user = {user or 'nobody'}: smtp_password must come with a user, and only then")


class Alertmanager(pulumi.ComponentResource):
    """Alertmanager, which sends to Slack and by mail. ``address`` is HOST:PORT, where Prometheus finds it."""

    address: pulumi.Output[str]

    def __init__(self, name: str, args: AlertmanagerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:Alertmanager", name, None, opts)
        named = {WEBHOOK: args.slack_webhook, PASSWORD: args.smtp_password}
        values = {key: value for key, value in named.items() if value is not None}
        server = alertmanager(name, args, secret_name(name, values))
        before = []
        if server.secret:
            opened = {key: value.get_secret_value() for key, value in values.items()}
            manifest = {**server.head("v1", "Secret", server.secret), "stringData": pulumi.Output.secret(opened)}
            before.append(Object(server.secret, {**manifest, "immutable": True}, ResourceOptions(parent=self)))
        made = register(self, server, before)
        self.address = made.urn.apply(lambda _: server.address)
        self.register_outputs({"address": self.address})


def alertmanager(name: str, args: AlertmanagerArgs, secret: str) -> Server:
    """The server; ``secret`` is the name of its Secret, "" for none. Pure."""
    return Server(
        name=name,
        namespace=args.namespace,
        image=args.image,
        port=PORT,
        arguments=[
            f"--config.file={CONFIG}/alertmanager.yml",
            "--storage.path=/alertmanager",
            f"--web.listen-address=:{PORT}",
            "--cluster.listen-address=",
        ],
        alive="/-/healthy",
        ready="/-/ready",
        data="/alertmanager",
        config=CONFIG,
        files={"alertmanager.yml": config_file(args.routes), "lockgate.tmpl": TEMPLATES},
        secret=secret,
        storage=args.storage,
        node_port=args.node_port,
        callers=() if args.node_port else args.callers,
    )
