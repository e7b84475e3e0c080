"""The commands ``lockgate workflows``."""

from __future__ import annotations

import json

import click

from infra.errors import LockgateError


@click.group()
def workflows() -> None:
    """The GitHub workflows, rendered from one PipelineSpec.

    \b
    Examples:
      lockgate workflows render
      lockgate workflows list --json
    """


@workflows.command("render")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 where a file differs.")
def render(check: bool) -> None:
    """Write .github/ as the PipelineSpec says, and take away what it no longer renders.

    Files that Lockgate did not render stay as they are.

    \b
    Examples:
      lockgate workflows render
      lockgate workflows render --check
    """
    from components.workflows.standard import own
    from operations import project
    from operations import workflows as files

    root = project.find().root
    if check:
        wrong = ", ".join(f"{one.path} ({one.what})" for one in files.differences(root, own()))
        if wrong:
            raise LockgateError(f".github differs from the PipelineSpec: {wrong}; run `lockgate workflows render`")
        return
    for one in files.write(root, own()):
        click.echo(f"{one.path}: was {one.what}")


@workflows.command("check")
def check_files() -> None:
    """Ask actionlint, zizmor (pedantic) and SchemaStore's schemas about .github/. Exit code 1 where one has a finding.

    The exceptions stand in .github/zizmor.yml, each with its reason.

    \b
    Examples:
      lockgate workflows check
    """
    from operations import project, workflow_linters

    found = workflow_linters.findings(project.find().root)
    for linter, text in found.items():
        click.echo(f"{linter}:\n{text}\n")
    if found:
        raise LockgateError(f".github: {', '.join(found)} found something; correct the PipelineSpec and render again")


@workflows.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def list_checks(as_json: bool) -> None:
    """Show the workflows, and the checks that a pull request gets and needs.

    \b
    Examples:
      lockgate workflows list
      lockgate workflows list --json | jq -r '.required[]'
    """
    from components.workflows.standard import own

    spec = own()
    names = {workflow.file: workflow.name for workflow in spec.workflows}
    published, required = spec.published_checks(), spec.required_checks()
    if as_json:
        click.echo(json.dumps({"workflows": names, "published": published, "required": required}, indent=2))
        return
    for file, name in names.items():
        click.echo(f"{file + '.yml':<14}{name}")
    click.echo("\nChecks of a pull request:")
    for check in published:
        click.echo(f"  {check}{'' if check in required else ' (not required)'}")
