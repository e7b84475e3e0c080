"""What the benchmarks share: a rig for as long as one runs, medians, and a line for each result."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.rig import Rig, open_rig


@contextmanager
def rig() -> Iterator[Rig]:
    with tempfile.TemporaryDirectory(prefix="lockgate-bench-") as folder, open_rig(Path(folder)) as opened:
        yield opened


def show_ratio(what: str, ours: Sequence[float], theirs: Sequence[float], target: float) -> None:
    """The medians of both sides in seconds, their ratio, and whether that is within the target."""
    mine, other = statistics.median(ours), statistics.median(theirs)
    verdict = "within" if mine <= target * other else "above"
    print(f"{what}: {mine:.2f} s against {other:.2f} s = {mine / other:.2f} times ({verdict} the target of {target})", flush=True)
