"""Reports of tests are summed up: what failed first, then the slowest, then what was skipped."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from infra import run_summary
from infra.errors import LockgateError, UsageError
from infra.run_summary import FiguresOfTests
from operations.checks import junit, report
from operations.cli import cli

PYTEST = """<testsuites><testsuite name="pytest" tests="3">
<testcase classname="tests.unit.test_api" name="test_good" time="0.5"/>
<testcase classname="tests.unit.test_api" name="test_bad" time="0.1"><failure message="assert 1 == 2">long</failure></testcase>
<testcase classname="tests.unit.test_api" name="test_away" time="0"><skipped message="no firefox"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    (tmp_path / "unit-python.xml").write_text(PYTEST)
    return tmp_path


def many(count: int, body: str = "") -> str:
    cases = "".join(f'<testcase name="test_{n}" time="{n}">{body}</testcase>' for n in range(count))
    return f"<testsuite>{cases}</testsuite>"


def test_failures_come_first_then_the_slowest_then_what_was_skipped(reports: Path) -> None:
    text = report.summary(junit.read([reports]))
    assert text.startswith("## Tests: 1 failed, 1 passed, 1 skipped\n")
    failed, slowest, skipped = (text.index(head) for head in ("| failed |", "| slowest |", "| skipped |"))
    assert failed < slowest < skipped
    assert "| `tests.unit.test_api › test_bad` | `assert 1 == 2` | `unit-python` |" in text


def test_only_the_slowest_ten_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(many(30))
    text = report.summary(junit.read([tmp_path]))
    assert text.count("`test_") == 10
    assert text.index("`test_29`") < text.index("`test_20`")


def test_many_failures_are_cut_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(many(report.SHOWN + 3, "<error/>"))
    assert "And 3 failures more." in report.summary(junit.read([tmp_path]))


def test_a_run_that_skipped_all_says_that_nothing_was_tested(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(many(2, "<skipped/>"))
    assert "**Nothing was tested**" in report.summary(junit.read([tmp_path]))


def test_what_a_test_says_is_no_markup(tmp_path: Path) -> None:
    said = '<failure message="x ` &lt;img&gt; @all&#10;y"/>'
    (tmp_path / "a.xml").write_text(f'<testsuite><testcase name="a`b|c">{said}</testcase></testsuite>')
    assert "| `a'b¦c` | `x ' <img> @all y` | `a` |" in report.summary(junit.read([tmp_path]))


def test_other_xml_is_passed_over_and_half_a_report_is_not(reports: Path) -> None:
    (reports / "coverage.xml").write_text("<coverage/>")
    assert len(junit.read([reports])) == 3
    (reports / "cut.xml").write_text(PYTEST[:80])
    with pytest.raises(UsageError, match=r"cut\.xml: not whole XML"):
        junit.read([reports])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("unit-python.xml", "unit-python"),
        ("test-reports-unit/unit-python.xml", "unit-python"),
        ("test-reports-e2e-chromium/e2e-chromium.xml", "e2e-chromium"),
        ("test-reports-unit/junit.xml", "unit/junit"),
        ("test-reports-integration/junit.xml", "integration/junit"),
        ("unit/unitary.xml", "unit/unitary"),
    ],
)
def test_a_report_has_one_name_in_a_folder_of_its_own_and_beside_the_others(tmp_path: Path, path: str, name: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(PYTEST)
    assert {case.report for case in junit.read([tmp_path])} == {name}


def test_seconds_may_have_a_comma_and_must_be_a_number(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_text('<testsuite><testcase name="a" time="1,234.5"/></testsuite>')
    assert junit.read([file])[0].seconds == 1234.5
    for wrong in ("soon", "nan", "inf"):
        file.write_text(f'<testsuite><testcase name="a" time="{wrong}"/></testsuite>')
        with pytest.raises(UsageError, match=rf"a\.xml: time = {wrong}: must be seconds"):
            junit.read([file])


def test_the_command_fails_with_the_failure_and_writes_the_runs_page(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = reports / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    done = CliRunner().invoke(cli, ["checks", "tests", str(reports)])
    assert isinstance(done.exception, LockgateError)
    assert "test_bad first" in str(done.exception)
    assert page.read_text().startswith("## Tests: 1 failed")


def test_reported_only_it_passes_and_still_says_what_failed(reports: Path) -> None:
    done = CliRunner().invoke(cli, ["checks", "tests", str(reports), "--report-only"])
    assert (done.exit_code, "reported only: tests: 1 failed" in done.stderr) == (0, True)


def test_no_report_is_no_pass(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["checks", "tests", str(tmp_path)])
    assert "no report was found" in str(done.exception)


def test_the_counts_are_written_for_the_exporter_though_a_test_failed(reports: Path) -> None:
    file = reports / "summary.json"
    assert CliRunner().invoke(cli, ["checks", "tests", str(reports), "--summary", str(file)]).exit_code == 1
    assert run_summary.read(file.read_text()) == FiguresOfTests(passed=1, failed=1, skipped=1, flaky=0)


def test_where_no_report_was_found_no_counts_are_written(tmp_path: Path) -> None:
    file = tmp_path / "summary.json"
    assert CliRunner().invoke(cli, ["checks", "tests", str(tmp_path), "--summary", str(file)]).exit_code == 1
    assert not file.exists()
