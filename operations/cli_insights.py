"""The command ``insights``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from operations.insights import Insights


@click.command()
@click.option("-s", "--stack", "stacks", multiple=True, metavar="STACK", help="May be repeated. [default: all with a file]")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 400), help="How far to look back.")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), help="The history. [default: .lockgate/history.db]")
@click.option("--offline", is_flag=True, help="Collect nothing: judge what the history has.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def insights(stacks: tuple[str, ...], days: int, store: Path | None, offline: bool, as_json: bool) -> None:
    """Advise on the pipeline from what it has done: what is slow, what waits, what costs, and what a change would save.

    Collects what is new of the stacks' repositories and ledgers first, into a history on this machine.

    \b
    Examples:
      lockgate insights
      lockgate insights --days 90 --json | jq '.advice[] | {title, saving}'
    """
    from operations.insights_view import show
    from operations.tables import wide_console

    found = _find(stacks, days, store, offline)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2, ensure_ascii=False))
    else:
        show(found, wide_console())


def _find(stacks: tuple[str, ...], days: int, store: Path | None, offline: bool) -> Insights:
    from datetime import UTC, datetime

    from history.store import Store
    from operations import insights, past
    from operations.cli_release import open_pulumi
    from operations.preview import run

    pulumi = open_pulumi()
    names = run.chosen(pulumi, stacks)
    path = store or past.default(pulumi.project)
    if offline and not path.is_file():
        raise click.BadParameter(f"{path}: is not there; leave --offline away, and it is made", param_hint="--store")
    with Store(path) as opened:
        problems = [] if offline else past.collect(pulumi, names, opened)
        return insights.insights(opened, past.rates(pulumi.project, names), datetime.now(UTC), days, problems)
