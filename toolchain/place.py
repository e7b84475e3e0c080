"""Puts results in place whole or not at all, and one run at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import progress


def place(home: Path, title: str, make: Callable[[Path, Path], None]) -> Path:
    """Fills ``home`` by ``make(result, scratch)`` unless it is there, and returns it.

    ``make`` works in a temporary folder beside ``home``; the result appears under its name by one rename, after
    ``make`` has returned. What a killed run left is swept by the next one, which first waits until the processes that
    ``make`` had started with ``close_fds=False`` have ended, for they hold the lock too.
    """
    with _only_one(home, title):
        if home.is_dir():
            return home
        _sweep(home)
        work = Path(tempfile.mkdtemp(prefix=f".{home.name}.", dir=home.parent))
        try:
            result, scratch = work / "result", work / "scratch"
            (result / "bin").mkdir(parents=True)
            scratch.mkdir()
            make(result, scratch)
            result.rename(home)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return home


@contextmanager
def _only_one(home: Path, title: str) -> Iterator[None]:
    locks = home.parent / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / home.name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step(f"{title}: waiting for another run that is making it"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        yield


def _sweep(home: Path) -> None:
    for leftover in home.parent.glob(f".{home.name}.*"):
        shutil.rmtree(leftover, ignore_errors=True)


def write_once(path: Path, text: str) -> None:
    """Writes a small file so that no reader ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).replace(path)
