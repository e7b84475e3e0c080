"""The command ``lockgate checks sonar``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.errors import UsageError
from operations.cli_checks import REPORT_ONLY, judge, show

if TYPE_CHECKING:
    from operations.checks.sonar import Verdict


@click.command()
@click.option("--scanner", type=click.Path(exists=True, path_type=Path), help="Run this sonar-scanner first.")
@click.option("--task", type=click.Path(path_type=Path), default=".scannerwork/report-task.txt", show_default=True)
@click.option("--project", default="", envvar="SONAR_PROJECT_KEY", metavar="KEY", help="[$SONAR_PROJECT_KEY]")
@click.option("--server", default="", envvar="SONAR_QUBE_URL", metavar="URL", help="[$SONAR_QUBE_URL]")
@click.option("--comment", "number", type=int, metavar="NUMBER", help="Keep the verdict in one comment on this pull request.")
@click.option("--url", default="", metavar="LINK", help="The run's page, for the comment.")
@click.option("--folder", default="", metavar="PREFIX", help="The service's folder in its repository, as `shop/`.")
@REPORT_ONLY
def sonar(
    scanner: Path | None, task: Path, project: str, server: str, number: int | None, url: str, folder: str, report_only: bool
) -> None:
    """Analyse the service in this folder on SonarQube, and say whether its quality gate passes. Exit code 1 where it fails.

    The token is SONAR_TOKEN. For a pull request (PULL_REQUEST) the findings are those in the files that it changes; a server of
    the Community Edition has them in a project beside the service's, whose token is SONAR_PULL_REQUEST_TOKEN.

    \b
    Examples:
      lockgate checks sonar --scanner "$(command -v sonar-scanner)" --project shop --server https://sonar.example
      lockgate checks sonar --comment 12
    """
    from operations.checks import analyse, sonar_report
    from operations.preview import target

    if not project or not server:
        raise UsageError(f"--project = {project or 'nothing'}, --server = {server or 'nothing'}: both are needed; give them")
    goal = target.of_environment(os.environ, number) if number is not None else None
    verdict = _judged(scanner, task, project, server)
    found = analyse.PullRequest.of(os.environ)
    changed = analyse.changed(Path.cwd(), found.base) if found and found.base else None
    show(sonar_report.summary(verdict, changed))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in sonar_report.marks(verdict, changed, folder):
            click.echo(line)
    if goal is not None:
        click.echo(goal.keep(sonar_report.comment(verdict, changed, url), forgiving=True), err=True)
    judge([] if verdict.passed else [f"quality gate: {one}" for one in verdict.failed], report_only)


def _judged(scanner: Path | None, task: Path, project: str, server: str) -> Verdict:
    from infra import progress
    from infra.sonarqube import SonarQube
    from operations.checks import analyse
    from operations.checks import sonar as asked

    here = Path.cwd()
    planned = analyse.plan(server, project, os.environ, here)
    if scanner is not None:
        analyse.scan(scanner, server, planned, here)
    read = asked.Task.read(task)
    with progress.step(f"SonarQube works on {planned.project}"):
        client = SonarQube(server, planned.login, progress.note)
        return asked.judge(client, read, pull_request=planned.pull_request)
