"""Tells the lab's GitHub of a run, as github.com knows of its own: with its jobs, and what they left for the exporter."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra import run_summary
from operations.pipeline.events import Event
from operations.pipeline.jobs import JobRun, Run


def run_told(run: Run, event: Event, artifacts: Path) -> Mapping[str, Any]:
    """The run for ``/_lab/runs``; ``artifacts`` is the folder with one folder for each artifact of the run."""
    return {
        "repository": event.repository,
        "workflow": run.file,
        "name": run.name,
        "event": event.name,
        "head_branch": event.branch,
        "head_sha": event.sha,
        "conclusion": "success" if run.ok else "failure",
        "created_at": _text(run.began),
        "started_at": _text(run.began),
        "completed_at": _text(run.began + run.seconds),
        "jobs": [_job(run, job) for job in run.jobs],
        "artifacts": [_artifact(folder) for folder in sorted(artifacts.glob(f"{run_summary.ARTIFACT}*"))],
    }


def _job(run: Run, job: JobRun) -> Mapping[str, Any]:
    began = job.began or run.began
    started = began + job.waited
    return {
        "name": job.name,
        "conclusion": job.result,
        "created_at": _text(began),
        "started_at": _text(started),
        "completed_at": _text(started + job.seconds),
    }


def _artifact(folder: Path) -> Mapping[str, str]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                made.write(file, str(file.relative_to(folder)))
    return {"name": folder.name, "archive": b64encode(out.getvalue()).decode()}


def _text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
