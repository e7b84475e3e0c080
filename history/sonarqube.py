"""Takes SonarQube's word on projects into a store: the newest analysis of each, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from history.model import Gate
from history.store import Store
from infra.sonarqube import SonarQube

MEASURES = (
    *("bugs", "vulnerabilities", "code_smells", "coverage", "duplicated_lines_density"),
    *("ncloc", "sqale_index", "security_hotspots"),
)


def collect(store: Store, sonar: SonarQube, projects: Iterable[str]) -> None:
    """What the gate said of the last analysis of each project, and its measures; one that was never analysed has none."""
    for project in projects:
        found = sonar.get("/api/project_analyses/search", project=project, ps=1)["analyses"]
        if found and not list(store.of(Gate, "project = ? AND analysis = ?", project, found[0]["key"])):
            store.put(_gate(sonar, project, found[0]))


def _gate(sonar: SonarQube, project: str, analysis: dict[str, Any]) -> Gate:
    said = sonar.get("/api/qualitygates/project_status", analysisId=analysis["key"])["projectStatus"]
    measured = sonar.get("/api/measures/component", component=project, metricKeys=",".join(MEASURES))["component"]["measures"]
    return Gate(
        project=project,
        analysis=analysis["key"],
        at=datetime.fromisoformat(analysis["date"]),
        passed=said["status"] != "ERROR",
        failed=tuple(one["metricKey"] for one in said["conditions"] if one["status"] == "ERROR"),
        measures={one["metric"]: float(one["value"]) for one in measured},
    )
