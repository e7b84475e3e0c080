"""The settings of a Prometheus of the stack's own, and what must hold between them."""

from __future__ import annotations

import pytest
from settings_factory import DIGEST, errors, load

SECRET = ("github.token", "slackWebhookUrl")
WHOLE = {
    "monitoring.namespace": "monitoring",
    "monitoring.exporterImage": f"r.example/exporter@{DIGEST}",
    "monitoring.prometheusImage": f"prom/prometheus@{DIGEST}",
    "monitoring.alertmanagerImage": f"prom/alertmanager@{DIGEST}",
    "github.repository": "lab/podinfo",
    "github.token": "hunter2",
}


def test_nothing_watches_a_stack_unless_it_says_so_and_the_limits_are_the_storys() -> None:
    settings = load()
    assert settings.monitoring__namespace == ""
    assert (settings.alert_build_minutes, settings.alert_test_minutes, settings.alert_deployment_minutes) == (15, 20, 10)


def test_a_whole_one_is_taken() -> None:
    settings = load(SECRET, **WHOLE, **{"monitoring.storage": "10Gi", "monitoring.prometheusNodePort": "30090"})
    assert (settings.monitoring__namespace, settings.monitoring__storage) == ("monitoring", "10Gi")
    assert settings.monitoring__prometheus_node_port == 30090


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"monitoring.exporterImage": ""}, "monitoring.namespace = monitoring: needs monitoring.exporterImage beside it"),
        ({"monitoring.prometheusImage": "prom/prometheus:latest"}, "must be a reference by digest"),
        ({"namespace": "monitoring"}, "must be another than namespace (monitoring), which is the service's"),
        ({"github.token": ""}, "needs github.repository and github.token (or an App) beside it: whose runs are measured"),
        (
            {"nodePort": "30090", "monitoring.prometheusNodePort": "30090"},
            "must be another port than that of a Service",
        ),
        ({"monitoring.storage": "ten"}, "monitoring.storage = ten: must be a size of a disk"),
        ({"alertBuildMinutes": "0"}, "alertBuildMinutes = 0: must be"),
        (
            {"smtpUrl": "smtps://mail.example.com:2465", "emailFrom": "a@example.com", "emailTo": "b@example.com"},
            "must be smtps to port 465, or smtp with STARTTLS",
        ),
    ],
)
def test_what_cannot_be_is_named_with_the_command_that_mends_it(changes: dict[str, str], said: str) -> None:
    (line,) = errors(SECRET, **{**WHOLE, **changes})
    assert said in line
    assert "run `pulumi config set" in line
