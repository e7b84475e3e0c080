"""What an attempt has left of its tests and scans, out of its artifacts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from history.github import Source
from history.model import Findings, Job, Outcomes, Run
from history.stages import stage_of
from infra import run_summary
from infra.errors import StateError
from infra.run_summary import FiguresOfScans, FiguresOfTests, Summary

REPORTED = frozenset({"test", "scan"})
"""The stages of which a job leaves a summary."""


def may_have(jobs: Iterable[Job]) -> bool:
    """Whether a job that tests or scans ran: no other run is asked for its artifacts."""
    return any(stage_of(job.name) in REPORTED and job.conclusion != "skipped" for job in jobs)


def of(source: Source, run: Run) -> Iterator[Outcomes | Findings | StateError]:
    """What the attempt left, and an error that names the run in the place of each artifact that cannot be read."""
    told = source.artifacts(run.id) or ()
    for kind in run_summary.KINDS:
        name = run_summary.artifact(kind, run.attempt)
        for one in (one for one in told if one["name"] == name and not one["expired"]):
            try:
                archive = _archive(source, one)
                if archive is not None:
                    yield from _values(run, kind, _document(archive))
            except StateError as error:
                yield StateError(f"{run.url}: artifact {name}: {error}; it is left out: correct the job that wrote it")


def _archive(source: Source, told: Mapping[str, Any]) -> bytes | None:
    if told["size_in_bytes"] > run_summary.LARGEST:
        raise StateError(f"has {told['size_in_bytes']} bytes: must have at most {run_summary.LARGEST}")
    return source.archive(told["id"])


def _document(archive: bytes) -> Summary:
    """The summary inside; of a file that unpacks to more than it may have no more is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as files, files.open(run_summary.FILE) as file:
            text = file.read(run_summary.LARGEST + 1)
    except (zipfile.BadZipFile, KeyError, RuntimeError, OSError) as error:
        raise StateError(f"holds no {run_summary.FILE} that can be unpacked ({type(error).__name__})") from None
    if len(text) > run_summary.LARGEST:
        raise StateError(f"{run_summary.FILE} has more than {run_summary.LARGEST} bytes")
    return run_summary.read(text.decode(errors="replace"))


def _values(run: Run, kind: str, summary: Summary) -> Iterator[Outcomes | Findings]:
    if not isinstance(summary, run_summary.KINDS[kind]):
        raise StateError(f"is not of the kind {kind}")
    if isinstance(summary, FiguresOfTests):
        yield Outcomes(repository=run.repository, run=run.id, attempt=run.attempt, **vars(summary))
    elif isinstance(summary, FiguresOfScans):
        for scanner, counts in summary.scanners.items():
            yield Findings(repository=run.repository, run=run.id, attempt=run.attempt, scanner=scanner, counts=counts)
