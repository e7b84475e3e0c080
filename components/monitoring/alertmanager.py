"""Who is told of an alert, as typed values, and the file that Alertmanager reads.

The format: https://prometheus.io/docs/alerting/latest/configuration/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import yaml

SECRETS = "/etc/alertmanager/secrets"
"""The folder in which Alertmanager finds what must not stand in its file."""
WEBHOOK, PASSWORD = "slack-webhook", "smtp-password"

TEMPLATES = """\
{{ define "lockgate.subject" }}{{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }}{{ else }}RESOLVED\
{{ end }} {{ .CommonLabels.alertname }}{{ with .GroupLabels.repository }} {{ . }}{{ end }}{{ with .GroupLabels.workflow }}\
 {{ . }}{{ end }}{{ with .GroupLabels.project }} {{ . }}{{ end }}{{ end }}
{{ define "lockgate.text" }}{{ range .Alerts }}{{ if eq .Status "resolved" }}Resolved: {{ end }}{{ .Annotations.summary }}
{{ .Annotations.description }}{{ with .Annotations.url }}
{{ . }}{{ end }}
Runbook: {{ .Annotations.runbook }}
{{ end }}{{ end }}
"""


@dataclass(frozen=True, kw_only=True)
class MailArgs:
    """``server`` is smtp://HOST[:587], which goes on by STARTTLS where ``tls``, or smtps://HOST[:465]; ``to`` has commas between.

    Alertmanager speaks TLS from the first byte to port 465 alone.
    """

    server: str
    sender: str
    to: str
    user: str = ""
    tls: bool = True

    def __post_init__(self) -> None:
        if urlsplit(self.server).scheme == "smtps" and urlsplit(self.server).port not in (None, 465):
            raise ValueError(f"server = {self.server}: Alertmanager takes smtps to port 465 alone; use smtp:// with STARTTLS")
        if self.user and not self.tls:
            raise ValueError(f"user = {self.user}, tls = False: Alertmanager sends no password in the clear; sign in with TLS")

    @property
    def host(self) -> str:
        """HOST:PORT."""
        parts = urlsplit(self.server)
        return f"{parts.hostname}:{parts.port or (465 if parts.scheme == 'smtps' else 587)}"


@dataclass(frozen=True, kw_only=True)
class RoutesArgs:
    """Whom to tell: ``slack`` where there is a webhook, ``mail`` where there is a mail server. Times are in seconds.

    The first message of a group waits ``group_wait_seconds`` for alerts that belong to it, a later one
    ``group_interval_seconds``; what goes on is told again after ``repeat_hours``.
    """

    slack: bool = False
    mail: MailArgs | None = None
    group_wait_seconds: int = 30
    group_interval_seconds: int = 300
    repeat_hours: int = 24


def config_file(args: RoutesArgs) -> str:
    """The YAML of Alertmanager's configuration; secrets are named in it by their files."""
    document = {
        "global": {"resolve_timeout": "5m"},
        "templates": ["/etc/alertmanager/*.tmpl"],
        "route": _route(args),
        "receivers": _receivers(args),
        "inhibit_rules": [_inhibition()],
    }
    return yaml.safe_dump(document, sort_keys=False, width=130)


def _route(args: RoutesArgs) -> dict[str, Any]:
    """What is high goes everywhere, all else to Slack alone."""
    return {
        "receiver": "slack",
        "group_by": ["alertname", "repository", "workflow", "project"],
        "group_wait": f"{args.group_wait_seconds}s",
        "group_interval": f"{args.group_interval_seconds}s",
        "repeat_interval": f"{args.repeat_hours}h",
        "routes": [{"matchers": ['severity="high"'], "receiver": "slack-and-mail"}],
    }


def _receivers(args: RoutesArgs) -> list[dict[str, Any]]:
    slack = {"slack_configs": [_slack()]} if args.slack else {}
    mail = {"email_configs": [_mail(args.mail)]} if args.mail else {}
    return [{"name": "slack", **slack}, {"name": "slack-and-mail", **slack, **mail}]


def _slack() -> dict[str, Any]:
    return {
        "api_url_file": f"{SECRETS}/{WEBHOOK}",
        "send_resolved": True,
        "title": '{{ template "lockgate.subject" . }}',
        "title_link": "{{ with (index .Alerts 0).Annotations.url }}{{ . }}{{ end }}",
        "text": '{{ template "lockgate.text" . }}',
        "fallback": '{{ template "lockgate.subject" . }}',
        "color": '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
    }


def _mail(args: MailArgs) -> dict[str, Any]:
    signed_in = {"auth_username": args.user, "auth_password_file": f"{SECRETS}/{PASSWORD}"} if args.user else {}
    return {
        "to": args.to,
        "from": args.sender,
        "smarthost": args.host,
        "require_tls": args.tls,
        **signed_in,
        "send_resolved": True,
        "headers": {"Subject": '{{ template "lockgate.subject" . }}'},
        "html": "",
        "text": '{{ template "lockgate.text" . }}',
    }


def _inhibition() -> dict[str, Any]:
    """A stage that failed is not told of as slow besides."""
    return {
        "source_matchers": ['alertname="PipelineFailure"'],
        "target_matchers": ['alertname="PerformanceDegradation"'],
        "equal": ["repository", "workflow", "stage"],
    }
