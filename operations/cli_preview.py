"""The command ``preview-report``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from operations.preview.comment import Target
    from operations.preview.model import Report


@click.command("preview-report")
@click.option("-s", "--stack", "stacks", multiple=True, metavar="STACK", help="May be repeated. [default: all with a file]")
@click.option("--drift", is_flag=True, help="Also show what differs live from the state.")
@click.option("--allow-delete", "words", multiple=True, metavar="NAME", help="A stateful resource that may be deleted.")
@click.option("--comment", "number", type=int, metavar="NUMBER", help="Keep the report in one comment on this pull request.")
@click.option("--repository", default="", metavar="OWNER/NAME", help="Of the pull request. [default: $GITHUB_REPOSITORY]")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the full report too; *.json is JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print it as Markdown, cut to the size of a comment.")
@click.option("--fork", is_flag=True, help="For a pull request from a fork: without secrets, state and cluster.")
def preview_report(
    stacks: tuple[str, ...],
    drift: bool,
    words: tuple[str, ...],
    number: int | None,
    repository: str,
    output: Path | None,
    as_json: bool,
    as_markdown: bool,
    fork: bool,
) -> None:
    """Show what an update of every stack would do: what is risky, what it does to the traffic, and whether it can be undone.

    Exit code 1 when a preview fails or the policy denies one. Changes nothing but the comment.

    \b
    Examples:
      lockgate preview-report
      lockgate preview-report -s prod --drift --json | jq '.stacks[].undo'
      lockgate preview-report --comment 12 --output preview-report.md
    """
    from operations import backend, environment, project
    from operations.preview import run, target
    from operations.pulumi_cli import Pulumi

    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other; choose one")
    found = project.find()
    pulumi = Pulumi(found, environment.child(found))
    if not fork:
        backend.demand(found, pulumi.environment)
    names = run.chosen(pulumi, stacks)
    goal = target.find(pulumi, names, number, repository) if number is not None else None
    report = run.report(pulumi, names, run.Asked(drift=drift, fork=fork, words=words))
    _show(report, output, as_json, as_markdown)
    if goal is not None:
        _publish(report, goal)
    sys.exit(0 if report.ok else 1)


def _show(report: Report, output: Path | None, as_json: bool, as_markdown: bool) -> None:
    from operations.preview import markdown, schema, text
    from operations.tables import wide_console

    whole = json.dumps(schema.to_dict(report), indent=2, ensure_ascii=False)
    if output is not None:
        output.write_text(f"{whole}\n" if output.suffix == ".json" else markdown.full(report))
    if as_json:
        click.echo(whole)
    elif as_markdown:
        click.echo(markdown.comment(report), nl=False)
    else:
        text.show(report, wide_console())


def _publish(report: Report, goal: Target) -> None:
    """A fork's token may not write, and that is no fault of its pull request."""
    from operations.preview import comment, markdown

    click.echo(goal.keep(markdown.comment(report, comment.MARKER), forgiving=report.fork), err=True)
