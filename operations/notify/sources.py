"""Which channels there are: those of the environment, as workflows hand them over, else those of the stack's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.notify.channels import Mail, Slack
from operations.notify.delivery import Channel
from operations.notify.masking import inside, of_environment
from operations.project import NAME, Project
from operations.pulumi_cli import Pulumi

VARIABLES = {
    "SLACK_WEBHOOK_URL": "slackWebhookUrl",
    "EMAIL_NOTIFICATIONS_ENABLED": "emailNotificationsEnabled",
    "EMAIL_FROM": "emailFrom",
    "EMAIL_TO": "emailTo",
    "SMTP_URL": "smtpUrl",
    "SMTP_USER": "smtpUser",
    "SMTP_PASSWORD": "smtpPassword",
}
"""Each variable of the environment and the setting that it wins over."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """The channels, and every secret that their messages must not hold."""

    channels: tuple[Channel, ...]
    secrets: tuple[str, ...]


def known(environ: Mapping[str, str], settings: Mapping[str, Any] | None = None, secrets: tuple[str, ...] = ()) -> Known:
    """Of the environment and of ``settings``, by key. Raises ``UsageError`` where an address is none."""
    given = {key: environ.get(variable) or str((settings or {}).get(key) or "") for variable, key in VARIABLES.items()}
    channels: list[Channel] = []
    if given["slackWebhookUrl"]:
        channels.append(Slack(webhook=given["slackWebhookUrl"]))
    if given["smtpUrl"] and given["emailNotificationsEnabled"].lower() != "false":
        channels.append(_mail(given))
    own = (given["slackWebhookUrl"], given["smtpPassword"])
    return Known(channels=tuple(channels), secrets=(*secrets, *own, *of_environment(environ)))


def of_stack(pulumi: Pulumi, stack: str, environ: Mapping[str, str]) -> Known:
    """With the settings and secrets of the stack; Pulumi is asked only where a channel is configured at all.

    Raises ``StateError`` where the secrets cannot be read.
    """
    if not is_configured(pulumi.project, stack, environ):
        return Known(channels=(), secrets=())
    told = json.loads(pulumi.run("config", "--json", "--show-secrets", "-s", stack))
    prefix = f"{NAME}:"
    values = {key.removeprefix(prefix): entry for key, entry in told.items() if key.startswith(prefix)}
    settings = {key: entry.get("value") for key, entry in values.items()}
    hidden = tuple(text for entry in values.values() if entry.get("secret") for text in _texts(entry))
    return known(environ, settings, hidden)


def is_configured(project: Project, stack: str, environ: Mapping[str, str]) -> bool:
    """Whether anybody is to be told of what happens to the stack."""
    if str(project.setting(stack, "pipelineMonitoringEnabled")).lower() == "false":
        return False
    wanted = (("SLACK_WEBHOOK_URL", "slackWebhookUrl"), ("SMTP_URL", "smtpUrl"))
    return any(environ.get(variable) or project.setting(stack, key) for variable, key in wanted)


def _mail(given: Mapping[str, str]) -> Mail:
    recipients = tuple(one.strip() for one in given["emailTo"].split(",") if one.strip())
    return Mail(
        sender=given["emailFrom"],
        recipients=recipients,
        server=given["smtpUrl"],
        user=given["smtpUser"],
        password=given["smtpPassword"],
    )


def _texts(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The secret values of an entry: those inside an object, else the whole text."""
    found = entry.get("objectValue")
    if found is None:
        try:
            found = json.loads(entry.get("value") or "")
        except ValueError:
            found = None
    return tuple(inside(found)) if isinstance(found, Mapping) else (str(entry.get("value") or ""),)
