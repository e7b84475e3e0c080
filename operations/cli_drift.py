"""The command ``drift``."""

from __future__ import annotations

import json
import sys

import click


@click.command()
@click.option("-s", "--stack", "stacks", multiple=True, metavar="STACK", help="May be repeated. [default: all with a file]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def drift(stacks: tuple[str, ...], as_json: bool) -> None:
    """Show what differs live from what the stacks' states say, and what an update would do about it. Changes nothing.

    Exit code 1 when something differs, or could not be looked at.

    \b
    Examples:
      lockgate drift
      lockgate drift -s prod --json | jq '.stacks[].drift'
    """
    from operations import backend, environment, project
    from operations.preview import run, schema, text
    from operations.pulumi_cli import Pulumi
    from operations.tables import wide_console

    found = project.find()
    pulumi = Pulumi(found, environment.child(found))
    backend.demand(found, pulumi.environment)
    report = run.report(pulumi, run.chosen(pulumi, stacks), run.Asked(drift=True))
    if as_json:
        click.echo(json.dumps(schema.to_dict(report), indent=2, ensure_ascii=False))
    else:
        text.show(report, wide_console())
    sys.exit(1 if any(one.drifted or one.failed for one in report.stacks) else 0)
