"""The command ``lockgate checks debt``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.errors import UsageError
from operations.cli_checks import show

if TYPE_CHECKING:
    from operations.checks.debt import Entry

NEW = (
    "the history of debt is not here, and this is run {run} of the workflow: it begins anew; "
    "the artifact technical-debt of an earlier run has it"
)


@click.command()
@click.option("--measure", "counted", multiple=True, metavar="NAME=NUMBER", help="What was counted; may be given several times.")
@click.option("--history", type=click.Path(dir_okay=False, path_type=Path), help="Earlier commits: they show how it goes.")
@click.option("--remember", is_flag=True, help="Add this commit (GITHUB_SHA) to the history.")
@click.option("--limit", type=float, default=10.0, show_default=True, help="Percent that a measure may grow without a warning.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def debt(counted: tuple[str, ...], history: Path | None, remember: bool, limit: float, as_json: bool) -> None:
    """Show the technical debt and how it goes from commit to commit; warn where it grows. Never fails because of it.

    With SONAR_QUBE_URL, SONAR_PROJECT_KEY and SONAR_TOKEN what SonarQube says of the project's main branch is in it too.

    \b
    Examples:
      lockgate checks debt --measure notes=12 --measure complex_functions=3
      lockgate checks debt --measure notes=12 --history debt.json --remember
    """
    from operations.checks import debt as kept

    if remember and (history is None or not os.environ.get("GITHUB_SHA")):
        raise UsageError("--remember adds a commit to a history; give --history FILE and GITHUB_SHA too")
    entry = _entry(counted, os.environ)
    found = kept.read(history) if history else None
    entries = found or ()
    if remember and history:
        kept.write(history, kept.remember(entries, entry))
    if as_json:
        click.echo(kept.document(entries, entry, limit))
    else:
        show(kept.summary(entries, entry))
    _warn([*_lost(history, found), *kept.grown(entries, entry, limit)])


def _entry(counted: Sequence[str], environ: Mapping[str, str]) -> Entry:
    from operations.checks.debt import Entry

    measures = {**_numbers(counted), **_on_sonarqube(environ)}
    return Entry(commit=environ.get("GITHUB_SHA", ""), time=datetime.now(UTC).replace(microsecond=0), measures=measures)


def _numbers(counted: Sequence[str]) -> dict[str, float]:
    from operations.checks.debt import MEASURES

    found = {}
    for text in counted:
        name, _, number = text.partition("=")
        if name not in MEASURES or not number.isdigit():
            raise UsageError(f"--measure {text[:60]}: must be NAME=NUMBER, with NAME one of {', '.join(MEASURES)}")
        found[name] = float(number)
    return found


def _on_sonarqube(environ: Mapping[str, str]) -> dict[str, float]:
    url, project, token = (environ.get(name, "") for name in ("SONAR_QUBE_URL", "SONAR_PROJECT_KEY", "SONAR_TOKEN"))
    if not (url and project and token):
        return {}
    from infra.progress import note
    from infra.sonarqube import Login, SonarQube
    from operations.checks import debt_on_sonarqube

    return debt_on_sonarqube.measures(SonarQube(url, Login(token=token), note), project)


def _lost(history: Path | None, found: Sequence[Entry] | None) -> list[str]:
    """A history that is gone although there were earlier runs."""
    run = os.environ.get("GITHUB_RUN_NUMBER", "1")
    return [NEW.format(run=run)] if history and found is None and run != "1" else []


def _warn(texts: Sequence[str]) -> None:
    workflow = os.environ.get("GITHUB_ACTIONS") == "true"
    for text in texts:
        click.echo(f"::warning title=Technical debt::{text}" if workflow else f"warning: {text}", err=not workflow)
