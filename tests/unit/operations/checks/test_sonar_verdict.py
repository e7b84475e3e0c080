"""What SonarQube says of an analysis, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from infra.errors import LockgateError, UsageError
from infra.sonarqube import Login, SonarQube
from operations.checks import analyse, sonar_report
from operations.checks.sonar import Condition, Issue, Task, Verdict, judge

TASK = Task(id="t1", project="shop", server="https://sonar.example", page="https://sonar.example/dashboard?id=shop")
BAD = Condition(metric="coverage", operator="LT", limit="80", actual="71.2", passed=False)
GOOD = Condition(metric="bugs", operator="GT", limit="0", actual="0", passed=True)
BUG = Issue(type="BUG", severity="MAJOR", rule="python:S1764", path="shop/api.py", line=7, message="Same: 100%,\nboth")
SMELL = Issue(type="CODE_SMELL", severity="MINOR", rule="python:S1172", path="shop/old.py", line=0, message="Unused `x`")

Answer = dict[str, Any]


def verdict(*conditions: Condition, issues: tuple[Issue, ...] = (BUG, SMELL)) -> Verdict:
    passed = all(one.passed for one in conditions)
    return Verdict(project="shop", page=TASK.page, passed=passed, conditions=conditions, issues=issues)


def server(statuses: list[Answer], condition: Answer | None = None) -> Callable[[httpx2.Request], httpx2.Response]:
    """Answers as SonarQube 10.7 does; the task goes through ``statuses``."""
    told = {"status": "ERROR", "metricKey": "coverage", "comparator": "LT", "errorThreshold": "80", "actualValue": "71.234"}

    def answer(request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if path == "/api/ce/task":
            return httpx2.Response(200, json={"task": statuses.pop(0) if len(statuses) > 1 else statuses[0]})
        if path == "/api/qualitygates/project_status":
            assert request.url.params["analysisId"] == "a1"
            status = {"status": "ERROR", "conditions": [{**told, **(condition or {})}]}
            return httpx2.Response(200, json={"projectStatus": status})
        assert path == "/api/issues/search"
        issue = {"type": "BUG", "severity": "MAJOR", "rule": "python:S1764", "component": "shop:shop/api.py", "message": "Same"}
        return httpx2.Response(200, json={"issues": [{**issue, "line": 7}, issue], "paging": {"total": 2}})

    return answer


def client(answer: Callable[[httpx2.Request], httpx2.Response]) -> SonarQube:
    return SonarQube("https://sonar.example", Login(token="t"), transport=httpx2.MockTransport(answer))  # noqa: S106


def test_an_analysis_is_waited_for_and_its_own_verdict_is_read() -> None:
    waited: list[float] = []
    working = [{"status": "PENDING"}, {"status": "IN_PROGRESS"}, {"status": "SUCCESS", "analysisId": "a1"}]
    found = judge(client(server(working)), TASK, waited.append)
    assert len(waited) == 2
    assert not found.passed
    assert [str(one) for one in found.failed] == ["coverage is 71.2 %, must be 80 % or more"]
    assert [(one.path, one.line) for one in found.issues] == [("shop/api.py", 0), ("shop/api.py", 7)]


def test_an_analysis_that_the_server_could_not_do_says_why() -> None:
    failed = {"status": "FAILED", "errorMessage": "Project was deleted"}
    with pytest.raises(LockgateError, match="the analysis of shop is FAILED: Project was deleted"):
        judge(client(server([failed])), TASK)


def test_an_analysis_that_takes_for_ever_is_given_up() -> None:
    waited: list[float] = []
    with pytest.raises(LockgateError, match=r"is not done after 300 s; see https://sonar\.example/dashboard"):
        judge(client(server([{"status": "PENDING"}])), TASK, waited.append)
    assert sum(waited) == 300


def test_a_condition_without_a_value_is_not_told_as_zero() -> None:
    done = [{"status": "SUCCESS", "analysisId": "a1"}]
    found = judge(client(server(done, {"actualValue": ""})), TASK)
    assert str(found.failed[0]) == "coverage is not known, must be 80 % or more"


def test_the_summary_names_what_failed_and_shows_each_condition() -> None:
    said = sonar_report.summary(verdict(BAD, GOOD))
    assert "## Code quality: failed: coverage\n" in said
    assert "| coverage | 71.2 | ≥ 80 | ✗ |" in said
    assert "| bugs | 0 | ≤ 0 | ✓ |" in said
    assert "2 findings; [all on SonarQube](https://sonar.example/dashboard?id=shop)" in said


def test_a_gate_that_judged_nothing_is_not_told_as_a_good_one() -> None:
    assert "**No condition was judged**" in sonar_report.summary(verdict())


def test_of_a_pull_request_only_what_it_changes_is_shown() -> None:
    said = sonar_report.comment(verdict(GOOD), {"shop/api.py"}, "https://github.example/run")
    assert said.startswith(sonar_report.MARKER)
    assert "1 finding in the files that are changed here" in said
    assert "shop/api.py:7" in said
    assert "shop/old.py" not in said
    assert "[The run](https://github.example/run)" in said


def test_a_finding_is_marked_at_its_line_whatever_its_words_are() -> None:
    marks = list(sonar_report.marks(verdict(GOOD), None, "services/shop/"))
    assert marks == [
        "::error file=services/shop/shop/api.py,line=7,title=SonarQube python%3AS1764::Same: 100%25,%0Aboth",
        "::warning file=services/shop/shop/old.py,line=1,title=SonarQube python%3AS1172::Unused `x`",
    ]


def test_no_more_is_marked_than_github_shows() -> None:
    assert len(list(sonar_report.marks(verdict(GOOD, issues=(BUG,) * 30)))) == 10


def test_a_file_of_another_program_is_no_task(tmp_path: Path) -> None:
    (tmp_path / "report-task.txt").write_text("ceTaskId=1\n")
    with pytest.raises(UsageError, match="is not what sonar-scanner leaves there; run it first, or give --task FILE"):
        Task.read(tmp_path / "report-task.txt")


def edition(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(analyse, "SonarQube", lambda *_: client(lambda _: httpx2.Response(200, json={"edition": name})))


PULL_REQUEST = {
    "SONAR_TOKEN": "main",
    "SONAR_PULL_REQUEST_TOKEN": "beside",
    "PULL_REQUEST": "12",
    "GITHUB_HEAD_REF": "change",
    "GITHUB_BASE_REF": "main",
}


def test_a_pull_request_never_writes_to_the_project_of_the_default_branch(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    edition(monkeypatch, "community")
    found = analyse.plan("https://sonar.example", "shop", PULL_REQUEST, tmp_path)
    assert (found.project, found.properties["sonar.projectKey"], found.login.token) == ("shop-pull-requests",) * 2 + ("beside",)
    edition(monkeypatch, "developer")
    found = analyse.plan("https://sonar.example", "shop", PULL_REQUEST, tmp_path)
    assert (found.project, found.login.token, found.pull_request) == ("shop", "main", "12")
    assert found.properties["sonar.pullrequest.base"] == "main"


def test_a_token_that_is_missing_is_named_with_what_sets_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    edition(monkeypatch, "community")
    with pytest.raises(UsageError, match="SONAR_PULL_REQUEST_TOKEN = nothing: the analysis needs it; `pulumi up`"):
        analyse.plan("https://sonar.example", "shop", {**PULL_REQUEST, "SONAR_PULL_REQUEST_TOKEN": ""}, tmp_path)


def test_what_a_service_says_of_its_sources_counts(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    environ = {"SONAR_TOKEN": "main"}
    found = analyse.plan("https://sonar.example", "shop", environ, tmp_path).properties
    assert (found["sonar.sources"], found["sonar.tests"]) == (".", "tests")
    assert "tests/**" in found["sonar.exclusions"].split(",")
    (tmp_path / "sonar-project.properties").write_text("sonar.sources=src\n")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "coverage.xml").write_text("<coverage/>")
    found = analyse.plan("https://sonar.example", "shop", environ, tmp_path).properties
    assert found == {"sonar.projectKey": "shop", "sonar.python.coverage.reportPaths": "reports/coverage.xml"}


def test_no_token_is_on_the_scanners_command_line(tmp_path: Path) -> None:
    scanner = tmp_path / "sonar-scanner"
    scanner.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > said; printf "%s" "$SONAR_TOKEN" > token\n')
    scanner.chmod(0o755)
    planned = analyse.plan("https://sonar.example", "shop", {"SONAR_TOKEN": "sqp_hidden"}, tmp_path)
    analyse.scan(scanner, "https://sonar.example", planned, tmp_path)
    assert "sqp_hidden" not in (tmp_path / "said").read_text()
    assert (tmp_path / "token").read_text() == "sqp_hidden"
