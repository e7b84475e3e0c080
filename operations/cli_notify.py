"""The command ``notify``."""

from __future__ import annotations

import json
import os
import sys

import click

from operations.notify.message import EVENTS


@click.command()
@click.option("--event", required=True, type=click.Choice([*EVENTS]), help="What kind of thing happened.")
@click.option("--subject", required=True, metavar="TEXT", help="What happened, in a few words.")
@click.option("-s", "--stack", default="", metavar="STACK", help="Where; its settings say who is told, its state what is live.")
@click.option("--url", default="", metavar="LINK", help="Where to look.")
@click.option("--detail", default="", metavar="TEXT", help="Why, in a sentence.")
@click.option("--dry-run", is_flag=True, help="Show the message and who would get it; send nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what became of it as JSON.")
def notify(event: str, subject: str, stack: str, url: str, detail: str, dry_run: bool, as_json: bool) -> None:
    """Tell people something, by Slack and e-mail: once, short, and without any secret.

    The channels are those of the environment (SLACK_WEBHOOK_URL; SMTP_URL, EMAIL_FROM, EMAIL_TO, SMTP_USER, SMTP_PASSWORD;
    EMAIL_NOTIFICATIONS_ENABLED), else those of the stack's settings. Exit code 0 where everybody was told, or nobody is to
    be; 1 where a channel failed for good.

    \b
    Examples:
      lockgate notify --event failure --subject "Continuous Deployment failed" --url https://github.com/o/r/actions/runs/1
      lockgate notify --event deployment --subject "1.2.0 is live" -s prod --dry-run
    """
    from operations.notify import by_hand

    found, made = by_hand.prepared(event, subject, stack=stack, url=url, detail=detail, environ=os.environ)
    if dry_run or not found.channels:
        click.echo(by_hand.shown(made, found.channels))
        return
    deliveries = by_hand.deliver(made, found.channels)
    if as_json:
        click.echo(json.dumps([{"channel": one.channel, "fault": one.fault} for one in deliveries], indent=2))
    for one in () if as_json else deliveries:
        click.echo(str(one), err=bool(one.fault))
    sys.exit(1 if any(one.fault for one in deliveries) else 0)
