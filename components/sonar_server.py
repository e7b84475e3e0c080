"""A SonarQube of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulumi
from pulumi import ResourceOptions
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.helm.v4 import Chart

from components import objects
from components.kubernetes import Object
from components.sonar_server_args import SonarServerArgs
from infra.plain import content_hash
from infra.provider import KUBERNETES_VERSION
from infra.provider.resources import Password, SlotReady, SonarAccount

START_SECONDS = 600
"""A first start on a slow machine takes minutes."""

CHART = Path(__file__).parents[1] / "charts" / "sonarqube"


class SonarServer(pulumi.ComponentResource):
    """SonarQube with a PostgreSQL of its own on a cluster, by the chart ``charts/sonarqube``, ready when the update ends.

    ``url`` is where it answers, ``admin_password`` the secret password of its user ``admin``, which nobody but the state knows.
    The providers of Kubernetes and of Lockgate come from ``opts``.
    """

    url: pulumi.Output[str]
    admin_password: pulumi.Output[str]

    def __init__(self, name: str, args: SonarServerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:SonarServer", name, None, opts)
        before = self._namespace(name, args)
        admin, database_password, passcode = (
            Password(f"{name}-{use}", ResourceOptions(parent=self)) for use in ("admin", "database", "passcode")
        )
        keys = {"databasePassword": database_password.password, "passcode": passcode.password}
        secret = Object(name, _secret(name, args.namespace, keys), ResourceOptions(parent=self, depends_on=before))
        values = chart_values(name, args)
        chart = Chart(
            name,
            chart=str(CHART),
            name=name,
            namespace=args.namespace,
            values=values,
            opts=ResourceOptions(parent=self, depends_on=[*before, secret], version=KUBERNETES_VERSION),
        )
        database, server = (
            self._ready(deployment, args.namespace, values[part]["revision"], chart)
            for deployment, part in ((f"{name}-database", "database"), (name, "server"))
        )
        wanted = {
            "url": args.url or f"http://127.0.0.1:{args.node_port}",
            "login": "admin",
            "password": admin.password,
            "database": database.instance,
        }
        account = SonarAccount(f"{name}-admin", wanted, ResourceOptions(parent=self, depends_on=[database, server]))
        self.url, self.admin_password = account.url, account.password
        self.register_outputs({"url": self.url, "adminPassword": self.admin_password})

    def _namespace(self, name: str, args: SonarServerArgs) -> list[pulumi.Resource]:
        if not args.create_namespace:
            return []
        return [Object(f"{name}-namespace", objects.namespace(args.namespace), ResourceOptions(parent=self))]

    def _ready(self, deployment: str, namespace: str, revision: str, chart: Chart) -> SlotReady:
        """Waits for the pod of a Deployment, and names what is wrong with it."""
        inputs = {
            "namespace": namespace,
            "deployment": deployment,
            "instance": _instances(chart).apply(lambda known: known.get(deployment, "")),
            "release": revision,
            "replicas": 1,
            "seconds": START_SECONDS,
            "live": "",
        }
        return SlotReady(f"{deployment}-ready", inputs, ResourceOptions(parent=self, depends_on=[chart]))


def _instances(chart: Chart) -> pulumi.Output[dict[str, str]]:
    """By the name of each Deployment what is another text after each change of it, also after one that failed."""

    def known(made: Sequence[Any] | None) -> pulumi.Output[dict[str, str]]:
        heads = pulumi.Output.all(*(one.metadata for one in made or [] if isinstance(one, Deployment)))
        return heads.apply(lambda all_: {head["name"]: f"{head.get('uid')}.{head.get('generation')}" for head in all_})

    return chart.resources.apply(known)


def _secret(name: str, namespace: str, keys: dict[str, pulumi.Output[str]]) -> objects.Manifest:
    head = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}}
    return {**head, "stringData": pulumi.Output.secret(keys), "immutable": True}


def chart_values(name: str, args: SonarServerArgs) -> objects.Manifest:
    """The chart's values."""
    server = {"image": args.image, "startSeconds": START_SECONDS}
    database = {"image": args.database_image, "storage": args.storage}
    return {
        "secretName": name,
        "server": {**server, "nodePort": args.node_port, "revision": _revision("server", server)},
        "database": {**database, "revision": _revision("database", database)},
    }


def _revision(part: str, values: objects.Manifest) -> str:
    """Another one when anything that makes the part's pod is: its values, or its template."""
    files = (CHART / "values.yaml", *(CHART / "templates" / name for name in ("_names.tpl", f"{part}.yaml")))
    return content_hash([values, *(file.read_text() for file in files)])
