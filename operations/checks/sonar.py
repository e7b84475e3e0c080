"""What SonarQube says of an analysis: it is waited for, and its gate and findings are read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import LockgateError, UsageError
from infra.sonarqube import SonarQube

PAUSE_SECONDS = 1.0
PATIENCE_SECONDS = 300.0
"""How long an analysis may take on the server; a thousand files take some seconds."""

WORKING = frozenset({"PENDING", "IN_PROGRESS"})
NAMES = {
    "bugs": "bugs",
    "vulnerabilities": "vulnerabilities",
    "code_smells": "code smells",
    "coverage": "coverage",
    "duplicated_lines_density": "duplicated lines",
}
PERCENT = frozenset({"coverage", "duplicated_lines_density", "new_coverage", "new_duplicated_lines_density"})


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the scanner leaves in ``report-task.txt``: which server works on what."""

    id: str
    project: str
    server: str
    page: str

    @classmethod
    def read(cls, file: Path) -> Task:
        """Raises ``UsageError`` where the file is not there or not the scanner's."""
        try:
            told = dict(line.split("=", 1) for line in file.read_text().splitlines() if line)
            return cls(id=told["ceTaskId"], project=told["projectKey"], server=told["serverUrl"], page=told["dashboardUrl"])
        except (OSError, ValueError, KeyError):
            raise UsageError(f"{file}: is not what sonar-scanner leaves there; run it first, or give --task FILE") from None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition of the gate; ``operator`` GT fails above ``limit``, LT below. ``actual`` is "" where nothing was measured."""

    metric: str
    operator: str
    limit: str
    actual: str
    passed: bool

    def __str__(self) -> str:
        """``coverage is 71.2 %, must be 80 % or more``."""
        unit = " %" if self.metric in PERCENT else ""
        word = "or more" if self.operator == "LT" else "or less"
        actual = f"{self.actual}{unit}" if self.actual else "not known"
        return f"{self.name} is {actual}, must be {self.limit}{unit} {word}"

    @property
    def name(self) -> str:
        return NAMES.get(self.metric, self.metric.replace("_", " "))


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A finding; ``path`` is from the service's root, ``line`` 0 for the whole file."""

    type: str
    severity: str
    rule: str
    path: str
    line: int
    message: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """``passed`` is the gate's own word. ``page`` is the analysis on the server."""

    project: str
    page: str
    passed: bool
    conditions: tuple[Condition, ...]
    issues: tuple[Issue, ...]

    @property
    def failed(self) -> list[Condition]:
        return [one for one in self.conditions if not one.passed]


def judge(sonar: SonarQube, task: Task, wait: Callable[[float], None] = time.sleep, pull_request: str = "") -> Verdict:
    """Waits for the analysis, and reads what came of it. Raises ``LockgateError`` where the server could not do it."""
    done = _finished(sonar, task, wait)
    found = sonar.get("/api/qualitygates/project_status", analysisId=done["analysisId"])["projectStatus"]
    asked = {"components": task.project, "resolved": False, "pullRequest": pull_request or None}
    issues = sonar.pages("/api/issues/search", "issues", **asked)
    return Verdict(
        project=task.project,
        page=task.page,
        passed=found["status"] != "ERROR",
        conditions=tuple(_condition(one) for one in found["conditions"]),
        issues=tuple(sorted((_issue(one) for one in issues), key=_order)),
    )


def _finished(sonar: SonarQube, task: Task, wait: Callable[[float], None]) -> Mapping[str, Any]:
    waited = 0.0
    while True:
        found: Mapping[str, Any] = sonar.get("/api/ce/task", id=task.id)["task"]
        if found["status"] == "SUCCESS":
            return found
        if found["status"] not in WORKING:
            why = found.get("errorMessage") or "see the server's log"
            raise LockgateError(f"SonarQube: the analysis of {task.project} is {found['status']}: {why}")
        if waited >= PATIENCE_SECONDS:
            raise LockgateError(f"SonarQube: the analysis of {task.project} is not done after {waited:.0f} s; see {task.page}")
        wait(PAUSE_SECONDS)
        waited += PAUSE_SECONDS


def _condition(told: Mapping[str, Any]) -> Condition:
    return Condition(
        metric=told["metricKey"],
        operator=told["comparator"],
        limit=told["errorThreshold"],
        actual=_rounded(told.get("actualValue", "")),
        passed=told["status"] != "ERROR",
    )


def _rounded(text: str) -> str:
    return f"{float(text):.1f}" if re.fullmatch(r"\d+\.\d{2,}", text) else text


def _issue(told: Mapping[str, Any]) -> Issue:
    return Issue(
        type=told["type"],
        severity=told["severity"],
        rule=told["rule"],
        path=told["component"].partition(":")[2] if ":" in told["component"] else "",
        line=told.get("line", 0),
        message=told["message"],
    )


TYPES = ("VULNERABILITY", "BUG", "CODE_SMELL")
SEVERITIES = ("BLOCKER", "CRITICAL", "MAJOR", "MINOR", "INFO")


def _order(issue: Issue) -> tuple[int, int, str, int]:
    return TYPES.index(issue.type), SEVERITIES.index(issue.severity), issue.path, issue.line
