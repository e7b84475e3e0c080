"""Technical debt from commit to commit: what is kept, shown and warned of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from click.testing import CliRunner, Result

from infra.errors import UsageError
from infra.sonarqube import Login, SonarQube
from operations.checks import debt
from operations.checks.debt import Entry
from operations.checks.debt_on_sonarqube import measures
from operations.cli import cli

START = datetime(2026, 1, 5, tzinfo=UTC)


def entry(number: int, **measured: float) -> Entry:
    return Entry(commit=f"c{number}", time=START + timedelta(hours=number), measures=measured)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the history goes, with the variables of a workflow's first run."""
    for name in ("SONAR_QUBE_URL", "SONAR_TOKEN", "SONAR_PROJECT_KEY", "GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_SHA", "c1")
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "1")
    return tmp_path / "debt.json"


def run(file: Path, notes: int, *more: str) -> Result:
    return CliRunner().invoke(cli, ["checks", "debt", "--measure", f"notes={notes}", "--history", str(file), *more])


def test_a_commit_is_remembered_once_however_often_it_is_measured(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(file, 4, "--remember")
    run(file, 5, "--remember")
    monkeypatch.setenv("GITHUB_SHA", "c2")
    done = run(file, 6, "--remember")
    assert [(one.commit, one.measures) for one in debt.read(file) or ()] == [("c1", {"notes": 5}), ("c2", {"notes": 6})]
    assert "| TODO, FIXME, HACK and XXX in the source | 6 | +1 | ▁█ |" in done.stdout
    assert "Commit `c2`, after 1 earlier ones." in done.stdout


def test_growth_beyond_the_limit_is_warned_of_and_no_failure(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(file, 10, "--remember")
    monkeypatch.setenv("GITHUB_SHA", "c2")
    assert run(file, 11).stderr == ""
    done = run(file, 12)
    assert done.exit_code == 0
    assert "warning: TODO, FIXME, HACK and XXX in the source: 10 before, 12 now, more than 10 % up" in done.stderr
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "::warning title=Technical debt::TODO" in run(file, 12).stdout


def test_debt_that_was_none_and_is_some_has_grown() -> None:
    assert len(debt.grown([entry(1, notes=0)], entry(2, notes=1), 10)) == 1


def test_less_coverage_is_the_coverage_gates_business() -> None:
    assert debt.grown([entry(1, coverage=80)], entry(2, coverage=95), 10) == []


def test_a_measure_is_compared_with_when_it_was_last_measured() -> None:
    known = [entry(1, notes=1, code_smells=5), entry(2, notes=1)]
    assert [text[:11] for text in debt.grown(known, entry(3, notes=1, code_smells=9), 10)] == ["code smells"]


def test_a_history_that_is_gone_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(file, 4).stderr == ""
    monkeypatch.setenv("GITHUB_RUN_NUMBER", "41")
    assert "the history of debt is not here, and this is run 41" in run(file, 4).stderr


@pytest.mark.parametrize("text", ["{", '{"version": 2}', '{"version": 1, "commits": [{"commit": "c"}]}', "[]"])
def test_a_history_that_cannot_be_read_is_an_error_and_stays(file: Path, text: str) -> None:
    file.write_text(text)
    assert isinstance(run(file, 4, "--remember").exception, UsageError)
    assert file.read_text() == text


def test_json_has_all_that_is_known(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(file, 4, "--remember")
    monkeypatch.setenv("GITHUB_SHA", "c2")
    found = json.loads(run(file, 9, "--json").stdout)
    assert (found["now"]["measures"], [one["commit"] for one in found["earlier"]]) == ({"notes": 9}, ["c1"])
    assert len(found["grown"]) == 1


@pytest.mark.parametrize("given", ["todo=1", "notes=many", "notes"])
def test_a_measure_that_is_none_is_refused(given: str) -> None:
    done = CliRunner().invoke(cli, ["checks", "debt", "--measure", given])
    assert isinstance(done.exception, UsageError)
    assert given in str(done.exception)


@pytest.mark.parametrize(("values", "drawn"), [([1.0], "▁"), ([3.0, 3.0], "▁▁"), ([0.0, 7.0], "▁█"), ([*range(100)], "▁")])
def test_bars_go_from_the_least_to_the_most_of_the_last_thirty(values: list[float], drawn: str) -> None:
    assert debt.spark(values).startswith(drawn)
    assert len(debt.spark(values)) == min(len(values), 30)


def test_only_the_last_five_hundred_commits_are_kept() -> None:
    known: tuple[Entry, ...] = ()
    for number in range(505):
        known = debt.remember(known, entry(number))
    assert (len(known), known[0].commit, known[-1].commit) == (500, "c5", "c504")


def test_sonarqube_tells_what_the_token_of_an_analysis_may_see() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        conditions = [{"metricKey": "bugs", "actualValue": "0"}, {"metricKey": "code_smells", "actualValue": "3"}]
        gate = {"projectStatus": {"status": "OK", "conditions": [*conditions, {"metricKey": "coverage"}]}}
        return httpx.Response(200, json=gate if "qualitygates" in request.url.path else {"effortTotal": 25, "issues": []})

    sonar = SonarQube("http://127.0.0.1:9", Login(user="u"), transport=httpx.MockTransport(answer))
    assert measures(sonar, "shop") == {"code_smells": 3, "debt_minutes": 25}
