"""The Prometheus that watches the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import yaml
from pulumi import ResourceOptions

from components.monitoring.alerts import JOB, AlertsArgs, groups
from components.monitoring.manifests import LARGE, Server
from components.monitoring.rules import rules_file
from components.monitoring.server import register

PORT = 9090
CONFIG = "/etc/prometheus"


@dataclass(frozen=True, kw_only=True)
class PrometheusServerArgs:
    """``image`` is Prometheus' own (prom/prometheus) or alike, by digest; ``namespace`` is there already.

    ``exporter`` and ``alertmanager`` are HOST:PORT, the latter "" for none. ``alerts`` says from when on there is an alert.
    Metrics are kept for ``retention_days`` on a disk of the size ``storage``, or go with the pod where that is "".
    ``node_port`` (30000-32767) opens it on every node.
    """

    image: str
    namespace: str
    exporter: str
    alerts: AlertsArgs
    alertmanager: str = ""
    scrape_seconds: int = 30
    evaluation_seconds: int = 30
    retention_days: int = 90
    storage: str = ""
    node_port: int | None = None


class PrometheusServer(pulumi.ComponentResource):
    """Prometheus with the alerts on the pipeline. ``url`` is where it answers within the cluster."""

    url: pulumi.Output[str]

    def __init__(self, name: str, args: PrometheusServerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:PrometheusServer", name, None, opts)
        server = prometheus(name, args)
        made = register(self, server)
        self.url = made.urn.apply(lambda _: f"http://{server.address}")
        self.register_outputs({"url": self.url})


def prometheus(name: str, args: PrometheusServerArgs) -> Server:
    """The server. Pure."""
    return Server(
        name=name,
        namespace=args.namespace,
        image=args.image,
        port=PORT,
        arguments=[
            f"--config.file={CONFIG}/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={args.retention_days}d",
            f"--web.listen-address=:{PORT}",
        ],
        alive="/-/healthy",
        ready="/-/ready",
        data="/prometheus",
        config=CONFIG,
        files={"prometheus.yml": config_file(args), "rules.yml": rules_file(groups(args.alerts))},
        storage=args.storage,
        node_port=args.node_port,
        resources=LARGE,
    )


def config_file(args: PrometheusServerArgs) -> str:
    """The YAML of Prometheus' configuration. A target is a name, which stays when its pod is another one."""
    document: dict[str, Any] = {
        "global": {
            "scrape_interval": f"{args.scrape_seconds}s",
            "scrape_timeout": f"{min(args.scrape_seconds, 10)}s",
            "evaluation_interval": f"{args.evaluation_seconds}s",
        },
        "rule_files": [f"{CONFIG}/rules.yml"],
        "scrape_configs": [{"job_name": JOB, "static_configs": [{"targets": [args.exporter]}]}],
    }
    if args.alertmanager:
        document["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [args.alertmanager]}]}]}
    return yaml.safe_dump(document, sort_keys=False)
