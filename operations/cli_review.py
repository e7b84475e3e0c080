"""The commands ``lockgate review``: what a workflow does for whoever reviews a pull request."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from operations.cli_checks import judge, show

if TYPE_CHECKING:
    from operations.review.change import Change

NUMBER = click.argument("number", type=int, envvar="PULL_REQUEST")


@click.group()
def review() -> None:
    """Label a pull request, ask its owners, look at its checklist.

    As in a workflow: GITHUB_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL. Rules come from the branch that it goes into.

    \b
    Examples:
      lockgate review prepare 12
      lockgate review checklist 12
    """


@review.command()
@NUMBER
def prepare(number: int) -> None:
    """Give pull request NUMBER [$PULL_REQUEST] its labels by path and size, and ask the owners of what it changes.

    Labels are those of .github/review.yml, owners those of CODEOWNERS. A second time changes nothing. A fork's token may not
    write, and that is said.

    \b
    Examples:
      lockgate review prepare 12
    """
    from operations.review import owners
    from operations.review.rules import FILE, Rules, size

    change = _change(number)
    rules = Rules.read(change.of_base(FILE))
    found = owners.owners(owners.parse(change.of_base(*owners.FILES)), (one.path for one in change.files))
    lines = rules.counted(change.files)
    done = [*change.label(rules), *change.ask(found)]
    show("\n".join([f"## Review: {lines} changed lines, {size(lines)}", "", *(f"- {one}" for one in done)]))
    if lines > rules.large:
        text = f"{lines} changed lines are more than {rules.large}: large changes hide mistakes; split it where it can be"
        click.echo(
            f"::warning title=A large pull request::{text}" if _in_workflow() else f"warning: {text}", err=not _in_workflow()
        )


@review.command()
@NUMBER
def checklist(number: int) -> None:
    """Look whether the boxes of the template are ticked in the text of pull request NUMBER [$PULL_REQUEST]. Exit code 1 if not.

    A box that ends with (optional) need not be.

    \b
    Examples:
      lockgate review checklist 12
    """
    from operations.checks.markdown import code
    from operations.review import checklist as boxes

    change = _change(number)
    template = change.of_base(*boxes.PATHS)
    left, wanted = boxes.missing(template, change.told["body"] or ""), boxes.required(template)
    show(
        "\n".join(
            [f"## Checklist: {len(wanted) - len(left)} of {len(wanted)} ticked", "", *(f"- [ ] {code(one)}" for one in left)]
        )
    )
    judge([f"checklist: not ticked in the pull request's text: {one}" for one in left], report_only=False)


def _change(number: int) -> Change:
    from operations.preview import target
    from operations.review.change import Change

    found = target.of_environment(os.environ, number)
    return Change(client=found.client, repository=found.repository, number=number)


def _in_workflow() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"
