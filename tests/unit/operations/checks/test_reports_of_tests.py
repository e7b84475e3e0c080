"""Reports of tests are summed up: what failed first, then the slowest, then what was skipped."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.errors import LockgateError, UsageError
from operations.checks import junit
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
    text = junit.summary(junit.read([reports]))
    assert text.startswith("## Tests: 1 failed, 1 passed, 1 skipped\n")
    failed, slowest, skipped = (text.index(head) for head in ("| failed |", "| slowest |", "| skipped |"))
    assert failed < slowest < skipped
    assert "| `tests.unit.test_api › test_bad` | `assert 1 == 2` | unit-python |" in text


def test_only_the_slowest_ten_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(many(30))
    text = junit.summary(junit.read([tmp_path]))
    assert text.count("`test_") == 10
    assert text.index("`test_29`") < text.index("`test_20`")


def test_many_failures_are_cut_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(many(junit.FAILURES_SHOWN + 3, "<error/>"))
    assert "And 3 failures more." in junit.summary(junit.read([tmp_path]))


def test_a_run_that_skipped_all_says_that_nothing_was_tested(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(many(2, "<skipped/>"))
    assert "**Nothing was tested**" in junit.summary(junit.read([tmp_path]))


def test_what_a_test_says_is_no_markup(tmp_path: Path) -> None:
    said = '<failure message="x ` &lt;img&gt; @all&#10;y"/>'
    (tmp_path / "a.xml").write_text(f'<testsuite><testcase name="a`b|c">{said}</testcase></testsuite>')
    assert "| `a'b¦c` | `x ' <img> @all y` | a |" in junit.summary(junit.read([tmp_path]))


def test_other_xml_is_passed_over_and_half_a_report_is_not(reports: Path) -> None:
    (reports / "coverage.xml").write_text("<coverage/>")
    assert len(junit.read([reports])) == 3
    (reports / "cut.xml").write_text(PYTEST[:80])
    with pytest.raises(UsageError, match=r"cut\.xml: not whole XML"):
        junit.read([reports])


def test_the_command_fails_with_the_failure_and_writes_the_runs_page(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = reports / "page.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    done = CliRunner().invoke(cli, ["checks", "tests", str(reports)])
    assert isinstance(done.exception, LockgateError)
    assert "test_bad first" in str(done.exception)
    assert page.read_text().startswith("## Tests: 1 failed")


def test_no_report_is_no_pass(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["checks", "tests", str(tmp_path)])
    assert "no report was found" in str(done.exception)
