"""Runs a command while the lab runs: ``python -m operations.with_lab COMMAND …``.

A lab that was started for it is stopped afterwards, without a word, so that the command's own last lines stay the last.
"""

from __future__ import annotations

import subprocess
import sys

import lab
from infra import progress
from infra.errors import LockgateError
from operations import up


def run(command: list[str]) -> int:
    """The command's exit code. Ctrl-C reaches the command by the terminal; this waits for it and tidies up."""
    ours = not lab.status().running
    try:
        up.prepare(uses_lab=True)
        return _finish(subprocess.Popen(command))
    finally:
        if ours:
            progress.console.quiet = True
            lab.down()


def _finish(process: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except LockgateError as error:
        sys.exit(f"error: {error}")
