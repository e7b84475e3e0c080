"""Alertmanager's configuration on the real amtool: it takes it, and sends each alert to whom the story says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from promtool import asked

from components.monitoring.alertmanager import SECRETS, TEMPLATES, MailArgs, RoutesArgs, config_file
from components.monitoring.alerts import AlertsArgs, groups

MAIL = MailArgs(
    server="smtp://mail.example.com", sender="lockgate@example.com", to="ops@example.com,dev@example.com", user="lockgate"
)
BOTH = RoutesArgs(slack=True, mail=MAIL)
RULES = [rule for group in groups(AlertsArgs()) for rule in group.rules]


def written(folder: Path, args: RoutesArgs) -> Path:
    path = folder / "alertmanager.yml"
    path.write_text(config_file(args).replace("/etc/alertmanager/*.tmpl", f"{folder}/*.tmpl"))
    (folder / "lockgate.tmpl").write_text(TEMPLATES)
    return path


def receivers(args: RoutesArgs) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in yaml.safe_load(config_file(args))["receivers"]}


@pytest.mark.parametrize(
    "args", [BOTH, RoutesArgs(slack=True), RoutesArgs(mail=MAIL), RoutesArgs()], ids=["both", "slack", "mail", "none"]
)
def test_amtool_takes_the_configuration(tmp_path: Path, args: RoutesArgs) -> None:
    done = asked("amtool", "check-config", written(tmp_path, args))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 templates" in done.stdout


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.alert}-{rule.labels.get('condition', '')}")
def test_an_alert_goes_to_slack_and_what_is_high_by_mail_too(tmp_path: Path, rule: Any) -> None:
    labels = {"alertname": rule.alert, "severity": rule.severity, "repository": "o/r", **rule.labels}
    wanted = "slack-and-mail" if rule.alert in ("PipelineFailure", "QualityGateFailure") else "slack"
    given = [f"{name}={value}" for name, value in labels.items()]
    done = asked("amtool", "config", "routes", "test", f"--config.file={written(tmp_path, BOTH)}", *given)
    assert (done.returncode, done.stdout.strip()) == (0, wanted)


def test_the_receivers_are_the_channels_that_there_are() -> None:
    assert [set(one) for one in receivers(BOTH).values()] == [
        {"name", "slack_configs"},
        {"name", "slack_configs", "email_configs"},
    ]
    assert [set(one) for one in receivers(RoutesArgs(mail=MAIL)).values()] == [{"name"}, {"name", "email_configs"}]
    assert [set(one) for one in receivers(RoutesArgs()).values()] == [{"name"}, {"name"}]


def test_resolved_alerts_are_told_of_too() -> None:
    both = receivers(BOTH)["slack-and-mail"]
    assert [both[kind][0]["send_resolved"] for kind in ("slack_configs", "email_configs")] == [True, True]


def test_no_secret_stands_in_the_file_but_where_it_is_to_be_read() -> None:
    both = receivers(BOTH)["slack-and-mail"]
    assert both["slack_configs"][0]["api_url_file"] == f"{SECRETS}/slack-webhook"
    assert both["email_configs"][0]["auth_password_file"] == f"{SECRETS}/smtp-password"
    assert not {"api_url", "auth_password", "auth_secret"} & {
        key for kind in ("slack_configs", "email_configs") for key in both[kind][0]
    }


@pytest.mark.parametrize(
    ("server", "host"),
    [("smtp://m.example.com", "m.example.com:587"), ("smtps://m.example.com", "m.example.com:465"), ("smtp://m:2525", "m:2525")],
)
def test_a_mail_server_without_a_port_has_the_usual_one(server: str, host: str) -> None:
    assert MailArgs(server=server, sender="a@b", to="c@d").host == host


def test_tls_from_the_first_byte_at_another_port_is_refused_since_alertmanager_does_not_speak_it() -> None:
    with pytest.raises(ValueError, match="server = smtps://m:2465: Alertmanager takes smtps to port 465 alone"):
        MailArgs(server="smtps://m:2465", sender="a@b", to="c@d")


def test_a_password_in_the_clear_is_refused_since_alertmanager_does_not_send_it() -> None:
    with pytest.raises(ValueError, match="user = lockgate, tls = False: Alertmanager sends no password in the clear"):
        replace(MAIL, tls=False)


def test_a_slow_stage_that_failed_is_told_of_once(tmp_path: Path) -> None:
    """What is medium is silent while the failure of the same stage of the same workflow is told of; of another it is not."""
    (rule,) = yaml.safe_load(config_file(BOTH))["inhibit_rules"]
    assert rule["equal"] == ["repository", "workflow", "stage"]
    by_name = {one.alert: one.expression for one in RULES}
    for alert in ("PipelineFailure", "PerformanceDegradation"):
        assert "by (repository, workflow, stage)" in by_name[alert]
    assert asked("amtool", "check-config", written(tmp_path, BOTH)).returncode == 0
