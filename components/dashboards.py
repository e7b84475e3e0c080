"""Grafana's dashboards of the pipeline, and a Grafana to see them in."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import yaml
from pulumi import ResourceOptions

from components.kubernetes import Object
from components.monitoring import grafana
from components.monitoring.manifests import Server
from components.monitoring.server import register
from components.objects import Manifest
from infra.labels import NAME

PORT = 3000
LABEL = "grafana_dashboard"
"""By this label Grafana's sidecar finds dashboards, with its chart's defaults."""
SOURCES = "/etc/grafana/provisioning"

_VARIABLES = {
    "GF_AUTH_ANONYMOUS_ENABLED": "true",
    "GF_AUTH_BASIC_ENABLED": "false",
    "GF_AUTH_DISABLE_LOGIN_FORM": "true",
    "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true",
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_LOG_MODE": "console",
}
"""Everybody may look, nobody can sign in: there is no user, and so no first password.

https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
"""


@dataclass(frozen=True, kw_only=True)
class DashboardsArgs:
    """The dashboards as ConfigMaps in ``namespace``, which is there already, for a Grafana whose sidecar looks for ``LABEL``.

    ``grafana_image`` (grafana/grafana, by digest) brings a Grafana of one's own that shows them to who can reach it, to look at
    only; ``prometheus_url`` is then its source. ``node_port`` (30000-32767) opens that one on every node.
    """

    namespace: str
    grafana_image: str = ""
    prometheus_url: str = ""
    node_port: int | None = None

    def __post_init__(self) -> None:
        if self.grafana_image and not self.prometheus_url:
            raise ValueError("prometheus_url = : a Grafana needs the address of Prometheus, such as http://prometheus:9090")


class Dashboards(pulumi.ComponentResource):
    """The dashboards of the pipeline. ``names`` are their ConfigMaps."""

    names: list[str]

    def __init__(self, name: str, args: DashboardsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:Dashboards", name, None, opts)
        inside = ResourceOptions(parent=self)
        documents = grafana.documents()
        for id_, text in documents.items():
            Object(id_, config_map(name, args.namespace, id_, text), inside)
        if args.grafana_image:
            register(self, server(name, args))
        self.names = list(documents)
        self.register_outputs({"names": self.names})


def config_map(name: str, namespace: str, id_: str, text: str) -> Manifest:
    """A dashboard, as Grafana's sidecar takes it up."""
    metadata = {"name": id_, "namespace": namespace, "labels": {NAME: name, LABEL: "1"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {f"{id_}.json": text}}


def server(name: str, args: DashboardsArgs) -> Server:
    """A Grafana that shows the dashboards and keeps nothing. Pure."""
    source = {"name": "Prometheus", "type": "prometheus", "access": "proxy", "url": args.prometheus_url, "isDefault": True}
    provider = {"name": "lockgate", "type": "file", "options": {"path": f"{SOURCES}/dashboards"}}
    return Server(
        name=name,
        namespace=args.namespace,
        image=args.grafana_image,
        port=PORT,
        arguments=[],
        alive="/api/health",
        ready="/api/health",
        data="/var/lib/grafana",
        config=SOURCES,
        files={
            "datasources/lockgate.yml": yaml.safe_dump({"apiVersion": 1, "datasources": [source]}, sort_keys=False),
            "dashboards/lockgate.yml": yaml.safe_dump({"apiVersion": 1, "providers": [provider]}, sort_keys=False),
            **{f"dashboards/{id_}.json": text for id_, text in grafana.documents().items()},
        },
        variables=_VARIABLES,
        node_port=args.node_port,
    )
