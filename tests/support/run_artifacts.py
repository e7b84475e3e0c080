"""What runs leave for the exporter, as GitHub lists it and hands it out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from history.model import Findings, Outcomes
from infra import run_summary
from infra.run_summary import FiguresOfScans, FiguresOfTests, Summary


@dataclass(kw_only=True)
class Artifact:
    """One artifact of a run; ``size`` is what GitHub says of it, None for the truth."""

    id: int
    run: int
    name: str
    files: dict[str, bytes] = field(default_factory=dict)
    expired: bool = False
    size: int | None = None

    @property
    def archive(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in self.files.items():
                made.writestr(name, content)
        return out.getvalue()

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "size_in_bytes": len(self.archive) if self.size is None else self.size,
            "expired": self.expired,
            "workflow_run": {"id": self.run},
        }


class Left:
    """The artifacts of all runs, as they are asked for."""

    def __init__(self, artifacts: Iterable[Artifact] = ()) -> None:
        self._runs: dict[int, list[Artifact]] = {}
        self._ids: dict[int, Artifact] = {}
        for one in artifacts:
            self.add(one)

    def add(self, one: Artifact) -> None:
        self._runs.setdefault(one.run, []).append(one)
        self._ids[one.id] = one

    def of(self, run: int) -> list[Artifact]:
        return self._runs.get(run, [])

    def by_id(self, number: int) -> Artifact:
        return self._ids[number]

    def drop(self, run: int) -> None:
        self._runs.pop(run, None)

    def __iter__(self) -> Iterator[Artifact]:
        return iter(self._ids.values())


def left_by(found: Iterable[Outcomes | Findings]) -> list[Artifact]:
    """The artifacts of attempts that had these results."""
    summaries: dict[tuple[int, str, int], Summary] = {}
    scanned: dict[tuple[int, int], dict[str, Any]] = {}
    for one in found:
        if isinstance(one, Outcomes):
            counts = {name: getattr(one, name) for name in ("passed", "failed", "skipped", "flaky")}
            summaries[one.run, "tests", one.attempt] = FiguresOfTests(**counts)
        else:
            scanners = scanned.setdefault((one.run, one.attempt), {})
            scanners[one.scanner] = one.counts
            summaries[one.run, "findings", one.attempt] = FiguresOfScans(scanners=scanners)
    return [
        Artifact(id=number, run=run, name=run_summary.artifact(kind, attempt), files=_files(summary))
        for number, ((run, kind, attempt), summary) in enumerate(summaries.items(), 1)
    ]


def _files(summary: Summary) -> dict[str, bytes]:
    return {run_summary.FILE: run_summary.document(summary).encode()}
