"""The report with a history: what is flaky, what is only marked so, and the command that reads and keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from runs_of_tests import KEY, cases, ids, run, runs

from infra.errors import UsageError
from operations.checks import flaky, history_file, report
from operations.checks.history import NEEDED, Run
from operations.checks.junit import Case
from operations.cli import cli

OTHER = ("unit-python", "test_other")


def summary(*given: Run) -> str:
    return report.summary(cases(given[-1]), flaky.known(given[:-1], given[-1]))


def test_a_failure_of_a_flaky_test_is_marked_and_comes_after_the_others() -> None:
    past = runs("pfpfp")
    text = summary(*past, run(6, {KEY: "f", OTHER: "f"}))
    assert text.startswith("## Tests: 2 failed (1 flaky), 0 passed, 0 skipped\n")
    marked = "| `test_links` | flaky: failed 3 of the last 6 runs · `why` | `unit-python` |"
    assert text.index("| `test_other` | `why` | `unit-python` |") < text.index(marked)
    assert "| `test_links` | 3 of the last 6 runs | this run | `unit-python` |" in text


def test_a_flaky_test_that_passed_is_told_with_its_last_failure() -> None:
    text = summary(*runs("pfpfp"))
    assert "| `test_links` | 2 of the last 5 runs | 2026-01-05 14:00 UTC, `c4` on `main` | `unit-python` |" in text
    assert text.index("| slowest |") < text.index("| flaky |")


def test_the_first_run_says_that_there_is_no_history() -> None:
    assert "There is no history yet" in summary(*runs("p"))


def test_without_a_flaky_test_it_says_so() -> None:
    assert "No test is flaky by the history of 2 earlier runs." in summary(*runs("ppp"))


def test_the_slowest_show_what_they_usually_take() -> None:
    assert "| `test_links` | 1.00 | 1.00 | `unit-python` |" in summary(*runs("pp"))
    assert "usually" not in summary(*runs("p"))


def test_names_of_the_history_are_no_markup() -> None:
    past = [run(number, letter, branch="a|b<img>", commit="`@all`") for number, letter in enumerate("pfpfp")]
    assert "`'@all'` on `a¦b<img>`" in summary(*past)


def test_a_comment_of_many_failures_fits_and_keeps_failures_and_flaky_tests() -> None:
    keys = [("unit", f"test_{number:04}_{'漢' * 150}") for number in range(200)]
    past = [run(number, dict.fromkeys(keys, "pf"[number % 2])) for number in range(6)]
    skipped = [Case(report="unit", name="y" * 300, seconds=0, outcome="skipped", said="漢" * 300) for _ in range(900)]
    text = report.comment([*cases(past[-1]), *skipped], flaky.known(past[:-1], past[-1]), "https://h/run")
    assert len(text.encode()) <= 65_536
    assert text.startswith("<!-- lockgate test-report: lockgate -->\n## Tests: 200 failed (200 flaky)")
    assert "[The run](https://h/run)" in text
    assert text.index("| failed |") < text.index("| flaky |")
    assert "more skipped, see the full report (artifact)" in text


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reports of one failed test, in the workflow's run 812."""
    folder = tmp_path / "reports" / "test-reports-unit"
    folder.mkdir(parents=True)
    (folder / "unit-python.xml").write_text('<testsuite><testcase name="test_links"><failure/></testcase></testsuite>')
    for name, value in zip(NEEDED, ("812", "1", "5f3c2a9", "main"), strict=True):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return folder.parent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.json"


def check(reports: Path, *options: str | Path) -> Result:
    return CliRunner().invoke(cli, ["checks", "tests", str(reports), *map(str, options)])


def test_a_failed_run_is_remembered_and_a_second_attempt_shows_that_it_is_flaky(
    reports: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = check(reports, "--history", file, "--remember")
    assert "There is no history yet" in first.stdout
    assert "1 failed, test_links first" in str(first.exception)
    monkeypatch.setenv("GITHUB_RUN_ATTEMPT", "2")
    (reports / "test-reports-unit" / "unit-python.xml").write_text('<testsuite><testcase name="test_links"/></testsuite>')
    second = check(reports, "--history", file, "--remember")
    assert (second.exit_code, "| `test_links` | 1 of the last 2 runs |" in second.stdout) == (0, True)
    assert ids(history_file.read(file)) == [("812", 1), ("812", 2)]


def test_the_failure_that_ends_the_command_is_one_that_is_not_flaky(reports: Path, file: Path) -> None:
    history_file.write(file, runs("pfp"))
    (reports / "test-reports-unit" / "unit-python.xml").write_text(
        '<testsuite><testcase name="test_links"><error/></testcase><testcase name="test_other"><error/></testcase></testsuite>'
    )
    assert "2 failed, test_other first" in str(check(reports, "--history", file).exception)


def test_a_history_is_only_read_unless_the_run_is_to_be_remembered(reports: Path, file: Path) -> None:
    history_file.write(file, runs("pfp"))
    before = file.read_bytes()
    assert "flaky: failed 2 of the last 4 runs" in check(reports, "--history", file).stdout
    assert file.read_bytes() == before


def test_a_run_without_a_test_is_not_remembered(reports: Path, file: Path) -> None:
    (reports / "test-reports-unit" / "unit-python.xml").unlink()
    assert "no report was found" in str(check(reports, "--history", file, "--remember").exception)
    assert not file.exists()


def test_by_hand_the_history_is_read_and_nothing_is_remembered(
    reports: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history_file.write(file, runs("pfpf"))
    for name in NEEDED:
        monkeypatch.delenv(name)
    assert "flaky: failed 3 of the last 5 runs" in check(reports, "--history", file).stdout
    error = check(reports, "--history", file, "--remember").exception
    assert isinstance(error, UsageError)
    assert "GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_SHA, GITHUB_REF_NAME = nothing" in str(error)


def test_a_history_that_cannot_be_read_ends_with_2_and_is_not_replaced(reports: Path, file: Path) -> None:
    file.write_text('{"version": 9}')
    error = check(reports, "--history", file, "--remember").exception
    assert isinstance(error, UsageError)
    assert "version = 9: must be 1" in str(error)
    assert file.read_text() == '{"version": 9}'


def test_to_remember_needs_a_history(reports: Path) -> None:
    done = check(reports, "--remember")
    assert (done.exit_code, "give --history FILE too" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"GITHUB_TOKEN": "x"}, "GITHUB_REPOSITORY = nothing"),
        ({"GITHUB_TOKEN": "x", "GITHUB_REPOSITORY": "podinfo"}, "GITHUB_REPOSITORY = podinfo"),
        ({"GITHUB_REPOSITORY": "lab/podinfo"}, "GITHUB_TOKEN = nothing"),
    ],
)
def test_a_comment_without_a_place_or_a_token_is_refused_before_anything_is_remembered(
    reports: Path, file: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], said: str
) -> None:
    for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    error = check(reports, "--history", file, "--remember", "--comment", "3").exception
    assert isinstance(error, UsageError)
    assert said in str(error)
    assert not file.exists()
