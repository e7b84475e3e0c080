"""The command ``lockgate``. Each command imports what it needs when it runs, so that ``--help`` is instant."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from infra.errors import LockgateError
from operations.cli_artifacts import artifacts
from operations.cli_checks import checks
from operations.cli_debt import debt
from operations.cli_drift import drift
from operations.cli_exporter import exporter
from operations.cli_insights import insights
from operations.cli_notify import notify
from operations.cli_pipeline import pipeline
from operations.cli_policy import policy
from operations.cli_preview import preview_report
from operations.cli_release import ALLOW_DELETE, release, rollback
from operations.cli_review import review
from operations.cli_sonar import sonar
from operations.cli_stack_checks import live, window
from operations.cli_status import status
from operations.cli_workflows import workflows


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="lockgate", prog_name="lockgate")
def cli() -> None:
    """Releases a service blue-green on Kubernetes, by Pulumi, and can always go back.

    \b
    Examples:
      lockgate up                                           dev, staging and prod on this machine's lab
      lockgate release -s staging --image podinfo:1.1.0     make a release live
      lockgate rollback -s staging                          go back to the one before
      eval "$(.venv/bin/lockgate env)"                      a shell for plain pulumi and kubectl
    """


@cli.command()
@ALLOW_DELETE
@click.option("--json", "as_json", is_flag=True, help="Print the stacks as JSON.")
def up(words: tuple[str, ...], as_json: bool) -> None:
    """Bring up tools, lab, backend and the stacks dev, staging and prod.

    What is there already is left alone; a second run changes nothing. A stack that the policy denies is not begun
    (`lockgate policy`).

    \b
    Examples:
      lockgate up
      lockgate up --json | jq -r '.[].url'
    """
    from operations import project, up, up_view
    from operations.tables import wide_console

    stacks = up.up(project.find(), words)
    if as_json:
        _print_json(up_view.to_dict(stacks))
    else:
        up_view.show(stacks, wide_console())


@cli.command()
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def clean(yes: bool) -> None:
    """Remove the lab with its data, the stacks' state and passphrase, and what `up` wrote into the stacks' files.

    \b
    Examples:
      lockgate clean --yes
    """
    from operations import clean as cleaning
    from operations import project

    found = project.find()
    if not yes:
        click.confirm(f"Remove the lab of this machine and {found.data}?", abort=True, err=True)
    cleaning.clean(found)


@cli.group()
def lab() -> None:
    """The embedded Kubernetes of this machine.

    \b
    Examples:
      lockgate lab up
      lockgate lab status --json
    """


@lab.command("up")
def lab_up() -> None:
    """Start it, or repair it.

    \b
    Examples:
      lockgate lab up
    """
    from operations import lab_view, up

    up.prepare(uses_lab=True)
    click.echo(lab_view.text(), nl=False)


@lab.command("down")
def lab_down() -> None:
    """Stop it and leave nothing running or mounted; its data stays.

    \b
    Examples:
      lockgate lab down
    """
    import lab

    lab.down()


@lab.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def lab_status(as_json: bool) -> None:
    """Show which of its processes run. Exit code 1 when it is not healthy.

    \b
    Examples:
      lockgate lab status
      lockgate lab status --json | jq .healthy
    """
    from operations import lab_view

    found = lab_view.to_dict()
    click.echo(json.dumps(found, indent=2) if as_json else lab_view.text(), nl=as_json)
    sys.exit(0 if found["healthy"] else 1)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def doctor(as_json: bool) -> None:
    """Show which tools and clusters this machine has, and what is missing. Exit code 1 when a tool or every cluster is.

    \b
    Examples:
      lockgate doctor
      lockgate doctor --json | jq '.findings[] | select(.ok | not)'
    """
    from dataclasses import asdict

    from operations import doctor, project

    findings = doctor.examine(project.find())
    fit = doctor.is_fit(findings)
    if as_json:
        _print_json({"ok": fit, "findings": [asdict(one) for one in findings]})
    for one in [] if as_json else findings:
        mark = click.style("✓", fg="green") if one.ok else click.style("✗", fg="red")
        click.echo(f"{mark} {one.kind:<8}{one.name:<28}{one.detail}")
    sys.exit(0 if fit else 1)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the variables as JSON.")
def env(as_json: bool) -> None:
    """Print the variables with which plain pulumi and kubectl work on the same backend, lab and versions.

    \b
    Examples:
      eval "$(.venv/bin/lockgate env)"
      lockgate env --json | jq -r .PULUMI_BACKEND_URL
    """
    from operations import environment, project

    variables = environment.build(project.find())
    if as_json:
        _print_json(variables)
    else:
        click.echo(environment.export_lines(variables), nl=False)


COMMANDS = (
    *(release, rollback, status, policy, preview_report, drift, workflows, notify, checks, artifacts, pipeline),
    *(exporter, insights, review),
)
for command in COMMANDS:
    cli.add_command(command)
for command in (live, window, debt, sonar):
    checks.add_command(command)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def main() -> None:
    """Exit code 0 when all went well, 1 when something failed, 2 when the command was called wrongly."""
    try:
        cli()
    except LockgateError as error:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {error}", err=True)
        sys.exit(error.exit_code)
