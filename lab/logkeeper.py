"""Keeps log files small: one that grew past its limit is copied to ``<name>.1`` and emptied in place.

Runs as a process of its own beside the lab, with nothing but the standard library, so that it costs little memory.
Writers append, so emptying a file under them is safe.
"""

import os
import shutil
import sys
import time

LIMIT = 4 * 1024 * 1024
SECONDS = 15.0


def rotate(folder: str, limit: int = LIMIT) -> None:
    """One round over ``*.log`` in ``folder``; ``limit`` is in bytes."""
    with os.scandir(folder) as entries:
        large = [entry.path for entry in entries if entry.name.endswith(".log") and entry.stat().st_size > limit]
    for path in large:
        shutil.copyfile(path, f"{path}.1")
        os.truncate(path, 0)


if __name__ == "__main__":
    while True:
        rotate(sys.argv[1])
        time.sleep(SECONDS)
