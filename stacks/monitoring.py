"""What watches the pipeline of a stack: exporter, Prometheus, Alertmanager and dashboards."""

from __future__ import annotations

import pulumi
from pulumi import ResourceOptions

from components import objects
from components.alertmanager import Alertmanager, AlertmanagerArgs
from components.alertmanager import alertmanager as alertmanager_server
from components.dashboards import Dashboards, DashboardsArgs
from components.kubernetes import Object
from components.metrics_exporter import MetricsExporter, MetricsExporterArgs
from components.metrics_exporter import exporter as exporter_server
from components.monitoring.alertmanager import MailArgs, RoutesArgs
from components.monitoring.alerts import AlertsArgs
from components.prometheus import PrometheusServer, PrometheusServerArgs
from components.runners_args import GitHubAppArgs
from infra.labels import LEDGER
from infra.ledger_document import DOCUMENT, document
from infra.plain import plain
from infra.settings import Settings
from stacks import watched
from stacks.service import Service
from stacks.watched import Watched

EXPORTER, PROMETHEUS, ALERTMANAGER, GRAFANA = "exporter", "prometheus", "alertmanager", "grafana"


def provision(settings: Settings, providers: list[pulumi.ProviderResource], gate: Watched | None = None) -> None:
    """Everything that ``settings`` ask for: nothing without a namespace, the exporter alone where nobody is to be alerted.

    ``gate`` is the project on SonarQube that is watched too.
    """
    if not (settings.monitoring__namespace and settings.metrics_export_enabled):
        return
    opts = ResourceOptions(providers=providers)
    space = Object("monitoring-namespace", objects.namespace(settings.monitoring__namespace), opts)
    inside = ResourceOptions.merge(opts, ResourceOptions(depends_on=[space]))
    MetricsExporter(EXPORTER, exporter(settings, gate), inside)
    if not settings.pipeline_monitoring_enabled:
        return
    Alertmanager(ALERTMANAGER, alertmanager(settings), inside)
    made = PrometheusServer(PROMETHEUS, prometheus(settings), inside)
    Dashboards(GRAFANA, dashboards(settings), inside)
    port = settings.monitoring__prometheus_node_port
    pulumi.export("prometheusUrl", f"http://127.0.0.1:{port}" if port else made.url)


def publish(settings: Settings, made: Service, providers: list[pulumi.ProviderResource]) -> None:
    """The service's ledger, where the exporter reads it: its own stack's, or that of another one."""
    where = settings.monitoring__ledger_namespace or settings.monitoring__namespace
    if where and settings.metrics_export_enabled:
        stack = pulumi.get_stack()
        text = pulumi.Output.from_input(made.ledger).apply(lambda ledger: document(stack, settings.service, plain(ledger)))
        Object("ledger", ledger_map(f"{settings.service}-{stack}-ledger", where, text), ResourceOptions(providers=providers))


def ledger_map(name: str, namespace: str, text: pulumi.Input[str]) -> objects.Manifest:
    """A published ledger."""
    metadata = {"name": name, "namespace": namespace, "labels": {LEDGER: "true"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {DOCUMENT: text}}


def exporter(settings: Settings, gate: Watched | None = None) -> MetricsExporterArgs:
    """What is collected: the runs of the stack's repository, the ledgers that stacks publish, and the word of ``gate``."""
    return MetricsExporterArgs(
        image=settings.monitoring__exporter_image,
        namespace=settings.monitoring__namespace,
        repositories=[settings.github__repository],
        github_url=settings.github__base_url,
        github_token=settings.github__token,
        github_app=_app(settings),
        ledgers=settings.monitoring__namespace,
        sonar_url=gate.url if gate else "",
        sonar_projects=[gate.project] if gate else [],
        sonar_token=gate.token if gate else None,
        rates={label: float(rate) for label, rate in settings.cost_runner_minute.items()},
        storage=settings.monitoring__storage,
        callers=(PROMETHEUS,),
    )


def _app(settings: Settings) -> GitHubAppArgs | None:
    if settings.github__app_private_key is None:
        return None
    return GitHubAppArgs(
        app_id=settings.github__app_id,
        installation_id=settings.github__app_installation_id,
        private_key=settings.github__app_private_key,
    )


def prometheus(settings: Settings) -> PrometheusServerArgs:
    """The alerts with their limits."""
    alerts = AlertsArgs(
        build_minutes=settings.alert_build_minutes,
        test_minutes=settings.alert_test_minutes,
        deployment_minutes=settings.alert_deployment_minutes,
        coverage=settings.test_coverage_threshold,
        vulnerabilities=settings.security_max_vulnerabilities,
        sonar_url=watched.address(settings),
    )
    return PrometheusServerArgs(
        image=settings.monitoring__prometheus_image,
        namespace=settings.monitoring__namespace,
        exporter=exporter_server(EXPORTER, exporter(settings), {}).address,
        alertmanager=alertmanager_server(ALERTMANAGER, alertmanager(settings), "").address,
        alerts=alerts,
        storage=settings.monitoring__storage,
        node_port=settings.monitoring__prometheus_node_port,
    )


def alertmanager(settings: Settings) -> AlertmanagerArgs:
    """Whom to tell: the channels of notifications (docs/notifications.md)."""
    return AlertmanagerArgs(
        image=settings.monitoring__alertmanager_image,
        namespace=settings.monitoring__namespace,
        routes=RoutesArgs(slack=settings.slack_webhook_url is not None, mail=_mail(settings)),
        slack_webhook=settings.slack_webhook_url,
        smtp_password=settings.smtp_password if settings.smtp_user and _mail(settings) else None,
        storage=settings.monitoring__storage,
        node_port=settings.monitoring__alertmanager_node_port,
        callers=(PROMETHEUS,),
    )


def _mail(settings: Settings) -> MailArgs | None:
    if not (settings.smtp_url and settings.email_notifications_enabled):
        return None
    signed_in = settings.smtp_user if settings.smtp_password else ""
    return MailArgs(server=settings.smtp_url, sender=settings.email_from, to=settings.email_to, user=signed_in)


def dashboards(settings: Settings) -> DashboardsArgs:
    """The dashboards, with a Grafana where its image is given."""
    return DashboardsArgs(
        namespace=settings.monitoring__namespace,
        grafana_image=settings.monitoring__grafana_image,
        prometheus_url=f"http://{PROMETHEUS}.{settings.monitoring__namespace}.svc:9090",
        node_port=settings.monitoring__grafana_node_port,
    )
