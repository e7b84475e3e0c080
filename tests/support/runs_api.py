"""GitHub's API of workflow runs, as far as the collector asks it, over histories of any size: in this process, without a network.

``tests/contract/test_runs_api.py`` holds its answers to GitHub's own description.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx2
from run_artifacts import Left

from history.model import Commit, Job, Run, Step

MOST = 1000
RUNS = re.compile(r"/actions/runs$")
RUN = re.compile(r"/actions/runs/(\d+)(?:/attempts/(\d+))?$")
JOBS = re.compile(r"/actions/runs/(\d+)/attempts/(\d+)/jobs$")
ARTIFACTS = re.compile(r"/actions/runs/(\d+)/artifacts$")
ARCHIVE = re.compile(r"/actions/artifacts/(\d+)/zip$")
STORAGE = "/storage/"
COMPARE = re.compile(r"/compare/(\w+)\.\.\.(\w+)$")
REPOSITORY = re.compile(r"/repos/[^/]+/[^/]+$")

Refuse = Callable[[httpx2.Request, int], httpx2.Response | None]
"""Given a request and its number from 1, an answer that takes the place of the right one."""


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


class RunsApi:
    """``runs`` are attempts; ``answered`` counts the answers by status, ``before`` is called before each request is answered.

    Archives lie on the host ``storage``, "" for the same one; ``fetched`` are the requests that it got.
    """

    def __init__(self, runs: Iterable[Run], jobs: Iterable[Job], commits: Iterable[Commit] = ()) -> None:
        self.runs: dict[int, dict[int, Run]] = {}
        self.jobs: dict[tuple[int, int], list[Job]] = {}
        self.commits = list(commits)
        self.answered: Counter[int] = Counter()
        self.asked: list[str] = []
        self.refuse: Refuse = lambda *_: None
        self.before: Callable[[int], None] = lambda _: None
        self.limit: tuple[int, int] | None = None
        self.left = Left()
        self.storage = ""
        self.fetched: list[httpx2.Request] = []
        for run in runs:
            self.add(run)
        for job in jobs:
            self.jobs.setdefault((job.run, job.attempt), []).append(job)

    def add(self, run: Run, jobs: Iterable[Job] = ()) -> None:
        self.runs.setdefault(run.id, {})[run.attempt] = run
        self.jobs.setdefault((run.id, run.attempt), []).extend(jobs)

    def rerun(self, id_: int, at: datetime, conclusion: str = "success") -> Run:
        """Another attempt of a run, with the jobs of the last one."""
        last = self.runs[id_][max(self.runs[id_])]
        run = replace(last, attempt=last.attempt + 1, started=at, ended=at, conclusion=conclusion)
        jobs = self.jobs[id_, last.attempt]
        self.add(run, [replace(job, attempt=run.attempt, id=job.id + 10**9, ended=at) for job in jobs])
        return run

    def kill(self, when: Callable[[int], bool]) -> None:
        """Ends whoever asks, before the request is answered for whose number ``when`` says so."""

        def before(number: int) -> None:
            if when(number):
                raise Killed

        self.before = before

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._handle)

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.raw_path.decode())
        self.before(len(self.asked))
        answer = self.refuse(request, len(self.asked)) or self._answer(request)
        self.answered[answer.status_code] += 1
        return answer

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if matched := ARCHIVE.search(request.url.path):
            return httpx2.Response(302, headers={"location": f"{self.storage}{STORAGE}{matched[1]}"})
        if request.url.path.startswith(STORAGE):
            self.fetched.append(request)
            number = int(request.url.path.removeprefix(STORAGE))
            return httpx2.Response(200, content=self.left.by_id(number).archive)
        body, links = self._body(request.url.path.removeprefix("/api/v3"), dict(request.url.params), request.url)
        if body is None:
            return httpx2.Response(404, json={"message": "Not Found"})
        text = json.dumps(body)
        headers = {"etag": f'W/"{hashlib.sha256(text.encode()).hexdigest()}"', **({"link": links} if links else {})}
        if self.limit:
            headers |= {"x-ratelimit-limit": str(self.limit[0]), "x-ratelimit-remaining": str(self.limit[1])}
        if request.headers.get("if-none-match") == headers["etag"]:
            return httpx2.Response(304, headers={"etag": headers["etag"]})
        return httpx2.Response(200, content=text, headers={"content-type": "application/json", **headers})

    def _body(self, path: str, params: dict[str, str], url: httpx2.URL) -> tuple[Any, str]:
        if RUNS.search(path):
            found = self._listed(params.get("created", ""))
            page, links = _page(found[:MOST], params, url)
            return {"total_count": len(found), "workflow_runs": [run_json(run) for run in page]}, links
        if matched := RUN.search(path):
            attempts = self.runs.get(int(matched[1]), {})
            run = attempts.get(int(matched[2] or max(attempts, default=0)))
            return run_json(run) if run else None, ""
        if matched := JOBS.search(path):
            key = (int(matched[1]), int(matched[2]))
            if key[1] not in self.runs.get(key[0], {}):
                return None, ""
            jobs, links = _page(self.jobs.get(key, []), params, url)
            return {"total_count": len(self.jobs.get(key, [])), "jobs": [job_json(job) for job in jobs]}, links
        if matched := ARTIFACTS.search(path):
            left = self.left.of(int(matched[1]))
            page, links = _page(left, params, url)
            return {"total_count": len(left), "artifacts": [one.told() for one in page]}, links
        if matched := COMPARE.search(path):
            return self._compare(matched[1], matched[2]), ""
        return ({"default_branch": "main"}, "") if REPOSITORY.search(path) else (None, "")

    def _listed(self, created: str) -> list[Run]:
        start, _, end = created.partition("..")
        newest = [attempts[max(attempts)] for attempts in self.runs.values() if attempts]
        found = [run for run in newest if not created or _moment(start) <= run.created.replace(microsecond=0) <= _moment(end)]
        return sorted(found, key=lambda run: (run.created, run.id), reverse=True)

    def _compare(self, base: str, head: str) -> Any:
        shas = [commit.sha for commit in self.commits]
        if base not in shas or head not in shas:
            return None
        between = self.commits[shas.index(base) + 1 : shas.index(head) + 1]
        return {"commits": [commit_json(commit) for commit in between]}


def _page(items: list[Any], params: dict[str, str], url: httpx2.URL) -> tuple[list[Any], str]:
    size, number = int(params.get("per_page", 30)), int(params.get("page", 1))
    following = url.copy_merge_params({"page": str(number + 1)})
    return items[(number - 1) * size : number * size], f'<{following}>; rel="next"' if number * size < len(items) else ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def run_json(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.workflow,
        "path": run.file,
        "run_number": run.number,
        "run_attempt": run.attempt,
        "event": run.event,
        "head_branch": run.branch,
        "head_sha": run.commit,
        "status": "completed" if run.ended else "in_progress",
        "conclusion": run.conclusion or None,
        "created_at": _text(run.created),
        "run_started_at": _text(run.started),
        "updated_at": _text(run.ended or run.started),
        "html_url": run.url,
    }


def job_json(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "run_id": job.run,
        "run_attempt": job.attempt,
        "name": job.name,
        "labels": list(job.labels),
        "status": "completed" if job.ended else "in_progress",
        "conclusion": job.conclusion or None,
        "created_at": _text(job.created),
        "started_at": _text(job.started),
        "completed_at": _text(job.ended),
        "html_url": job.url,
        "steps": [_step_json(step) for step in job.steps],
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "name": step.name,
        "status": "completed",
        "conclusion": step.conclusion,
        "started_at": _text(step.started),
        "completed_at": _text(step.ended),
    }


def commit_json(commit: Commit) -> dict[str, Any]:
    return {"sha": commit.sha, "commit": {"committer": {"date": _text(commit.committed)}}}
