"""What our own scanners write, and what is made of any scanner's report, is SARIF 2.1.0."""

from __future__ import annotations

import json
from pathlib import Path

from sarif_schema import violations

from operations.checks import code_scanning, sarif
from operations.checks.licences import SCANNER
from operations.checks.sarif import Finding


def report(folder: Path) -> Path:
    one = Finding(kind="licence", severity="high", scanner=SCANNER, rule="AGPL-3.0-only", where="requirements.lock", text="idna")
    file = folder / "licences.sarif"
    file.write_text(sarif.document(SCANNER, [one]))
    return file


def test_our_own_reports_are_sarif(tmp_path: Path) -> None:
    assert violations(report(tmp_path)) == []


def test_a_report_for_code_scanning_is_still_sarif(tmp_path: Path) -> None:
    file = report(tmp_path)
    code_scanning.prepare(file, "services/shop/")
    assert violations(file) == []


def test_the_schema_finds_what_is_planted(tmp_path: Path) -> None:
    file = report(tmp_path)
    content = json.loads(file.read_text())
    content["runs"][0]["automationDetails"] = {"category": "licences/"}
    file.write_text(json.dumps(content))
    assert "'category' was unexpected" in violations(file)[0]
