"""The command ``policy``."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON.")
def policy(as_json: bool) -> None:
    """Show the rules that a preview must pass before a release, and why they are there.

    \b
    Examples:
      lockgate policy
      lockgate policy --json | jq -r '.[] | select(.severity == "deny") | .name'
    """
    from operations.tables import plain_table, wide_console
    from policy import RULES

    if as_json:
        rules = [{"name": rule.name, "severity": rule.severity, "why": rule.why} for rule in RULES]
        click.echo(json.dumps(rules, indent=2, ensure_ascii=False))
        return
    table = plain_table("rule", "severity", "why")
    for rule in RULES:
        table.add_row(rule.name, rule.severity, rule.why)
    wide_console().print(table)
