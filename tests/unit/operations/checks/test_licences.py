"""A package whose licence is not allowed is a finding; what is accepted with a reason is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from operations.checks import sarif
from operations.checks.licences import findings, is_allowed
from operations.cli import cli


@pytest.fixture
def service(tmp_path: Path) -> Path:
    return tmp_path


def python(service: Path, name: str, *lines: str) -> None:
    folder = service / "dist" / "packages" / f"{name}-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", *lines, "", "Text"]))


def node(service: Path, **licences: str) -> None:
    packages: dict[str, dict[str, str]] = {"": {"license": "UNLICENSED"}}
    packages |= {f"node_modules/{name}": {"license": licence} for name, licence in licences.items()}
    (service / "package-lock.json").write_text(json.dumps({"packages": packages}))


def found(service: Path) -> list[tuple[str, str]]:
    return [(one.rule, one.text.split(" ")[0]) for one in findings(service, service / "dist" / "packages")]


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT AND BSD-3-Clause) OR GPL-2.0-only", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("", False),
    ],
)
def test_an_expression_is_read_as_spdx_means_it(licence: str, allowed: bool) -> None:
    assert is_allowed(licence) == allowed


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (["License-Expression: AGPL-3.0-only", "Classifier: License :: OSI Approved :: MIT License"], "AGPL-3.0-only"),
        (["Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)"], "GPL-3.0-only"),
        (["License: Proprietary"], "Proprietary"),
        ([], "unknown"),
    ],
)
def test_a_python_package_that_is_not_allowed_is_found(service: Path, lines: list[str], rule: str) -> None:
    python(service, "bad", *lines)
    python(service, "good", "Classifier: License :: OSI Approved", "Classifier: License :: OSI Approved :: MIT License")
    python(service, "older", "License: Apache 2.0")
    assert found(service) == [(rule, "bad")]


def test_an_npm_package_that_is_not_allowed_is_found_and_the_service_itself_is_not(service: Path) -> None:
    node(service, good="ISC", bad="GPL-3.0")
    assert found(service) == [("GPL-3.0", "bad")]


def test_a_service_allows_a_licence_or_a_package_with_its_reason(service: Path) -> None:
    node(service, one="EUPL-1.2", two="GPL-3.0", three="GPL-3.0")
    (service / ".licences").write_text("# ours\nEUPL-1.2\npackage: two # only builds\n")
    assert found(service) == [("GPL-3.0", "three")]


def test_the_report_is_sarif_that_the_gate_reads(service: Path) -> None:
    node(service, bad="GPL-3.0")
    reports = service / "reports"
    reports.mkdir()
    arguments = ["checks", "licences", str(service), "--packages", str(service), "--output", str(reports / "licences.sarif")]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    (one,) = sarif.read(reports)
    assert (one.kind, one.severity, one.where) == ("licence", "high", "package-lock.json:1")
    assert "licences = 1: must be at most 0" in str(CliRunner().invoke(cli, ["checks", "security", str(reports)]).exception)
