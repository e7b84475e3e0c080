"""The one model of a stack's settings. Every field is a key of ``Pulumi.yaml``, where its description stands."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from infra.settings import types as t
from infra.settings.rules import breaches


def camel(name: str) -> str:
    """``e2e_test_enabled`` as the key ``e2eTestEnabled``, ``github__base_url`` as ``github.baseUrl``."""
    return ".".join(_camel(part) for part in name.split("__"))


def _camel(part: str) -> str:
    head, *rest = part.split("_")
    return head + "".join(word.capitalize() for word in rest)


class Settings(BaseModel):
    """What a stack is to be. Frozen; contradictory settings do not construct. Units are in the names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=camel, populate_by_name=True, hide_input_in_errors=True
    )

    service: t.ServiceName = "podinfo"
    namespace: t.Namespace
    port: t.Port = 9898
    replicas: Annotated[int, Field(ge=1, le=500)] = 2
    strategy: t.Strategy = "blue-green"
    node_port: t.NodePort | None = None
    kube_context: t.Context = "lockgate-lab"

    image: t.Image = ""
    version: t.Version = ""
    config: t.Environment = Field(default_factory=dict)
    secrets: t.SecretEnvironment = Field(default_factory=dict)
    revision: str = ""
    note: str = ""
    release: str = ""

    readiness_path: t.HttpPath = "/readyz"
    liveness_path: t.HttpPath = "/healthz"
    cpu_request: t.Cpu = "25m"
    memory_request: t.Memory = "64Mi"
    memory_limit: t.Memory = "128Mi"
    pre_stop_seconds: Annotated[int, Field(ge=0, le=600)] = 5
    termination_grace_seconds: t.Seconds = 30

    smoke_test_enabled: bool = True
    smoke_image: t.ToolImage = "127.0.0.1:15000/tools/smoke:1"
    smoke_path: t.HttpPath = "/version"
    smoke_field: Annotated[str, Field(pattern=r"^\w+$"), t.Rule("must be the name of a JSON field")] = "version"
    smoke_timeout_seconds: t.Seconds = 60
    health_check_timeout_seconds: t.Seconds = 300
    deployment_timeout_minutes: t.Minutes = 10
    bake_seconds: Annotated[int, Field(ge=0, le=3600)] = 15
    rollback_enabled: bool = True
    ledger_limit: Annotated[int, Field(ge=2, le=50)] = 10

    auto_deploy: bool = False
    approval_required: bool = False
    deployment_window: t.Window = ""

    github__repository: t.GitHubRepository = ""
    github__base_url: t.GitHubUrl = "https://github.com"
    github__token: SecretStr | None = None
    github__app_id: t.AppNumber = ""
    github__app_installation_id: t.AppNumber = ""
    github__app_private_key: SecretStr | None = None
    github__manages: t.Manages = "environment"
    github__visibility: t.Visibility = "private"
    github__deletion: t.Deletion = "refuse"
    github__platform: t.Platform = ""
    github__stacks: t.StackNames = "dev,staging,prod"
    github__environment: t.GitHubEnvironment
    github__reviewers: t.Reviewers = ""
    github__wait_minutes: Annotated[int, Field(ge=0, le=43200)] = 0
    github__deploy_branches: t.RefPatterns = "main"
    github__deploy_tags: t.RefPatterns = ""
    github__secrets: t.ActionsSecrets = Field(default_factory=dict)
    github__variables: t.ActionsVariables = Field(default_factory=dict)
    github__repository_secrets: t.ActionsSecrets = Field(default_factory=dict)
    github__repository_variables: t.ActionsVariables = Field(default_factory=dict)
    github__runner_label: t.RunnerLabel = "ubuntu-latest"

    registry_url: t.Registry = "ghcr.io"
    registry_username: str = ""
    registry_password: SecretStr | None = None
    provenance_required: bool = False
    provenance_key: str = ""

    build_cache_enabled: bool = True
    build_parallel_jobs: Annotated[int, Field(ge=1, le=256)] = 4
    build_timeout_minutes: t.Minutes = 30
    artifact_retention_days: Annotated[int, Field(ge=1, le=400)] = 30

    test_parallel_execution: bool = True
    test_timeout_minutes: t.Minutes = 15
    test_coverage_threshold: t.Percent = 80
    e2e_test_enabled: bool = True
    performance_test_enabled: bool = True

    sast_enabled: bool = True
    dependency_scan_enabled: bool = True
    container_scan_enabled: bool = True
    secrets_scan_enabled: bool = True
    security_policy_enforcement: bool = True
    security_max_vulnerabilities: t.Count = 0
    security_max_secrets: t.Count = 0
    license_compliance_required: bool = True

    code_quality_enabled: bool = True
    sonar_qube_url: t.Url = ""
    sonar_token: SecretStr | None = None
    sonar__namespace: t.OptionalNamespace = ""
    sonar__image: t.Image = ""
    sonar__database_image: t.Image = ""
    sonar__database_storage: t.Storage = ""
    sonar__node_port: t.NodePort | None = None
    sonar__project: t.SonarKey = ""
    sonar__adopt: bool = False
    code_coverage_required: bool = True
    coverage_max_drop: t.Percent = 2
    linting_enforcement: bool = True
    quality_gate_name: Annotated[str, Field(min_length=1), t.Rule("must be the name of a quality gate")] = "Sonar way"
    quality_gate_max_bugs: t.Count = 0
    quality_gate_max_vulnerabilities: t.Count = 0
    quality_gate_max_code_smells: t.Count = 5
    quality_gate_max_duplications: t.Percent = 3

    pipeline_monitoring_enabled: bool = True
    slack_webhook_url: t.SecretUrl | None = None
    email_notifications_enabled: bool = True
    email_from: t.MailAddress = ""
    email_to: t.MailAddresses = ""
    smtp_url: t.MailServer = ""
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    metrics_export_enabled: bool = True
    monitoring__namespace: t.OptionalNamespace = ""
    monitoring__exporter_image: t.Image = ""
    monitoring__prometheus_image: t.Image = ""
    monitoring__alertmanager_image: t.Image = ""
    monitoring__grafana_image: t.Image = ""
    monitoring__prometheus_node_port: t.NodePort | None = None
    monitoring__alertmanager_node_port: t.NodePort | None = None
    monitoring__grafana_node_port: t.NodePort | None = None
    monitoring__ledger_namespace: t.OptionalNamespace = ""
    monitoring__storage: t.Storage = ""
    alert_build_minutes: t.Minutes = 15
    alert_test_minutes: t.Minutes = 20
    alert_deployment_minutes: t.Minutes = 10

    cost_cpu_month: t.Rate = "0"
    cost_memory_gi_b_month: t.Rate = "0"
    cost_runner_minute: t.RunnerRates = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_possible(self) -> Settings:
        found = breaches(self)
        if found:
            text = "; ".join(f"{camel(breach.field)} ({getattr(self, breach.field)}) {breach.rule}" for breach in found)
            raise PydanticCustomError("impossible", "{text}", {"text": text, "breaches": found})
        return self
