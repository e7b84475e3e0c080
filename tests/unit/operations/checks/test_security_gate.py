"""Findings count by their severity against the thresholds; who did not look is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra import run_summary
from infra.errors import UsageError
from infra.run_summary import FiguresOfScans
from operations.checks import sarif
from operations.checks.security import Limits, breaches, summary
from operations.cli import cli


def result(rule: str = "R1", level: str = "error", line: int = 7, **more: Any) -> dict[str, Any]:
    place = {"physicalLocation": {"artifactLocation": {"uri": "app.py"}, "region": {"startLine": line}}}
    return {"ruleId": rule, "level": level, "message": {"text": "bad"}, "locations": [place], **more}


def write(folder: Path, scanner: str, *results: dict[str, Any], name: str = "", **scores: str) -> None:
    rules = [{"id": rule, "properties": {"security-severity": score}} for rule, score in scores.items()]
    run = {"tool": {"driver": {"name": scanner, "rules": rules}}, "results": list(results)}
    (folder / f"{name or scanner}.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["checks", "security", str(folder), *arguments])


@pytest.mark.parametrize(
    ("scanner", "level", "score", "severity"),
    [
        ("Trivy", "error", "9.8", "critical"),
        ("Trivy", "error", "7.0", "high"),
        ("Trivy", "note", "5.5", "medium"),
        ("Trivy", "error", "2.0", "low"),
        ("Semgrep OSS", "error", "", "high"),
        ("Semgrep OSS", "warning", "", "medium"),
        ("Hadolint", "note", "", "low"),
        ("gitleaks", "note", "", "critical"),
    ],
)
def test_the_severity_is_the_rules_score_else_the_level(
    tmp_path: Path, scanner: str, level: str, score: str, severity: str
) -> None:
    write(tmp_path, scanner, result(level=level), **({"R1": score} if score else {}))
    assert [one.severity for one in sarif.read(tmp_path)] == [severity]


def test_findings_below_the_severity_do_not_count_and_those_above_fail_by_name(tmp_path: Path) -> None:
    write(tmp_path, "Semgrep OSS", result(level="warning"), result(rule="sql", line=9))
    assert run(tmp_path, "--severity", "critical").exit_code == 0
    said = str(run(tmp_path, "--severity", "high").exception)
    assert "vulnerabilities = 1: must be at most 0 (Semgrep OSS sql in app.py:9)" in said
    assert run(tmp_path, "--severity", "high", "--vulnerabilities", "1").exit_code == 0


def test_a_secret_has_a_threshold_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "gitleaks", result(rule="aws-key"))
    assert "secrets = 1: must be at most 0 (gitleaks aws-key" in str(run(tmp_path, "--vulnerabilities", "9").exception)
    assert run(tmp_path, "--secrets", "1").exit_code == 0


def test_the_same_secret_in_history_and_files_is_one(tmp_path: Path) -> None:
    write(tmp_path, "gitleaks", result(message={"text": "in app.py at commit 1a2b"}), name="history")
    write(tmp_path, "gitleaks", result(message={"text": "in app.py"}), name="files")
    assert len(sarif.read(tmp_path)) == 1


def test_two_vulnerabilities_in_one_place_are_two(tmp_path: Path) -> None:
    write(tmp_path, "Trivy", result(message={"text": "in idna"}), result(message={"text": "in idna-data"}))
    assert len(sarif.read(tmp_path)) == 2


def test_what_the_source_accepts_is_listed_and_does_not_count(tmp_path: Path) -> None:
    write(tmp_path, "Checkov", result(suppressions=[{"kind": "inSource"}]))
    assert breaches(sarif.read(tmp_path), Limits()) == []
    assert "| Checkov | 1 | 1 |" in summary(tmp_path, Limits())


def test_without_enforcement_findings_are_only_reported(tmp_path: Path) -> None:
    write(tmp_path, "Semgrep OSS", result())
    done = run(tmp_path, "--report-only")
    assert done.exit_code == 0
    assert "reported only: vulnerabilities = 1" in done.stderr


def test_a_scanner_that_did_not_look_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "skipped.txt").write_text("trivy: its data cannot be fetched\n")
    done = run(tmp_path)
    assert "| **trivy** | `its data cannot be fetched` |" in done.stdout
    assert "trivy did not look: its data cannot be fetched" in done.stderr


def test_the_reports_of_several_jobs_are_one_verdict(tmp_path: Path) -> None:
    for job in ("scan", "sast"):
        (tmp_path / job).mkdir()
        (tmp_path / job / "skipped.txt").write_text(f"trivy: no data\n{job}: no rules\n")
    write(tmp_path / "scan", "gitleaks", result(rule="aws-key"))
    write(tmp_path / "sast", "CodeQL", result(rule="sql"))
    done = run(tmp_path)
    assert "secrets = 1" in str(done.exception)
    assert "(CodeQL sql in app.py:7)" in str(done.exception)
    assert [line.partition(" did not look")[0] for line in done.stderr.splitlines()] == ["trivy", "sast", "scan"]


def test_half_a_report_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "cut.sarif").write_text('{"runs": [{')
    with pytest.raises(UsageError, match=r"cut\.sarif: not SARIF"):
        sarif.read(tmp_path)


def test_the_counts_are_written_for_the_exporter_without_what_is_accepted(tmp_path: Path) -> None:
    accepted = result(rule="known", line=3, suppressions=[{"kind": "inSource"}])
    write(tmp_path, "Semgrep OSS", result(), result(line=9), result(rule="odd", level="note"), accepted)
    write(tmp_path, "gitleaks")
    run(tmp_path, "--summary", str(tmp_path / "summary.json"))
    clean = {"low": 0, "medium": 0, "high": 0, "critical": 0}
    scanners = {"Semgrep OSS": {**clean, "low": 1, "high": 2}, "gitleaks": clean}
    assert run_summary.read((tmp_path / "summary.json").read_text()) == FiguresOfScans(scanners=scanners)
