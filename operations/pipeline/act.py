"""Runs one workflow through act, on this machine, and follows its jobs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import toolchain
from components.workflows.pins import PINS
from operations.pipeline.documents import Document
from operations.pipeline.events import Event
from operations.pipeline.follow import Follower
from operations.pipeline.jobs import JobRun, Run
from operations.pipeline.processes import marked
from operations.preview.mask import Mask

KEPT = re.compile(
    r"^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|XDG_DATA_HOME|LOCKGATE_LAB_DIR"
    r"|GO\w*|PIP_\w+|npm_config_\w+|\w+_proxy|\w+_PROXY)$"
)
"""Variables of this process that a runner has too: where things are, and how to reach them. No secret is among them."""

ENDING_SECONDS = 150.0
"""How long jobs have to end in order after Ctrl-C; a deployment takes its time."""


class Act:
    """``folder`` is the runner's; ``runners`` how many jobs run at once, ``server`` the address of GitHub."""

    def __init__(self, folder: Path, *, server: str, runners: int) -> None:
        self.folder, self.server, self.runners = folder, server, runners
        self._actions = [f"--local-repository={name}@{pin.sha}={folder / 'actions' / name}" for name, pin in PINS.items()]

    def run(
        self,
        source: Path,
        document: Document,
        event: Event,
        number: int,
        *,
        secrets: Mapping[str, str],
        variables: Mapping[str, str],
        environment: Mapping[str, str],
        told: Callable[[JobRun], None],
        only: Sequence[str] = (),
    ) -> Run:
        """The workflow's run for ``event``, of the checkout ``source``.

        ``told`` hears of each job that ends. ``only`` are act's options that leave jobs out.
        """
        log = self.folder / "logs" / f"{number}-{document.file.removesuffix('.yml')}.log"
        place = self.folder / "runs" / str(number)
        place.mkdir(parents=True)
        given = {"event": event.document, "secrets": secrets, "vars": variables}
        for name, content in given.items():
            _write(place / f"{name}.{'json' if name == 'event' else 'yml'}", json.dumps(content))
        command = [*self._command(source, document, event, number, place), *only]
        started = time.monotonic()
        follower = Follower(document, source, Mask(secrets.values()), log, told)
        with self._running(command, source, environment) as process:
            for line in process.stdout or ():
                follower.feed(line)
        jobs = follower.jobs(process.returncode)
        for name in ("secrets.yml", "vars.yml"):
            (place / name).unlink()
        return Run(
            number=number,
            file=document.file,
            name=document.name,
            event=event.name,
            jobs=jobs,
            seconds=time.monotonic() - started,
            log=str(log),
        )

    def _command(self, source: Path, document: Document, event: Event, number: int, place: Path) -> list[str]:
        context = {
            "GITHUB_REPOSITORY": event.repository,
            "GITHUB_RUN_ID": number,
            "GITHUB_RUN_NUMBER": number,
            "GITHUB_REF": f"refs/heads/{event.branch}",
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
    def _running(
        self, command: Sequence[str], source: Path, environment: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[str]]:
        """The process; nothing that it started outlives it. Ctrl-C lets its jobs end in order."""
        kept = {name: value for name, value in os.environ.items() if KEPT.match(name)}
        own = {"LOCKGATE_RUNNER": str(self.folder), "LOCKGATE_RUNNERS": str(self.runners)}
        process = subprocess.Popen(
            command, cwd=source, env={**kept, **environment, **own}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        try:
            yield process
            process.wait()
        except KeyboardInterrupt:
            self._end(signal.SIGINT, ENDING_SECONDS)
            raise
        finally:
            self._end(signal.SIGKILL, 10.0)
            process.wait()

    def _end(self, number: signal.Signals, seconds: float) -> None:
        """Signals all that has this runner's mark, and waits until it is gone."""
        mark = f"LOCKGATE_RUNNER={self.folder}"
        for pid in marked(mark):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + seconds
        while marked(mark) and time.monotonic() < deadline:
            time.sleep(0.1)


def _write(path: Path, text: str) -> None:
    """Readable by its owner only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
