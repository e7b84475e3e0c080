"""From a scanner's SARIF to the vulnerabilities of an image."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.errors import UsageError
from operations.artifacts import scans, view

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def summary(folder: Path, *results: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> dict[str, int]:
    run = {"tool": {"driver": {"name": "trivy", "rules": rules or []}}, "results": list(results)}
    file = folder / "scan.sarif"
    file.write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    found: dict[str, int] = scans.predicate([file], NOW)["scanner"]["result"]["summary"]
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize(("score", "severity"), [("9.8", "critical"), ("7.0", "high"), ("6.9", "medium"), ("0.1", "low")])
def test_the_score_of_the_rule_counts(tmp_path: Path, score: str, severity: str) -> None:
    rules = [{"id": "CVE-1", "properties": {"security-severity": score}}]
    assert summary(tmp_path, {"ruleId": "CVE-1", "level": "note"}, rules=rules) == {severity: 1}


@pytest.mark.parametrize(("level", "severity"), [("error", "high"), ("warning", "medium"), ("note", "low")])
def test_without_a_score_the_level_counts(tmp_path: Path, level: str, severity: str) -> None:
    assert summary(tmp_path, {"ruleId": "CVE-1", "level": level}) == {severity: 1}


def test_what_was_accepted_with_a_reason_does_not_count(tmp_path: Path) -> None:
    accepted = {"ruleId": "CVE-1", "level": "error", "suppressions": [{"kind": "external"}]}
    assert summary(tmp_path, accepted) == {}


def test_no_findings_and_no_scan_are_not_the_same() -> None:
    assert view.findings({"critical": 0, "high": 0, "medium": 0, "low": 0}) == "none"
    assert view.findings(None) == "not scanned"
    assert view.findings({"high": 2, "low": 1}) == "2 high, 1 low"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"results": []}'])
def test_a_report_that_is_not_sarif_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "scan.sarif").write_text(text)
    with pytest.raises(UsageError, match="not a SARIF report"):
        scans.predicate([tmp_path / "scan.sarif"], NOW)
