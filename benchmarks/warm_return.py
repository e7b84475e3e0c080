"""A warm return: from the command to the last answer of the release that was live, against an update that changes nothing."""

from __future__ import annotations

import time

from benchmarks.load import Load
from benchmarks.measure import rig, show_ratio
from benchmarks.rig import Stack
from benchmarks.rig.stack import image

ROUNDS = 5
TARGET = 2.0
VERSIONS = ("1.0.0", "1.1.0")


def main() -> None:
    with rig() as opened:
        stack = opened.stack(bakeSeconds=1)
        for version in VERSIONS:
            stack.release(version).good()
        rollbacks, plain, noops = [], [], []
        with Load(stack.url, keep_alive=0) as load:
            for _ in range(ROUNDS):
                rollbacks.append(_seconds(stack, load, "1.0.0", "lockgate", "rollback", "-s", stack.name))
                noops.append(stack.up().good().seconds)
                stack.set(image=image("1.1.0"), version="1.1.0")
                plain.append(_seconds(stack, load, "1.1.0", "pulumi", "up", "--yes", "--skip-preview", "-s", stack.name))
                noops.append(stack.up().good().seconds)
        show_ratio("warm return by lockgate rollback, against a no-op pulumi up", rollbacks, noops, TARGET)
        show_ratio("warm return by pulumi up, against a no-op pulumi up", plain, noops, TARGET)
        print(f"requests: {len(load.samples)}, failed: {len(load.failures())}")


def _seconds(stack: Stack, load: Load, version: str, *command: str) -> float:
    """From the start of the command to the last answer of another version."""
    other = next(one for one in VERSIONS if one != version)
    started = time.monotonic()
    stack.start(*command).wait().good()
    return load.last(other) - started


if __name__ == "__main__":
    main()
