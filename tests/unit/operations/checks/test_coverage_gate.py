"""Coverage passes from the minimum on, and no more than the allowed points below the base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.errors import UsageError
from operations.checks import coverage
from operations.checks.coverage import Part, breaches
from operations.cli import cli


def parts(covered: int, total: int = 1000) -> list[Part]:
    return [Part(report="coverage.xml", covered=covered, total=total)]


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """85 of 100 lines, in Python and JavaScript."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "reports"
    (folder / "web").mkdir(parents=True)
    (folder / "coverage.xml").write_text('<coverage lines-covered="75" lines-valid="90" line-rate="0.83"/>')
    (folder / "web" / "coverage-summary.json").write_text(json.dumps({"total": {"lines": {"covered": 10, "total": 10}}}))
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["checks", "coverage", "reports", *arguments])


@pytest.mark.parametrize(
    ("covered", "base", "count"),
    [(800, None, 0), (799, None, 1), (900, 92.0, 0), (899, 92.0, 1), (799, 92.0, 2), (1000, 50.0, 0), (800, 82.0, 0)],
)
def test_the_limits_hold_to_the_tenth_of_a_point(covered: int, base: float | None, count: int) -> None:
    assert len(breaches(parts(covered), base, minimum=80, drop=2)) == count


def test_nothing_measured_is_no_pass() -> None:
    assert breaches([], None, minimum=0, drop=2) == ["coverage: no report was found; run the unit tests first"]


@pytest.mark.usefixtures("reports")
def test_all_languages_count_by_their_lines() -> None:
    done = run()
    assert done.exit_code == 0
    assert "## Coverage: 85.00 % (at least 80 %)" in done.stdout
    assert "| `web/coverage-summary.json` | 100.00 % | 10 of 10 |" in done.stdout


def test_a_drop_is_refused_and_said_with_the_base(reports: Path) -> None:
    (reports.parent / ".coverage-base").write_text("87.5\n")
    done = run()
    assert "85.00 %: must not be more than 2 points below the base (87.5 %)" in str(done.exception)


def test_what_is_only_reported_passes(reports: Path) -> None:
    (reports.parent / ".coverage-base").write_text("99\n")
    done = run("--minimum", "90", "--report-only")
    assert done.exit_code == 0
    assert done.stderr.count("reported only: ") == 2


def test_the_base_is_written_only_by_a_coverage_that_passes(reports: Path) -> None:
    base = reports.parent / ".coverage-base"
    run("--minimum", "90", "--write-base")
    assert not base.exists()
    run("--write-base")
    assert base.read_text() == "85.00\n"


def test_a_base_that_is_no_figure_is_refused(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("high")
    with pytest.raises(UsageError, match="base = high: must be percent"):
        coverage.base(tmp_path / "base")
