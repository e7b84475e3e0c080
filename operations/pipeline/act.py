"""Runs one workflow through act, on this machine, and follows its jobs."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import toolchain
from components.workflows.pins import PINS
from infra.progress import note
from lab.pki import write_private
from lab.processes import carriers
from operations.pipeline.documents import Document
from operations.pipeline.events import Event
from operations.pipeline.follow import Follower
from operations.pipeline.jobs import JobRun, Run
from operations.preview.mask import Mask

KEPT = re.compile(
    r"^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|XDG_DATA_HOME|LOCKGATE_LAB_DIR"
    r"|GO\w*|PIP_\w+|npm_config_\w+|\w+_proxy|\w+_PROXY)$"
)
"""Variables of this process that a runner has too: where things are, and how to reach them. No secret is among them."""

RUNNER = "LOCKGATE_RUNNER"
"""The variable by which a job's processes know the runners' folder, and are known themselves."""
STOPPED = "stopped"
"""The file at which no job gets a runner any more."""
ENDING_SECONDS = 150.0
"""How long jobs have to end in order after Ctrl-C; a deployment takes its time."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the jobs of a run are given: ``secrets`` and ``variables`` by GitHub, ``environment`` by the machine."""

    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    environment: Mapping[str, str]


class Act:
    """``folder`` is the runners'; ``runners`` how many jobs run at once, ``server`` the address of GitHub."""

    def __init__(self, folder: Path, *, server: str, runners: int) -> None:
        self.folder, self.server, self.runners = folder, server, runners
        self._actions = [f"--local-repository={name}@{pin.sha}={folder / 'actions' / name}" for name, pin in PINS.items()]

    def run(
        self,
        source: Path,
        document: Document,
        event: Event,
        number: int,
        given: Given,
        told: Callable[[JobRun], None],
        only: Sequence[str] = (),
    ) -> Run:
        """The workflow's run ``number`` for ``event``, of the checkout ``source``; one at a time.

        ``told`` hears of each job that ends. ``only`` are act's options that leave jobs out.
        """
        log = self.folder / "logs" / f"{number}-{document.file.removesuffix('.yml')}.log"
        began, started = time.time(), time.monotonic()
        follower = Follower(document, source, Mask(given.secrets.values()), log, told)
        with self._files(number, event, given) as place:
            command = [*self._command(source, document, event, number, place), *only]
            with self._running(command, source, given.environment) as process:
                self._follow(process, follower)
        return Run(
            number=number,
            file=document.file,
            name=document.name,
            event=event.name,
            jobs=follower.jobs(process.returncode),
            seconds=time.monotonic() - started,
            began=began,
            log=str(log),
        )

    @contextmanager
    def _files(self, number: int, event: Event, given: Given) -> Iterator[Path]:
        """What act reads, for as long as it runs; and all runners are free."""
        shutil.rmtree(self.folder / "slots", ignore_errors=True)
        (self.folder / "slots").mkdir()
        (self.folder / STOPPED).unlink(missing_ok=True)
        place = self.folder / "runs" / str(number)
        place.mkdir(parents=True)
        contents = {"event.json": event.document, "secrets.yml": given.secrets, "vars.yml": given.variables}
        try:
            for name, content in contents.items():
                write_private(place / name, json.dumps(content).encode())
            yield place
        finally:
            for name in contents:
                (place / name).unlink(missing_ok=True)

    def _command(self, source: Path, document: Document, event: Event, number: int, place: Path) -> list[str]:
        context = {
            "GITHUB_REPOSITORY": event.repository,
            "GITHUB_RUN_ID": number,
            "GITHUB_RUN_NUMBER": number,
            "GITHUB_REF": event.ref,
            "SHA_REF": event.sha,
            "GITHUB_SERVER_URL": self.server,
            "GITHUB_API_URL": f"{self.server}/api/v3",
        }
        return [
            *(str(toolchain.ensure(["act"])["act"]), event.name, "--directory", str(source)),
            *("--workflows", f".github/workflows/{document.file}", "--eventpath", str(place / "event.json")),
            *("--secret-file", str(place / "secrets.yml"), "--var-file", str(place / "vars.yml")),
            *("--platform", "ubuntu-latest=-self-hosted", "--no-skip-checkout", "--no-cache-server", "--rm", "--json"),
            *("--action-cache-path", str(self.folder / "jobs"), "--actor", "lockgate-bot", "--concurrent-jobs", "50"),
            *(f"--env={name}={value}" for name, value in context.items()),
            *self._actions,
        ]

    @contextmanager
    def _running(self, command: Sequence[str], source: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
        """The process; nothing that it started outlives it. Ctrl-C lets its jobs end in order."""
        kept = {name: value for name, value in os.environ.items() if KEPT.match(name)}
        own = {RUNNER: str(self.folder), "LOCKGATE_RUNNERS": str(self.runners)}
        process = subprocess.Popen(
            command, cwd=source, env={**kept, **environment, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            self._signal(signal.SIGKILL)
            process.wait()

    def _follow(self, process: subprocess.Popen[str], follower: Follower) -> None:
        """To the end. At Ctrl-C the jobs are asked to end and no other begins; act itself would kill them at once.

        At a second Ctrl-C, or when their time is over, they are killed.
        """
        try:
            _feed(process, follower)
        except KeyboardInterrupt:
            note("Stopping: jobs end in order; Ctrl-C again kills them")
            (self.folder / STOPPED).touch()
            self._signal(signal.SIGINT, but=process.pid)
            overdue = threading.Timer(ENDING_SECONDS, self._signal, [signal.SIGKILL])
            overdue.start()
            try:
                _feed(process, follower)
            finally:
                overdue.cancel()
            raise

    def _signal(self, number: signal.Signals, but: int = 0) -> None:
        """Signals all processes of these runners, whoever started them."""
        for process in carriers(RUNNER, str(self.folder).__eq__):
            if process.pid != but:
                process.kill(number)


def _feed(process: subprocess.Popen[str], follower: Follower) -> None:
    for line in process.stdout or ():
        follower.feed(line)
    process.wait()
