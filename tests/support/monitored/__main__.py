"""A program of a user's own: what watches a pipeline, quick enough for a test."""

import pulumi
from pydantic import SecretStr

from components import (
    Alertmanager,
    AlertmanagerArgs,
    AlertsArgs,
    Dashboards,
    DashboardsArgs,
    MailArgs,
    MetricsExporter,
    MetricsExporterArgs,
    PrometheusServer,
    PrometheusServerArgs,
    RoutesArgs,
    objects,
)
from components.kubernetes import Object

config = pulumi.Config()
namespace = config.require("namespace")
space = pulumi.ResourceOptions(depends_on=[Object("monitoring", objects.namespace(namespace), pulumi.ResourceOptions())])
exporter = MetricsExporterArgs(
    image=config.require("exporterImage"),
    namespace=namespace,
    repositories=["lab/shop"],
    github_url=config.require("github"),
    github_token=SecretStr(config.require("token")),
    ledgers=namespace,
    rates={"ubuntu-latest": 0.006},
    interval_seconds=1,
)
MetricsExporter("exporter", exporter, space)
mail = MailArgs(server=config.require("smtp"), sender="lockgate@example.com", to="ops@example.com", tls=False)
routes = RoutesArgs(slack=True, mail=mail, group_wait_seconds=1, group_interval_seconds=1)
alerts = AlertmanagerArgs(
    image=config.require("alertmanagerImage"),
    namespace=namespace,
    routes=routes,
    slack_webhook=SecretStr(config.require("webhook")),
)
Alertmanager("alertmanager", alerts, space)
watching = PrometheusServerArgs(
    image=config.require("prometheusImage"),
    namespace=namespace,
    exporter=f"exporter.{namespace}.svc:9469",
    alerts=AlertsArgs(),
    alertmanager=f"alertmanager.{namespace}.svc:9093",
    scrape_seconds=1,
    evaluation_seconds=1,
    node_port=config.require_int("nodePort"),
)
pulumi.export("prometheus", PrometheusServer("prometheus", watching, space).url)
Dashboards("grafana", DashboardsArgs(namespace=namespace), space)
