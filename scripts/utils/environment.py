"""Installs the packages of a lock once, into a folder of the user's cache, and prints the folder. Needs no package itself.

    python environment.py LOCK          an environment with these packages, for all who have this lock and this Python
    python environment.py LOCK VENV     and VENV: an environment of its own that sees them, made anew in less than a second

The folder is named by what makes it: the lock, the Python, the machine. It appears by one rename when it is whole. A lock,
which pip holds too, keeps two runs from making the same one; what a killed run left is swept by the next. One that no run
has used for a month goes when another is made.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MONTH = 30 * 24 * 3600.0
HEADER = re.compile(rb"#!(?:/bin/sh\n'''exec' [^\n]*\n' '''|[^\n]*python[^\n]*)\n")
"""How a program begins that pip wrote for a Python: by its path, or by way of sh where the kernel could not take that."""
KERNEL_TAKES = 127


def main(lock: Path, own: Path | None) -> None:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    made = ensure(lock)
    if own is not None:
        show(made, own)
    print(made)


def ensure(lock: Path) -> Path:
    """The environment with the packages of ``lock``; installed where it is not there yet. Ends the program where pip fails."""
    made = home(lock)
    with only_one(made):
        if not made.is_dir():
            sweep(made.parent)
            part = made.with_name(f".{made.name}.part")
            try:
                install(lock, part, made)
                part.rename(made)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    os.utime(made)
    return made


def home(lock: Path) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    content = hashlib.sha256(lock.read_bytes())
    content.update(repr((tuple(sys.version_info), sys.base_prefix, platform.system(), platform.machine())).encode())
    return cache / "lockgate" / "environments" / content.hexdigest()[:16]


@contextmanager
def only_one(made: Path) -> Iterator[None]:
    locks = made.parent / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / made.name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run is installing the same Python packages: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        yield


def sweep(folder: Path) -> None:
    for old in folder.iterdir():
        with suppress(FileNotFoundError):
            if old.name != ".locks" and old.stat().st_mtime < time.time() - MONTH:
                shutil.rmtree(old, ignore_errors=True)


def install(lock: Path, part: Path, made: Path) -> None:
    """Fills ``part`` with what works once it is called ``made``."""
    say(f"Installing the Python packages of {lock} (about a minute, once)")
    shutil.rmtree(part, ignore_errors=True)
    run(lock, sys.executable, "-m", "venv", str(part))
    pip = (str(part / "bin" / "python"), "-m", "pip", "--disable-pip-version-check")
    # What the lock says and nothing else: pip asked for `name[extra]` looks for a newer one than the lock's `name`, and fails.
    run(lock, *pip, "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock))
    run(lock, *pip, "check")
    for program in programs(part):
        if (text := for_python(program, made / "bin" / "python")) is not None:
            program.write_bytes(text)


def show(made: Path, own: Path) -> None:
    """Makes ``own`` anew: its Python sees the packages of ``made`` by a path, and its ``bin`` has their programs."""
    venv.create(own, clear=True, symlinks=True)
    # It sorts before those of editable installations: a package comes before a folder of the checkout, as in one environment.
    (packages(own) / "0-locked.pth").write_text(f"{packages(made)}\n")
    for program in programs(made):
        place = own.resolve() / "bin" / program.name
        if place.exists():
            continue
        text = for_python(program, place.with_name("python"))
        if text is None:
            place.symlink_to(program)
        else:
            place.write_bytes(text)
            place.chmod(0o755)


def packages(environment: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))


def programs(environment: Path) -> list[Path]:
    return [file for file in (environment / "bin").iterdir() if file.is_file() and not file.is_symlink()]


def for_python(program: Path, python: Path) -> bytes | None:
    """The program's text, to be run by ``python``; nothing where it is not a program in Python."""
    with program.open("rb") as file:
        header = HEADER.match(file.read(4096))
    if header is None:
        return None
    plain = f"#!{python}\n"
    if len(plain) > KERNEL_TAKES or " " in plain:
        plain = f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n"
    return plain.encode() + program.read_bytes()[header.end() :]


def run(lock: Path, *command: str) -> None:
    """Ends the program with the command's words when it fails. The command holds the lock of ``only_one`` too, until it ends."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, close_fds=False, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout.strip()}\nerror: {lock.resolve()}: its packages could not be installed, for the reason above")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
