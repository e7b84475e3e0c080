"""A command in a session of its own, that can be killed with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05
UP_SECONDS = 240.0


@dataclass(frozen=True)
class Done:
    """How a command ended; ``output`` is what it wrote to both streams, without colours."""

    code: int
    output: str
    seconds: float

    def good(self) -> Done:
        """Itself. Raises ``AssertionError`` with its output where it failed."""
        assert self.code == 0, f"exit code {self.code}\n{self.output}"
        return self

    def bad(self) -> Done:
        """Itself. Raises ``AssertionError`` with its output where it succeeded."""
        assert self.code != 0, f"it succeeded, but should have failed\n{self.output}"
        return self


class Running:
    """A command that runs: its standard output and error go into ``log``."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        self.started = time.monotonic()
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.pid = self._process.pid

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def wait(self, seconds: float = UP_SECONDS) -> Done:
        """Its end. After ``seconds``, kills it and raises ``AssertionError`` with its output."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end()
            raise AssertionError(f"still running after {seconds} s\n{self.output}") from None
        return Done(code, self.output, time.monotonic() - self.started)

    def until(self, check: Callable[[], bool], what: str, seconds: float = UP_SECONDS) -> None:
        """Waits for ``check`` while the command runs. Raises ``AssertionError`` where it ends first, or in time."""
        deadline = time.monotonic() + seconds
        while not check():
            assert self._process.poll() is None, f"ended before {what}\n{self.output}"
            assert time.monotonic() < deadline, f"not seen in {seconds} s: {what}\n{self.output}"
            time.sleep(POLL_SECONDS)

    def until_said(self, text: str) -> None:
        """Waits until the output has ``text``."""
        self.until(lambda: text in self.output, repr(text))

    def interrupt(self) -> None:
        """What Ctrl-C in its terminal does: SIGINT to the whole process group."""
        os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> Done:
        """``kill -9`` of the command's first process alone, as out-of-memory does it."""
        self._process.kill()
        return self.wait()

    def session(self) -> list[int]:
        """The processes that it started and that live, itself included."""
        return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and _session(path) == self.pid]

    def pythons(self) -> list[int]:
        """Those of its session that run Python: the program and Lockgate's plugin, not Pulumi's own processes."""
        return [pid for pid in self.session() if _program(pid).startswith("python")]

    def end(self) -> None:
        """Kills it with everything that it started."""
        for pid in self.session():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()


def _program(pid: int) -> str:
    """The name of the process's executable, "" for one that is gone."""
    try:
        return Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return ""


def _session(path: Path) -> int:
    """The session of the process, 0 for one that is gone."""
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0 if fields[0] in "ZX" else int(fields[3])
