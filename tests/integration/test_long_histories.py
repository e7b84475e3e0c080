"""The exporter as a process of its own, against a GitHub of 10,000 runs over HTTP: none lost, none twice, memory flat."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from histories import END, REPOSITORY, recorded
from run_artifacts import Left, left_by
from runs_api import RunsApi
from runs_server import serving

from benchmarks.rig.cluster import until
from history.model import Job, Outcomes, Run
from history.store import Store

ROOT = Path(__file__).parents[2]
DAYS = (datetime.now(UTC) - END).days + 65
"""How far back the whole history lies."""

FAULT_EVERY = 97
LEFT_EVERY = 10
"""Of the attempts one in so many has left its tests and findings: each is three requests more."""
FAULTS = (
    httpx2.Response(403, json={"message": "You have exceeded a secondary rate limit."}, headers={"retry-after": "0"}),
    httpx2.Response(502, text="<html>Bad Gateway</html>"),
)
LONGEST_SECONDS = 1200.0
MOST_MORE_KILOBYTES = 24 * 1024
"""Ten times as many runs may take so much more memory: SQLite's cache fills up, and allocators keep what they had."""


def command(store: Path, url: str, *words: str) -> list[str]:
    asked = ["--store", str(store), "--repository", REPOSITORY, "--github", url, "--days", str(DAYS)]
    return [sys.executable, "-c", "from operations.cli import main; main()", "exporter", *words, *asked]


def start(store: Path, url: str, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "GITHUB_TOKEN": "t"}
    return subprocess.Popen(command(store, url, *words), cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


@contextmanager
def exporting(store: Path, url: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that collects once, and its address, until SIGTERM; it must end in order."""
    with start(store, url, "serve", "--listen", "127.0.0.1:0", "--interval", "3600") as process:
        assert process.stderr
        address = process.stderr.readline().split()[-1].removesuffix("/metrics")
        try:
            yield process, address
        finally:
            process.terminate()
            assert process.wait(timeout=60) == 0, process.stderr.read()


def total(text: str, metric: str) -> int:
    return sum(int(float(value)) for value in re.findall(rf"^{metric}{{.*}} (\S+)$", text, re.MULTILINE))


def peak_kilobytes(process: subprocess.Popen[str]) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    assert found
    return int(found[1])


def faulty(api: RunsApi) -> None:
    """Now and then GitHub has had enough, or its gateway has."""
    api.refuse = lambda _, number: FAULTS[number // FAULT_EVERY % 2] if number % FAULT_EVERY == 0 else None


def collected(tmp_path: Path, runs: int) -> int:
    """Collects a history of so many runs and serves it; returns the most memory that it took, in kilobytes."""
    made = recorded(runs, 5, planted=("flaky tests",))
    api = RunsApi(made.runs, made.jobs, made.commits)
    tests, findings = made.tests[::LEFT_EVERY], made.findings[::LEFT_EVERY]
    api.left = Left(left_by([*tests, *findings]))
    faulty(api)
    store = tmp_path / f"{runs}.db"
    with serving(api, "127.0.0.1") as url, exporting(store, url) as (process, address):
        text = served(address)
        used = peak_kilobytes(process)
    assert total(text, "lockgate_runs_total") == len(made.runs) >= runs
    assert total(text, "lockgate_jobs_total") == len(made.jobs)
    assert total(text, "lockgate_tests_total") == sum(one.passed + one.failed + one.skipped for one in tests)
    assert total(text, "lockgate_collector_calls_total") == api.answered[200] + api.answered[304]
    assert api.answered[403] > 0
    assert api.answered[502] > 0
    return used


def served(address: str) -> str:
    """The metrics once everything was collected."""
    with httpx2.Client(timeout=60, trust_env=False) as client:
        until(lambda: client.get(f"{address}/readyz").status_code == httpx2.codes.OK, "the first collection", LONGEST_SECONDS)
        return client.get(f"{address}/metrics").text


def test_ten_times_as_many_runs_take_no_more_memory(tmp_path: Path) -> None:
    few, many = collected(tmp_path, 1_000), collected(tmp_path, 10_000)
    assert many - few < MOST_MORE_KILOBYTES, f"{few} kB with 1,000 runs, {many} kB with 10,000"


def test_an_exporter_that_is_killed_again_and_again_counts_each_run_once(tmp_path: Path) -> None:
    made = recorded(400, 6, planted=("flaky tests",))
    api, store = RunsApi(made.runs, made.jobs, made.commits), tmp_path / "history.db"
    api.left = Left(left_by([*made.tests, *made.findings]))
    process: list[subprocess.Popen[str]] = []
    kills = iter((3, 20, 21, 150, 333, 500, 777))
    following = next(kills)

    def kill(number: int) -> None:
        nonlocal following
        if number == following:
            process[-1].send_signal(signal.SIGKILL)
            following = next(kills, 0)

    api.before = kill
    codes: list[int] = []
    with serving(api, "127.0.0.1") as url:
        while not codes or codes[-1] == -signal.SIGKILL:
            process.append(start(store, url, "collect"))
            process[-1].communicate()
            codes.append(process[-1].returncode)
    assert codes[-1] == 0
    assert codes.count(-signal.SIGKILL) >= 3
    with Store(store) as opened:
        assert sorted((run.id, run.attempt) for run in opened.of(Run)) == sorted((run.id, run.attempt) for run in made.runs)
        assert sorted((one.run, one.attempt) for one in opened.of(Outcomes)) == sorted(
            (one.run, one.attempt) for one in made.tests
        )
        assert sorted(job.id for job in opened.of(Job)) == sorted(job.id for job in made.jobs)
