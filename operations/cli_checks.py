"""The commands ``lockgate checks``: what the scripts of the pipeline ask about their reports."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.errors import LockgateError

if TYPE_CHECKING:
    from operations.checks.flaky import Known
    from operations.checks.junit import Case
    from operations.preview.comment import Target

FOLDER = click.Path(file_okay=False, path_type=Path)
STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
SUMMARY = click.option(
    "--summary", type=click.Path(dir_okay=False, path_type=Path), help="Write the counts there, for the exporter."
)
REPORT_ONLY = click.option("--report-only", is_flag=True, help="Exit code 0 whatever is found.")


@click.group()
def checks() -> None:
    """Sum up the reports of tests and scanners, and say whether they pass.

    The summary is Markdown, on stdout, and in a workflow on the run's page too.

    \b
    Examples:
      lockgate checks tests reports
      lockgate checks coverage reports --minimum 80 --drop 2
      lockgate checks security reports/security
    """


@checks.command()
@click.argument("paths", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
@click.option("--history", type=click.Path(dir_okay=False, path_type=Path), help="Earlier runs: they show which tests are flaky.")
@click.option("--remember", is_flag=True, help="Add this run of a workflow to the history.")
@click.option("--comment", "number", type=int, metavar="NUMBER", help="Keep the report in one comment on this pull request.")
@click.option("--url", default="", metavar="LINK", help="The run's page, for the comment.")
@SUMMARY
@REPORT_ONLY
def tests(
    paths: tuple[Path, ...],
    history: Path | None,
    remember: bool,
    number: int | None,
    url: str,
    summary: Path | None,
    report_only: bool,
) -> None:
    """Show the tests of JUnit files, or of all below a folder: failures first, then the slowest ten. Exit code 1 if one failed.

    \b
    Examples:
      lockgate checks tests reports
      lockgate checks tests reports --history tests.json --remember --comment 12
    """
    from infra import run_summary
    from operations.checks import junit, report

    if remember and history is None:
        raise click.UsageError("--remember adds the run to a history; give --history FILE too")
    goal = _goal(number) if number is not None else None
    cases = junit.read(paths)
    known = _known(cases, history, remember) if history is not None else None
    show(report.summary(cases, known))
    if summary and cases:
        summary.write_text(run_summary.document(report.outcomes(cases, known)))
    if goal is not None:
        click.echo(goal.keep(report.comment(cases, known, url), forgiving=True), err=True)
    failed = report.failures(cases, known)
    found = [f"tests: {len(failed)} failed, {failed[0].name} first"] if failed else []
    judge(found if cases else ["tests: no report was found"], report_only)


def _goal(number: int) -> Target:
    from operations.preview import target

    return target.of_environment(os.environ, number)


def _known(cases: Sequence[Case], file: Path, remember: bool) -> Known:
    """What the history says of the tests. A run without a test is not remembered."""
    from operations.checks import flaky, history, history_file

    if remember:
        history.demand(os.environ)
    before, this = history_file.read(file), history.this_run(cases, os.environ, datetime.now(UTC))
    if remember and cases:
        history_file.write(file, history.remember(before, this))
    return flaky.known(before, this)


@checks.command()
@click.argument("folder", type=FOLDER)
@click.option("--minimum", type=float, default=80.0, show_default=True, help="Percent that must be covered.")
@click.option("--drop", type=float, default=2.0, show_default=True, help="Points that it may be below the base.")
@click.option("--base", type=click.Path(dir_okay=False, path_type=Path), help="The base's figure. [default: .coverage-base]")
@click.option("--write-base", is_flag=True, help="Make this coverage the base; for a commit to the default branch.")
@REPORT_ONLY
def coverage(folder: Path, minimum: float, drop: float, base: Path | None, write_base: bool, report_only: bool) -> None:
    """Compare the coverage in the reports below FOLDER with a minimum, and with the base.

    \b
    Examples:
      lockgate checks coverage reports
      lockgate checks coverage reports --write-base
    """
    from operations.checks import coverage as measured

    file = base or measured.BASE
    parts, before = measured.read(folder), measured.base(file)
    found = measured.breaches(parts, before, minimum=minimum, drop=drop)
    show(measured.summary(parts, before, minimum=minimum))
    judge(found, report_only)
    if write_base and parts:
        file.write_text(f"{measured.whole(parts).percent:.2f}\n")


@checks.command()
@click.argument("folder", type=FOLDER)
@click.option("--severity", type=click.Choice(["low", "medium", "high", "critical"]), default="medium", show_default=True)
@click.option("--vulnerabilities", type=int, default=0, show_default=True, help="How many may be there.")
@click.option("--secrets", type=int, default=0, show_default=True, help="How many may be there.")
@SUMMARY
@REPORT_ONLY
def security(folder: Path, severity: str, vulnerabilities: int, secrets: int, summary: Path | None, report_only: bool) -> None:
    """Judge all SARIF files below FOLDER: what is of --severity or more counts. Says which scanners did not look.

    \b
    Examples:
      lockgate checks security reports/security --severity high --summary summary.json
    """
    from infra import run_summary
    from operations.checks import sarif
    from operations.checks import security as judged

    limits = judged.Limits(least=severity, vulnerabilities=vulnerabilities, secrets=secrets)
    found = judged.breaches(sarif.read(folder), limits)
    show(judged.summary(folder, limits))
    if summary:
        summary.write_text(run_summary.document(judged.counts(folder)))
    for name, why in judged.skipped(folder):
        click.echo(f"{name} did not look: {why}", err=True)
    judge(found, report_only)


@checks.command("sarif")
@click.argument("report", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--folder", default="", metavar="PREFIX", help="The service's folder in its repository, as `shop/`.")
def sarif_(report: Path, folder: str) -> None:
    """Make a scanner's REPORT fit for GitHub's code scanning: a category of its own, and paths from the repository's root.

    \b
    Examples:
      lockgate checks sarif reports/security/semgrep.sarif --folder "$(git rev-parse --show-prefix)"
    """
    from operations.checks import code_scanning

    code_scanning.prepare(report, folder)


@checks.command()
@click.argument("service", type=FOLDER)
@click.option("--packages", type=FOLDER, required=True, help="Where the Python packages are installed.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The SARIF file to write.")
def licences(service: Path, packages: Path, output: Path) -> None:
    """Look at the licence of each package of SERVICE. What is not allowed goes to OUTPUT, for `checks security`.

    \b
    Examples:
      lockgate checks licences . --packages dist/packages --output reports/security/licences.sarif
    """
    from operations.checks import licences as looked
    from operations.checks import sarif

    output.write_text(sarif.document(looked.SCANNER, looked.findings(service, packages)))


def show(summary: str) -> None:
    click.echo(summary)
    page = os.environ.get(STEP_SUMMARY)
    if page:
        with Path(page).open("a") as file:
            file.write(f"{summary}\n")


def judge(found: Sequence[str], report_only: bool) -> None:
    """Ends with what was found, or only shows it."""
    if found and not report_only:
        raise LockgateError("\n       ".join(found))
    for text in found:
        click.echo(f"reported only: {text}", err=True)
