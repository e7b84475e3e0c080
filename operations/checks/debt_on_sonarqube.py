"""What SonarQube knows of the debt of a project's main branch, as far as the token that analyses it may ask.

The gate's conditions and the code smells are open to that token; ``/api/measures`` is not (403, as seen on 10.7).
"""

from __future__ import annotations

from infra.sonarqube import SonarQube

OF_THE_GATE = ("code_smells", "coverage", "duplicated_lines_density")


def measures(sonar: SonarQube, project: str) -> dict[str, float]:
    """The measures that it has; none before the first analysis. Raises ``SonarError`` where it cannot be asked."""
    status = sonar.get("/api/qualitygates/project_status", projectKey=project)["projectStatus"]
    if status["status"] == "NONE":
        return {}
    found = {one["metricKey"]: float(one["actualValue"]) for one in status["conditions"] if one.get("actualValue")}
    smells = sonar.get("/api/issues/search", components=project, types="CODE_SMELL", resolved=False, ps=1)
    return {name: found[name] for name in OF_THE_GATE if name in found} | {"debt_minutes": float(smells["effortTotal"])}
