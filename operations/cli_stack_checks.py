"""The commands ``lockgate checks live`` and ``window``: what a deployment asks of a stack."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from infra.errors import UsageError
from operations.cli_checks import REPORT_ONLY, judge


@click.command()
@click.option("-s", "--stack", required=True, metavar="STACK")
@click.option("--image", default="", metavar="REF", help="The image that must be live, by digest.")
@click.option("--seconds", type=float, default=60.0, show_default=True, help="How long it may take until it answers.")
def live(stack: str, image: str, seconds: float) -> None:
    """Ask the live service for its version, from outside.

    \b
    Examples:
      lockgate checks live -s prod
      lockgate checks live -s prod --image ghcr.io/example/podinfo:1.2.0@sha256:... --seconds 300
    """
    from operations.checks import live as asked
    from operations.cli_release import open_pulumi

    click.echo(asked.check(asked.expected(open_pulumi(), stack, image), seconds))


@click.command()
@click.option("-s", "--stack", required=True, metavar="STACK")
@REPORT_ONLY
def window(stack: str, report_only: bool) -> None:
    """Say whether the delivery workflow may deploy to the stack now, by its deploymentWindow. Exit code 1 outside of it.

    `lockgate release` by hand asks no window, and no rollback does.

    \b
    Examples:
      lockgate checks window -s prod
    """
    from operations import project
    from operations.checks import window as windows

    found = project.find()
    file = found.stack_file(stack)
    if not file.is_file():
        raise UsageError(f"stack {stack}: there is no {file.name} in {found.root}; name a stack of this project")
    known = windows.read(stack, found.setting(stack, windows.SETTING))
    closed = windows.breach(stack, known, datetime.now(UTC))
    judge([closed] if closed else [], report_only)
    if not closed:
        click.echo(windows.summary(stack, known))
