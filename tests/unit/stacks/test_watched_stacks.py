"""What watches a stack's pipeline, as its settings say."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parents[1] / "infra"))
sys.path.insert(0, str(Path(__file__).parents[1] / "components"))

from recording_engine import Recorder, run
from service_story import Story, blue_green, find, names
from settings_factory import DIGEST, model

from infra.settings import Settings
from stacks import monitoring

WATCHED = {
    "monitoring__namespace": "monitoring",
    "monitoring__exporter_image": f"r/exporter@{DIGEST}",
    "monitoring__prometheus_image": f"prom/prometheus@{DIGEST}",
    "monitoring__alertmanager_image": f"prom/alertmanager@{DIGEST}",
    "github__repository": "lab/podinfo",
    "github__token": SecretStr("hunter2hunter2"),
}


def watched(**changes: Any) -> Settings:
    return model(**{**WATCHED, **changes})


def made(**changes: Any) -> Recorder:
    return run(lambda: monitoring.provision(watched(**changes), []))


def test_a_stack_without_a_namespace_for_it_or_with_metrics_off_has_nothing() -> None:
    assert run(lambda: monitoring.provision(model(), [])).registered == {}
    assert made(metrics_export_enabled=False).registered == {}


def test_where_nobody_is_to_be_alerted_metrics_are_served_all_the_same() -> None:
    recorder = made(pipeline_monitoring_enabled=False)
    assert names(recorder, "Deployment") == {"exporter"}
    assert names(made(), "Deployment") == {"exporter", "prometheus", "alertmanager"}


def test_limits_and_rates_are_those_of_the_settings() -> None:
    settings = watched(
        alert_build_minutes=5,
        test_coverage_threshold=70,
        sonar_qube_url="https://sonar.example/",
        cost_runner_minute={"big": "0.5"},
    )
    alerts = monitoring.prometheus(settings).alerts
    assert (alerts.build_minutes, alerts.coverage, alerts.sonar_url) == (5, 70, "https://sonar.example")
    assert monitoring.exporter(settings).rates == {"big": 0.5}
    assert monitoring.exporter(settings).repositories == ["lab/podinfo"]


def test_the_link_of_an_alert_leads_to_the_stacks_own_sonarqube() -> None:
    images = {f"sonar__{name}": f"r/{name}@{DIGEST}" for name in ("image", "database_image")}
    own = {"sonar__namespace": "sonarqube", "sonar__node_port": 30900, **images}
    assert monitoring.prometheus(watched(**own)).alerts.sonar_url == "http://127.0.0.1:30900"
    assert monitoring.prometheus(watched()).alerts.sonar_url == ""


def test_the_exporter_signs_in_as_the_app_where_there_is_no_token() -> None:
    app = {"github__app_id": "7", "github__app_installation_id": "8", "github__app_private_key": SecretStr("pem")}
    args = monitoring.exporter(watched(github__token=None, **app))
    assert args.github_app is not None
    assert (args.github_app.app_id, args.github_app.installation_id, args.github_token) == ("7", "8", None)
    assert monitoring.exporter(watched()).github_app is None


def test_prometheus_finds_the_others_by_the_names_that_they_have() -> None:
    recorder = made()
    config = next(
        one.inputs["data"]["prometheus.yml"]
        for one in recorder.registered.values()
        if one.kind.endswith(":ConfigMap") and "prometheus.yml" in one.inputs["data"]
    )
    told = yaml.safe_load(config)
    (target,) = told["scrape_configs"][0]["static_configs"][0]["targets"]
    (manager,) = told["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    for address, name in ((target, "exporter"), (manager, "alertmanager")):
        service = find(recorder, "Service", name).inputs
        assert address == f"{service['metadata']['name']}.monitoring.svc:{service['spec']['ports'][0]['port']:.0f}"


@pytest.mark.parametrize("key", ["monitoring__namespace", "monitoring__ledger_namespace"])
def test_a_ledger_is_published_where_an_exporter_reads_it_and_without_config(key: str) -> None:
    story = Story()
    story.up(blue_green("1.0.0"))
    made = SimpleNamespace(ledger=story.ledger.to_dict())
    settings = watched(**{"monitoring__namespace": "", key: "monitoring"})
    recorder = run(lambda: monitoring.publish(settings, cast(Any, made), []))
    (ledger,) = recorder.registered.values()
    metadata = ledger.inputs["metadata"]
    assert (metadata["name"], metadata["namespace"]) == ("podinfo-prod-ledger", "monitoring")
    assert metadata["labels"] == {"lockgate.dev/ledger": "true"}
    told = json.loads(ledger.inputs["data"]["ledger.json"])
    assert (told["stack"], told["service"]) == ("prod", "podinfo")
    assert told["releases"] == {story.ledger.live: {"version": "1.0.0", "revision": ""}}
    assert [entry["release"] for entry in told["history"]] == [story.ledger.live]
    assert "COLOR" not in ledger.wire


def test_no_ledger_is_published_unless_somebody_reads_it() -> None:
    made = cast(Any, SimpleNamespace(ledger={}))
    assert run(lambda: monitoring.publish(model(), made, [])).registered == {}
    off = model(monitoring__namespace="", monitoring__ledger_namespace="monitoring", metrics_export_enabled=False)
    assert run(lambda: monitoring.publish(off, made, [])).registered == {}


def test_those_who_hear_of_releases_hear_of_alerts() -> None:
    mail = {
        "smtp_url": "smtp://mail.example",
        "email_from": "a@b",
        "email_to": "c@d",
        "smtp_user": "u",
        "smtp_password": SecretStr("p"),
    }
    told = monitoring.alertmanager(watched(slack_webhook_url=SecretStr("https://hooks.example/x"), **mail))
    assert told.routes.slack
    assert told.routes.mail is not None
    assert (told.routes.mail.server, told.routes.mail.to, told.routes.mail.user) == ("smtp://mail.example", "c@d", "u")
    silent = monitoring.alertmanager(watched(email_notifications_enabled=False, **mail))
    assert (silent.routes.slack, silent.routes.mail, silent.smtp_password) == (False, None, None)
