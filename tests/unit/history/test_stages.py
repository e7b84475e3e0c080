"""Each job of the standard pipeline, under the name that GitHub shows, is of the stage that alerts and limits take it for."""

from __future__ import annotations

from components.workflows import checks
from components.workflows.standard import PipelineOptions, standard
from history.stages import stage_of

STAGES = {
    "build": {"Build"},
    "test": {
        *("Tests (unit)", "Tests (integration)"),
        *(f"End-to-End Tests ({browser})" for browser in ("chromium", "firefox", "webkit")),
        *(f"Performance Tests ({scenario})" for scenario in ("smoke", "load", "stress", "spike")),
    },
    "scan": {
        *(
            f"{call} / SAST ({language})"
            for call in ("Security Scan", "Scan of What Is Published")
            for language in ("python", "actions")
        ),
        *(f"{call} / Dependencies, Images and Secrets" for call in ("Security Scan", "Scan of What Is Published")),
        "Findings of the Image",
    },
    "quality": {"Quality Check", "SonarQube", "Technical Debt"},
    "deploy": {"Publish", "Deploy to development", "Deploy to staging", "Deploy to production"},
    "rollback": {"Roll back"},
}
OTHER = {
    "Test Report",
    "Release",
    "Preview",
    *(f"Drift ({stack})" for stack in ("dev", "staging", "prod")),
    "Labels and Owners",
    "Checklist",
}


def test_every_job_of_the_standard_pipeline_is_of_its_stage() -> None:
    spec = standard(PipelineOptions(sonar_qube_url="https://sonar.example"))
    files = {workflow.file: workflow for workflow in spec.workflows}
    whole = [workflow for workflow in spec.workflows if workflow.file != "scan"]
    named = {name for workflow in whole for job in workflow.jobs for name in checks.names(job, files, conditional=True)}
    found: dict[str, set[str]] = {}
    for name in named:
        if not name.startswith("Alert of "):
            found.setdefault(stage_of(name), set()).add(name)
    assert found == {**STAGES, "other": OTHER}
