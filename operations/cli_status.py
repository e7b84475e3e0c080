"""The command ``status``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from operations.cli_release import JSON, open_pulumi


@click.command()
@click.option("-s", "--stack", metavar="STACK", default="", help="The stack, unless it is --all.")
@click.option("--all", "every", is_flag=True, help="All stacks that have a file, and the last runs of their pipelines.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="With --all: as one page that needs no server.")
@JSON
def status(stack: str, every: bool, html: Path | None, as_json: bool) -> None:
    """Show what is live, the slots, the ledger, and whether a return would be warm; of one stack or, in short, of all.

    Exit code 1 with --all where one could not be read, or differs from its cluster.

    \b
    Examples:
      lockgate status -s prod
      lockgate status -s prod --json | jq -r .live.id
      lockgate status --all --html stacks.html
    """
    if every == bool(stack):
        raise click.UsageError("give one of --stack STACK and --all")
    if html and not every:
        raise click.UsageError("--html is the page of every stack; give --all too")
    if every:
        _overview(html, as_json)
        return
    from operations import status as statuses
    from operations import status_view
    from operations.tables import wide_console

    found = statuses.read(open_pulumi(), stack)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    else:
        status_view.show(found, wide_console())


def _overview(html: Path | None, as_json: bool) -> None:
    from operations import overview, overview_page, overview_view
    from operations.preview import run
    from operations.tables import wide_console

    pulumi = open_pulumi()
    found = overview.read(pulumi, run.stacks(pulumi.project))
    if html:
        overview_page.write(found, html)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    elif not html:
        overview_view.show(found, wide_console())
    sys.exit(0 if found.ok else 1)
