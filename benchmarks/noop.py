"""An update that changes nothing: a stack like dev against an empty Pulumi program, in turns."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import rig, show_ratio
from benchmarks.rig import Rig, Stack

ROUNDS = 7
TARGET = 1.5
PROJECT = "name: empty\nruntime: python\n"


def empty(opened: Rig) -> Stack:
    """A stack whose program does nothing."""
    folder = opened.project.root / "empty"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(PROJECT)
    Path(folder / "__main__.py").write_text('"""Nothing."""\n')
    return opened.stack_in(folder, service="none")


def main() -> None:
    with rig() as opened:
        ours, theirs = opened.stack(strategy="rolling"), empty(opened)
        ours.release("1.0.0").good()
        theirs.up().good()
        for name, options in (("pulumi up --yes", ()), ("pulumi up --yes --skip-preview", ("--skip-preview",))):
            pairs = [(_noop(ours, options), _noop(theirs, options)) for _ in range(ROUNDS)]
            show_ratio(f"no-op {name}, dev against empty", [a for a, _ in pairs], [b for _, b in pairs], TARGET)


def _noop(stack: Stack, options: tuple[str, ...]) -> float:
    return stack.pulumi("up", "--yes", *options).good().seconds


if __name__ == "__main__":
    main()
