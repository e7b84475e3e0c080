"""What watches the pipeline: the graph of resources, and what the cluster is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import rpc
from pydantic import SecretStr
from recording_engine import Recorder, run
from service_story import comes_before, find, names

from components import (
    Alertmanager,
    AlertmanagerArgs,
    AlertsArgs,
    Dashboards,
    DashboardsArgs,
    GitHubAppArgs,
    MailArgs,
    MetricsExporter,
    MetricsExporterArgs,
    PrometheusServer,
    PrometheusServerArgs,
    RoutesArgs,
    metrics_exporter,
    prometheus,
)
from components.monitoring import manifests

DIGEST = "@sha256:" + "a" * 64
TOKEN = SecretStr("ghp_hunter2hunter2")
WEBHOOK = SecretStr("https://hooks.slack.com/services/T0/B0/very-secret-path")
PASSWORD = SecretStr("hunter2-and-more")
EXPORTER = MetricsExporterArgs(
    image=f"lockgate/exporter{DIGEST}", namespace="monitoring", repositories=["lab/shop"], github_token=TOKEN,
    ledgers="shop-prod", rates={"ubuntu-latest": 0.006}, storage="1Gi",
)  # fmt: skip
PROMETHEUS = PrometheusServerArgs(
    image=f"prom/prometheus{DIGEST}", namespace="monitoring", exporter="exporter.monitoring.svc:9469",
    alerts=AlertsArgs(),
    alertmanager="alertmanager.monitoring.svc:9093",
)  # fmt: skip
MAIL = MailArgs(server="smtp://mail.example.com", sender="lockgate@example.com", to="ops@example.com", user="lockgate")
ALERTMANAGER = AlertmanagerArgs(
    image=f"prom/alertmanager{DIGEST}", namespace="monitoring", routes=RoutesArgs(slack=True, mail=MAIL), slack_webhook=WEBHOOK,
    smtp_password=PASSWORD,
)  # fmt: skip


def all_of(grafana: str = "") -> Recorder:
    def program() -> None:
        MetricsExporter("exporter", EXPORTER)
        PrometheusServer("prometheus", PROMETHEUS)
        Alertmanager("alertmanager", ALERTMANAGER)
        Dashboards("grafana", DashboardsArgs(namespace="monitoring", grafana_image=grafana, prometheus_url="http://prometheus"))

    return run(program)


def config_of(recorder: Recorder, server: str) -> dict[str, str]:
    """The files of a server."""
    kept = [one.inputs for one in recorder.registered.values() if one.kind.endswith("ConfigMap") and one.inputs.get("immutable")]
    return next(dict(one["data"]) for one in kept if one["metadata"]["name"].startswith(f"{server}-"))


def pod_of(recorder: Recorder, server: str) -> dict[str, Any]:
    return dict(find(recorder, "Deployment", server).inputs["spec"]["template"]["spec"])


def test_each_server_has_its_own_identity_service_policy_and_one_pod() -> None:
    recorder = all_of()
    servers = {"exporter", "prometheus", "alertmanager"}
    for kind in ("ServiceAccount", "Service", "NetworkPolicy", "Deployment"):
        assert names(recorder, kind) == servers
    for server in servers:
        assert find(recorder, "Deployment", server).inputs["spec"]["strategy"] == {"type": "Recreate"}


def test_a_pod_starts_when_all_that_it_needs_is_there() -> None:
    recorder = all_of()
    for kind, name in (("ServiceAccount", "exporter"), ("PersistentVolumeClaim", "exporter"), ("Role", "exporter-ledgers")):
        found = [one for one in recorder.registered.values() if one.kind.endswith(f":{kind}") and name in one.name]
        assert found, kind
        assert all(comes_before(recorder, one, find(recorder, "Deployment", "exporter")) for one in found)


def test_no_secret_is_anywhere_but_in_secrets() -> None:
    recorder = all_of()
    secrets = [one for one in recorder.registered.values() if one.kind.endswith(":Secret")]
    assert {key for one in secrets for key in one.inputs["stringData"]} == {"GITHUB_TOKEN", "slack-webhook", "smtp-password"}
    assert all(one.raw["stringData"][rpc._special_sig_key] == rpc._special_secret_sig for one in secrets)
    told = json.dumps([one.raw for one in recorder.registered.values() if one not in secrets])
    assert not [value for value in (TOKEN, WEBHOOK, PASSWORD) if value.get_secret_value() in told]


def test_an_app_signs_in_by_its_key_and_sonarqube_is_asked_with_a_token_that_is_made_by_the_update() -> None:
    app = GitHubAppArgs(app_id="7", installation_id="8", private_key=SecretStr("-----BEGIN hunter2"))
    sonar = {"sonar_url": "http://sonarqube", "sonar_projects": ["shop"]}

    def program() -> None:
        made = pulumi.Output.secret("squ_hunter2")
        MetricsExporter("exporter", replace(EXPORTER, github_token=None, github_app=app, sonar_token=made, **sonar))

    recorder = run(program)
    secrets = {one.inputs["metadata"]["name"]: one for one in recorder.registered.values() if one.kind.endswith(":Secret")}
    given = {one["name"]: one for one in pod_of(recorder, "exporter")["containers"][0]["env"]}
    assert (given["GITHUB_APP_ID"]["value"], given["GITHUB_APP_INSTALLATION_ID"]["value"]) == ("7", "8")
    for key, value in (("GITHUB_APP_PEM_FILE", "-----BEGIN hunter2"), ("SONAR_TOKEN", "squ_hunter2")):
        holder = secrets[given[key]["valueFrom"]["secretKeyRef"]["name"]]
        assert holder.inputs["stringData"] == {key: value}
        assert comes_before(recorder, holder, find(recorder, "Deployment", "exporter"))
    told = json.dumps([one.raw for one in recorder.registered.values() if one not in secrets.values()])
    assert "hunter2" not in told


def test_the_exporter_may_list_config_maps_where_the_ledgers_are_and_nothing_else() -> None:
    recorder = all_of()
    (role,) = (one for one in recorder.registered.values() if one.kind.endswith(":Role"))
    assert role.inputs["rules"] == [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]
    assert role.inputs["metadata"]["namespace"] == "shop-prod"
    (binding,) = (one for one in recorder.registered.values() if one.kind.endswith(":RoleBinding"))
    assert binding.inputs["subjects"] == [{"kind": "ServiceAccount", "name": "exporter", "namespace": "monitoring"}]
    assert binding.inputs["roleRef"]["name"] == role.inputs["metadata"]["name"]
    assert "ClusterRole" not in {one.kind.rpartition(":")[2] for one in recorder.registered.values()}


def test_only_the_exporter_may_ask_the_cluster_and_only_where_there_are_ledgers() -> None:
    recorder = all_of()
    mounted = {
        name: pod_of(recorder, name)["automountServiceAccountToken"] for name in ("exporter", "prometheus", "alertmanager")
    }
    assert mounted == {"exporter": True, "prometheus": False, "alertmanager": False}
    bare = metrics_exporter.exporter("exporter", replace(EXPORTER, ledgers=""), {})
    assert manifests.pod(bare)["automountServiceAccountToken"] is False
    assert metrics_exporter.rights(bare, "") == []


def test_another_limit_is_another_config_and_so_another_pod() -> None:
    one, other = (prometheus.prometheus("p", replace(PROMETHEUS, alerts=AlertsArgs(build_minutes=m))) for m in (15, 16))
    assert one.config_name != other.config_name
    for server in (one, other):
        (config,) = (volume for volume in manifests.pod(server)["volumes"] if volume["name"] == "config")
        assert config["configMap"]["name"] == server.config_name
    assert prometheus.prometheus("p", PROMETHEUS).config_name == one.config_name


def test_prometheus_asks_the_exporter_by_its_name_and_tells_alertmanager() -> None:
    told = yaml.safe_load(config_of(all_of(), "prometheus")["prometheus.yml"])
    (job,) = told["scrape_configs"]
    assert (job["job_name"], job["static_configs"]) == ("lockgate", [{"targets": ["exporter.monitoring.svc:9469"]}])
    assert told["alerting"]["alertmanagers"] == [{"static_configs": [{"targets": ["alertmanager.monitoring.svc:9093"]}]}]
    alone = yaml.safe_load(prometheus.config_file(replace(PROMETHEUS, alertmanager="")))
    assert "alerting" not in alone


def test_a_server_answers_only_those_who_have_business_with_it() -> None:
    recorder = all_of()
    (rule,) = find(recorder, "NetworkPolicy", "exporter").inputs["spec"]["ingress"]
    assert [one["podSelector"]["matchLabels"] for one in rule["from"]] == [{"app.kubernetes.io/name": "prometheus"}]
    (open_,) = find(recorder, "NetworkPolicy", "prometheus").inputs["spec"]["ingress"]
    assert "from" not in open_


def test_data_goes_with_the_pod_unless_a_disk_is_asked_for() -> None:
    recorder = all_of()
    assert names(recorder, "PersistentVolumeClaim") == {"exporter"}
    assert pod_of(recorder, "exporter")["volumes"][0] == {"name": "data", "persistentVolumeClaim": {"claimName": "exporter"}}
    assert pod_of(recorder, "prometheus")["volumes"][0] == {"name": "data", "emptyDir": {}}


def test_dashboards_are_config_maps_that_a_sidecar_finds() -> None:
    recorder = all_of()
    for board in ("lockgate-pipeline", "lockgate-security", "lockgate-delivery", "lockgate-exporter"):
        found = find(recorder, "ConfigMap", board).inputs
        assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert json.loads(found["data"][f"{board}.json"])["uid"] == board


def test_a_grafana_of_ones_own_shows_them_to_all_and_lets_nobody_in() -> None:
    recorder = all_of(f"grafana/grafana{DIGEST}")
    (container,) = pod_of(recorder, "grafana")["containers"]
    said = {one["name"]: one["value"] for one in container["env"]}
    assert said["GF_AUTH_DISABLE_LOGIN_FORM"] == said["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert said["GF_AUTH_BASIC_ENABLED"] == "false"
    files = config_of(recorder, "grafana")
    assert yaml.safe_load(files["datasources-lockgate.yml"])["datasources"][0]["url"] == "http://prometheus"
    (config,) = (volume for volume in pod_of(recorder, "grafana")["volumes"] if volume["name"] == "config")
    assert {one["path"] for one in config["configMap"]["items"]} >= {
        "datasources/lockgate.yml",
        "dashboards/lockgate-pipeline.json",
    }


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: replace(EXPORTER, repositories=(), ledgers=""), "there is nothing to collect"),
        (lambda: replace(EXPORTER, github_token=None), "github_token, github_app = None: runs of repositories need one"),
        (lambda: replace(ALERTMANAGER, slack_webhook=None), "routes.slack = True: slack_webhook must come with it"),
        (lambda: replace(ALERTMANAGER, smtp_password=None), "routes.mail.user = lockgate: smtp_password must come"),
        (lambda: DashboardsArgs(namespace="m", grafana_image=f"g{DIGEST}"), "a Grafana needs the address of Prometheus"),
        (lambda: prometheus.prometheus("p", replace(PROMETHEUS, image="prom/prometheus:v3")), "must be a reference by digest"),
    ],
)
def test_what_cannot_work_does_not_construct(make: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_addresses_are_outputs() -> None:
    seen: dict[str, str] = {}

    def program() -> None:
        MetricsExporter("exporter", EXPORTER).address.apply(lambda value: seen.update(exporter=value))
        PrometheusServer("prometheus", PROMETHEUS).url.apply(lambda value: seen.update(prometheus=value))
        pulumi.export("done", True)

    run(program)
    assert seen == {"exporter": "exporter.monitoring.svc:9469", "prometheus": "http://prometheus.monitoring.svc:9090"}
