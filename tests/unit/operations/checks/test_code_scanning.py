"""A report goes to code scanning with a category of its own and paths from the repository's root, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from infra.errors import UsageError
from operations.checks.code_scanning import prepare
from operations.cli import cli


def place(uri: str) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 7}}}


def run(*uris: str, scanner: str = "gitleaks", **more: Any) -> dict[str, Any]:
    results = [{"ruleId": "R1", "message": {"text": "bad"}, "locations": [place(uri)]} for uri in uris]
    return {"tool": {"driver": {"name": scanner}}, "results": results, **more}


def write(folder: Path, name: str, *runs: dict[str, Any], version: str = "2.1.0") -> Path:
    file = folder / f"{name}.sarif"
    file.write_text(json.dumps({"version": version, "runs": list(runs)}))
    return file


def read(file: Path) -> list[dict[str, Any]]:
    return list(json.loads(file.read_text())["runs"])


def categories(file: Path) -> list[str]:
    return [one["automationDetails"]["id"].rpartition("/")[0] for one in read(file)]


def uris(file: Path) -> list[str]:
    places = [one["locations"][0]["physicalLocation"] for part in read(file) for one in part["results"]]
    return [one["artifactLocation"]["uri"] for one in places]


def test_two_reports_of_one_scanner_differ_in_category(tmp_path: Path) -> None:
    files = [write(tmp_path, name, run("app.py")) for name in ("gitleaks-history", "gitleaks-files")]
    for file in files:
        prepare(file)
    assert [categories(file) for file in files] == [["gitleaks-history"], ["gitleaks-files"]]


def test_two_runs_of_one_report_differ_in_category_whatever_the_scanner_says(tmp_path: Path) -> None:
    file = write(tmp_path, "trivy", run("a"), run("b", automationDetails={"id": "theirs/"}))
    prepare(file)
    assert categories(file) == ["trivy", "trivy-2"]


def test_paths_of_a_service_in_a_folder_begin_at_the_repositorys_root(tmp_path: Path) -> None:
    file = write(tmp_path, "semgrep", run("./app.py", "shop/links.py"))
    prepare(file, "shop/")
    assert uris(file) == ["shop/app.py", "shop/shop/links.py"]


def test_places_inside_a_finding_begin_there_too(tmp_path: Path) -> None:
    scanned = run("app.py")
    scanned["results"][0]["relatedLocations"] = [place("base.py")]
    file = write(tmp_path, "semgrep", scanned)
    prepare(file, "shop/")
    (related,) = read(file)[0]["results"][0]["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "shop/base.py"


def test_done_again_it_changes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, "semgrep", run("app.py"))
    prepare(file, "shop/")
    once = file.read_text()
    prepare(file, "shop/")
    assert file.read_text() == once


@pytest.mark.parametrize("text", ['{"version": "2.1.0", "runs": [{', "[]", '{"version": "2.1.0", "runs": [{"results": []}]}'])
def test_half_a_report_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cut.sarif"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"cut\.sarif: no SARIF"):
        prepare(file)


def test_a_report_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["checks", "sarif", str(tmp_path / "none.sarif")])
    assert done.exit_code != 0
    assert "none.sarif: no SARIF (FileNotFoundError)" in str(done.exception)


@pytest.mark.parametrize(("version", "more"), [("2.0.0", {}), ("2.1.0", {"results": None})])
def test_what_code_scanning_would_refuse_is_refused(tmp_path: Path, version: str, more: dict[str, Any]) -> None:
    file = write(tmp_path, "old", {**run("app.py"), **more}, version=version)
    with pytest.raises(UsageError, match=r"must be SARIF 2\.1\.0"):
        prepare(file)
