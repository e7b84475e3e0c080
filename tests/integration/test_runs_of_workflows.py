"""One workflow through act, without a lab: its jobs end in order when the run is stopped, and leave nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import toolchain
from lab import actions
from lab.processes import carriers
from operations.pipeline import events, git
from operations.pipeline.act import RUNNER, Act, Given
from operations.pipeline.documents import read
from operations.pipeline.jobs import Run

ROOT = Path(__file__).parents[2]
SECRET = "correct horse battery"  # noqa: S105
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
WORKFLOW = f"""
name: CI
on: {{push: {{branches: [main]}}}}
jobs:
  work:
    name: Work
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}
      - name: Say
        env: {{WORD: "${{{{ secrets.WORD }}}}", FILE: "${{{{ vars.FILE }}}}"}}
        run: |
          echo "the word is $WORD"
          trap 'echo in order >"$FILE"; exit 1' INT
          touch "$FILE.begun"
          if [ "${{{{ vars.WAIT }}}}" = yes ]; then for second in $(seq 60); do sleep 1; done; fi
"""


class Runner:
    """A service with that workflow, and a runner for it."""

    def __init__(self, root: Path) -> None:
        self.root, self.source, self.folder, self.file = root, root / "service", root / "runner", root / "file"
        git.ensure(self.source)
        (self.source / ".github" / "workflows").mkdir(parents=True, exist_ok=True)
        (self.source / ".github" / "workflows" / "ci.yml").write_text(WORKFLOW)
        self.sha = git.commit(self.source, "The service")
        git.push(self.source, self.folder / "repositories" / "lab" / "web.git")
        for name in ("artifacts", "caches", "gates", "logs", "runs"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "gates" / "guarded.json").write_text("{}")
        if not (self.folder / "actions").is_dir():
            actions.write(self.folder / "actions")

    def run(self, number: int, *, wait: str = "no") -> Run:
        environment = {"LOCKGATE_CACHES": str(self.root / "caches"), "LOCKGATE_TOOLS": str(toolchain.cache_root())}
        given = Given(secrets={"WORD": SECRET}, variables={"FILE": str(self.file), "WAIT": wait}, environment=environment)
        act = Act(self.folder, server="http://127.0.0.1:1", runners=1)
        event = events.push("lab/web", "main", self.sha)
        return act.run(self.source, read(self.source)["ci.yml"], event, number, given, lambda _: None)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    toolchain.ensure(["act"])
    return Runner(tmp_path)


def test_a_job_gets_its_secret_and_no_log_or_file_keeps_it(runner: Runner) -> None:
    run = runner.run(1)
    assert {job.name: job.result for job in run.jobs} == {"Work": "success"}
    log = Path(run.log).read_text()
    assert "the word is " in log
    kept = [path for path in runner.folder.rglob("*") if path.is_file() and SECRET in path.read_text(errors="replace")]
    assert kept == []


def test_a_run_that_is_stopped_lets_its_job_end_in_order_leaves_nothing_and_the_next_one_runs(runner: Runner) -> None:
    program = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(ROOT)!r}]\n"
        "from pathlib import Path\nfrom test_runs_of_workflows import Runner\n"
        f"Runner(Path({str(runner.root)!r})).run(1, wait='yes')"
    )
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as started:
        deadline = time.monotonic() + 60
        while not runner.file.with_name("file.begun").exists():
            assert started.poll() is None, "it ended before its job began"
            assert time.monotonic() < deadline, "its job did not begin"
            time.sleep(0.05)
        started.send_signal(signal.SIGINT)
        assert started.wait(60) != 0
    assert runner.file.read_text() == "in order\n"
    assert list(carriers(RUNNER, str(runner.folder).__eq__)) == []
    assert not (runner.folder / "runs" / "1" / "secrets.yml").exists()
    assert {job.result for job in runner.run(2).jobs} == {"success"}


def test_a_process_is_known_by_what_it_was_started_with(tmp_path: Path) -> None:
    fits = str(tmp_path).__eq__
    with subprocess.Popen(["sleep", "30"], env={**os.environ, RUNNER: str(tmp_path)}) as started:
        assert [one.pid for one in carriers(RUNNER, fits)] == [started.pid]
        started.kill()
    assert list(carriers(RUNNER, fits)) == []
