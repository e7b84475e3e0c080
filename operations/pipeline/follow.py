"""What act says while a workflow runs, as jobs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operations.pipeline.documents import Document, read, titled
from operations.pipeline.jobs import JobRun, Result
from operations.preview.mask import Mask

ON, OFF = "lockgate: on a runner", "lockgate: off the runner"
KEPT_LINES = 25


@dataclass
class _Job:
    """A job that runs: when it began, by both clocks, got and gave back its runner, and what its last steps said."""

    name: str
    id: str
    at: float
    began: float
    on: float = 0.0
    off: float = 0.0
    result: Result | None = None
    failed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class Follower:
    """Reads act's lines of JSON. What jobs print goes to the file ``log``, without secrets."""

    def __init__(self, document: Document, source: Path, mask: Mask, log: Path, told: Callable[[JobRun], None]) -> None:
        self._document, self._mask, self._told = document, mask, told
        self._documents = read(source)
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log.open("w")
        self._jobs: dict[str, _Job] = {}

    def feed(self, line: str) -> None:
        """One line of act's: of a job, or else its own words, which go to the log."""
        try:
            said = json.loads(line)
        except ValueError:
            said = {"msg": line}
        text = self._mask(str(said.get("msg", ""))).rstrip("\n")
        key = str(said.get("job", "")).strip()
        print(f"{key}: {text}" if key else text, file=self._log, flush=True)
        if key and "jobID" in said:
            job = self._jobs.get(key) or self._begin(key, said)
            self._feed(job, said, text)

    def jobs(self, code: int) -> tuple[JobRun, ...]:
        """All jobs of the workflow, those that never began too. A job that had not ended has failed with act."""
        self._log.close()
        for job in self._jobs.values():
            job.result = job.result or "cancelled"
        ran = [self._run(job) for job in self._jobs.values()]
        there = {job.id for job in ran}
        missing = [id_ for id_ in self._document.content["jobs"] if id_ not in there]
        if code != 0 and all(job.result in ("success", "skipped") for job in ran):
            ran.append(JobRun(id="act", name="act", needs=(), result="failure", said="\n".join(self._own_words())))
        return (*ran, *(self._skipped(id_, name) for id_ in missing for name in self._document.checks(id_)))

    def _own_words(self) -> list[str]:
        return Path(self._log.name).read_text().splitlines()[-KEPT_LINES:]

    def _begin(self, key: str, said: Mapping[str, Any]) -> _Job:
        """``key`` is WORKFLOW/JOB, or CALLER/WORKFLOW/JOB for a job of a called workflow."""
        parts, values = key.split("/"), tuple((said.get("matrix") or {}).values())
        id_ = str(said["jobID"])
        if len(parts) > 2 and (caller := self._caller(id_)):
            inner = self._documents[self._document.called(caller)].content["jobs"][id_].get("name", id_)
            name = f"{self._document.content['jobs'][caller].get('name', caller)} / {titled(inner, values)}"
            id_ = caller
        else:
            name = titled(self._document.content["jobs"][id_].get("name", id_), values)
        self._jobs[key] = _Job(name=name, id=id_, at=time.time(), began=time.monotonic())
        return self._jobs[key]

    def _caller(self, inner: str) -> str:
        """The job of this workflow that calls the one with the job ``inner``."""
        calls = {id_: self._document.called(id_) for id_ in self._document.content["jobs"]}
        return next((id_ for id_, file in calls.items() if file and inner in self._documents[file].content["jobs"]), "")

    def _feed(self, job: _Job, said: Mapping[str, Any], text: str) -> None:
        if said.get("raw_output"):
            job.on = time.monotonic() if text == ON else job.on
            job.off = time.monotonic() if text == OFF else job.off
            job.lines = [*job.lines, text][-KEPT_LINES:]
        elif said.get("stepResult") == "failure":
            job.failed.append(str(said.get("step")))
            job.said = job.said or job.lines
        elif "stepResult" in said and said.get("stage") == "Main":
            job.lines = []
        if "jobResult" in said:
            job.result = "success" if said["jobResult"] == "success" else "failure"
            self._told(self._run(job))

    def _run(self, job: _Job) -> JobRun:
        on = job.on or job.began
        return JobRun(
            id=job.id,
            name=job.name,
            needs=self._document.needs(job.id),
            result=job.result or "cancelled",
            began=job.at,
            waited=on - job.began,
            seconds=(job.off or time.monotonic()) - on,
            failed=tuple(dict.fromkeys(job.failed)),
            said="\n".join(job.said),
        )

    def _skipped(self, id_: str, name: str) -> JobRun:
        return JobRun(id=id_, name=name, needs=self._document.needs(id_), result="skipped")
