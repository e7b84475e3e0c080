"""Processes that outlive this program, known by pid and start time so that a reused pid is never taken for ours."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.components import Component
from lab.layout import Layout
from lab.pki import write_private

MARK = "LOCKGATE_LAB_PROCESS"
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STOP_SECONDS = 8.0
MARK_SECONDS = 2.0


@dataclass(frozen=True)
class Identity:
    """A process, not just a number: ``started`` is in clock ticks since boot."""

    pid: int
    started: int

    def alive(self) -> bool:
        return _stat(self.pid) == self

    def kill(self, number: signal.Signals) -> None:
        """Signals the process if it still is the same one."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


@dataclass(frozen=True)
class Record:
    """What is remembered of a started component; ``fingerprint`` tells what it was started with."""

    identity: Identity
    fingerprint: str


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _stat(pid: int) -> Identity | None:
    """The process with this pid, unless it is gone or only waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[0] in "ZX":
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        return None
    return Identity(pid, int(fields[19]))


def identify(pid: int) -> Identity | None:
    return _stat(pid)


def fingerprint(component: Component) -> str:
    """Changes when the arguments, the program or one of the files that it reads changes."""
    program = Path(component.argv[0]).stat()
    digest = hashlib.sha256(json.dumps([component.argv, program.st_size, program.st_mtime_ns]).encode())
    for file in component.files:
        digest.update(file.read_bytes() if file.exists() else b"")
    return digest.hexdigest()


def _record_path(layout: Layout, name: str) -> Path:
    return layout.run / "processes" / f"{name}.json"


def read(layout: Layout, name: str) -> Record | None:
    """The component's record, if its process lives."""
    try:
        data = json.loads(_record_path(layout, name).read_text())
        record = Record(Identity(**data["identity"]), data["fingerprint"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return record if record.identity.alive() else None


def started_at(layout: Layout, name: str) -> float:
    """When the component's living process was started, in seconds of Unix time; infinity when there is none."""
    return _record_path(layout, name).stat().st_mtime if read(layout, name) else math.inf


def _mark(layout: Layout, name: str) -> str:
    return f"{name}@{layout.root}"


def start(layout: Layout, component: Component) -> Record:
    """Starts it in a session of its own, with its output in ``logs/<name>.log``; whatever ran in its place is ended."""
    recorded = read(layout, component.name)
    stop_all([*([recorded.identity] if recorded else []), *marked(layout, component)])
    layout.logs.mkdir(parents=True, exist_ok=True)
    log = layout.logs / f"{component.name}.log"
    environment = {"PATH": SEARCH_PATH, "HOME": str(layout.root), MARK: _mark(layout, component.name)}
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    output = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    pid = os.posix_spawn(component.argv[0], component.argv, environment, file_actions=output, setsid=True)
    _await_mark(pid, _mark(layout, component.name))
    identity = identify(pid) or Identity(pid, 0)
    record = Record(identity, fingerprint(component))
    write_private(_record_path(layout, component.name), json.dumps(asdict(record)).encode())
    return record


def _await_mark(pid: int, mark: str) -> None:
    """The kernel lets the parent go on a moment before a new program's environment can be read."""
    deadline = time.monotonic() + MARK_SECONDS
    while identify(pid) and not _carries(Path(f"/proc/{pid}"), MARK, mark.__eq__) and time.monotonic() < deadline:
        time.sleep(0.001)


def marked(layout: Layout, component: Component | None = None) -> list[Identity]:
    """Living processes that carry this lab's mark: all of them, or those that run ``component``'s program.

    The program is compared by its name, since its folder may be another than it was, and since what a component starts
    (containerd's shims, the kubelet's commands) carries the mark too.
    """
    if component is None:
        return list(carriers(MARK, lambda mark: mark.endswith(_mark(layout, ""))))
    found = carriers(MARK, _mark(layout, component.name).__eq__)
    return [one for one in found if _program(Path(f"/proc/{one.pid}")) == Path(component.argv[0]).name]


def carriers(variable: str, fits: Callable[[str], bool]) -> Iterator[Identity]:
    """Living processes that were started with that variable of the environment, where its value fits."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _carries(entry, variable, fits) and (identity := identify(int(entry.name))):
            yield identity


def _carries(process: Path, variable: str, fits: Callable[[str], bool]) -> bool:
    try:
        given = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
    start = f"{variable}=".encode()
    return any(fits(item[len(start) :].decode(errors="replace")) for item in given if item.startswith(start))


def _program(process: Path) -> str:
    try:
        return Path((process / "cmdline").read_bytes().split(b"\0")[0].decode(errors="replace")).name
    except OSError:
        return ""


def stop_all(processes: list[Identity], seconds: float = STOP_SECONDS) -> None:
    """Asks them to end, waits up to ``seconds``, then ends them."""
    for process in processes:
        process.kill(signal.SIGTERM)
    if not _wait_gone(processes, seconds):
        for process in processes:
            process.kill(signal.SIGKILL)
        _wait_gone(processes, 5.0)


def _wait_gone(processes: list[Identity], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(process.alive() for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def last_lines(layout: Layout, name: str, count: int = 8) -> str:
    """The end of a component's log, indented, for an error message."""
    try:
        with (layout.logs / f"{name}.log").open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 8192))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    return "\n".join(f"    {line[:400]}" for line in lines[-count:])


def memory(pid: int) -> int:
    """Resident bytes; 0 for a process that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (FileNotFoundError, ProcessLookupError):
        return 0
