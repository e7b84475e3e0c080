"""Lockgate's components, each usable in a program of your own.

What needs the SDK of GitHub's or AWS's provider is imported when it is asked for: a program with a service alone does not pay
for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from components.args import BlueGreenServiceArgs, RollingServiceArgs, ServiceArgs, SmokeTestArgs
from components.bluegreen import BlueGreenService
from components.rolling import RollingService

if TYPE_CHECKING:
    from components.alertmanager import Alertmanager, AlertmanagerArgs
    from components.branch_rules import BranchRules
    from components.branch_rules_args import BranchRulesArgs, BypassActor
    from components.dashboards import Dashboards, DashboardsArgs
    from components.environments import Environments
    from components.environments_args import EnvironmentArgs, EnvironmentsArgs
    from components.metrics_exporter import MetricsExporter, MetricsExporterArgs
    from components.monitoring.alertmanager import MailArgs, RoutesArgs
    from components.monitoring.alerts import AlertsArgs
    from components.oidc import AwsRoleArgs, OidcTrust, OidcTrustArgs
    from components.prometheus import PrometheusServer, PrometheusServerArgs
    from components.quality_gate import QualityGate
    from components.quality_gate_args import QualityGateArgs
    from components.registry import Registry
    from components.registry_args import EcrArgs, GhcrArgs, HostRegistryArgs, images_of
    from components.repository import Repository
    from components.repository_args import RepositoryArgs
    from components.runners import RunnerScaleSet
    from components.runners_args import ControllerArgs, GitHubAppArgs, RunnerScaleSetArgs
    from components.sonar_server import SonarServer
    from components.sonar_server_args import SonarServerArgs
    from components.workflow_files import WorkflowFiles, WorkflowFilesArgs

_LATER = {
    "Alertmanager": "components.alertmanager",
    "AlertmanagerArgs": "components.alertmanager",
    "AlertsArgs": "components.monitoring.alerts",
    "AwsRoleArgs": "components.oidc",
    "BranchRules": "components.branch_rules",
    "BranchRulesArgs": "components.branch_rules_args",
    "BypassActor": "components.branch_rules_args",
    "ControllerArgs": "components.runners_args",
    "Dashboards": "components.dashboards",
    "DashboardsArgs": "components.dashboards",
    "EcrArgs": "components.registry_args",
    "EnvironmentArgs": "components.environments_args",
    "Environments": "components.environments",
    "EnvironmentsArgs": "components.environments_args",
    "GhcrArgs": "components.registry_args",
    "GitHubAppArgs": "components.runners_args",
    "HostRegistryArgs": "components.registry_args",
    "MailArgs": "components.monitoring.alertmanager",
    "MetricsExporter": "components.metrics_exporter",
    "MetricsExporterArgs": "components.metrics_exporter",
    "OidcTrust": "components.oidc",
    "OidcTrustArgs": "components.oidc",
    "PrometheusServer": "components.prometheus",
    "PrometheusServerArgs": "components.prometheus",
    "QualityGate": "components.quality_gate",
    "QualityGateArgs": "components.quality_gate_args",
    "Registry": "components.registry",
    "Repository": "components.repository",
    "RepositoryArgs": "components.repository_args",
    "RoutesArgs": "components.monitoring.alertmanager",
    "RunnerScaleSet": "components.runners",
    "RunnerScaleSetArgs": "components.runners_args",
    "SonarServer": "components.sonar_server",
    "SonarServerArgs": "components.sonar_server_args",
    "WorkflowFiles": "components.workflow_files",
    "WorkflowFilesArgs": "components.workflow_files",
    "images_of": "components.registry_args",
}

__all__ = [
    "Alertmanager",
    "AlertmanagerArgs",
    "AlertsArgs",
    "AwsRoleArgs",
    "BlueGreenService",
    "BlueGreenServiceArgs",
    "BranchRules",
    "BranchRulesArgs",
    "BypassActor",
    "ControllerArgs",
    "Dashboards",
    "DashboardsArgs",
    "EcrArgs",
    "EnvironmentArgs",
    "Environments",
    "EnvironmentsArgs",
    "GhcrArgs",
    "GitHubAppArgs",
    "HostRegistryArgs",
    "MailArgs",
    "MetricsExporter",
    "MetricsExporterArgs",
    "OidcTrust",
    "OidcTrustArgs",
    "PrometheusServer",
    "PrometheusServerArgs",
    "QualityGate",
    "QualityGateArgs",
    "Registry",
    "Repository",
    "RepositoryArgs",
    "RollingService",
    "RollingServiceArgs",
    "RoutesArgs",
    "RunnerScaleSet",
    "RunnerScaleSetArgs",
    "ServiceArgs",
    "SmokeTestArgs",
    "SonarServer",
    "SonarServerArgs",
    "WorkflowFiles",
    "WorkflowFilesArgs",
    "images_of",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
