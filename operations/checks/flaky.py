"""Which tests are flaky, by what they came to in earlier runs, and how long they usually take. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from operations.checks.history import Run, remember
from operations.checks.junit import Key
from operations.checks.markdown import count

WINDOW = 20
"""The last runs of a test that are judged. Only those count in which it passed or failed."""

FLIPS = 3
"""As many changes between passed and failed on one branch make a test flaky."""

BROKEN = 5
"""A test that failed so many times in a row is broken, whatever it did before."""

Seen = Sequence[tuple[Run, bool]]
"""The runs in which a test passed or failed, the oldest first, and whether it failed."""


@dataclass(frozen=True, kw_only=True)
class Flaky:
    """A test that failed in ``failed`` of its last ``runs`` runs, and in ``last`` most lately."""

    failed: int
    runs: int
    last: Run

    @property
    def how_often(self) -> str:
        return f"{self.failed} of the last {count(self.runs, 'run')}"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What ``earlier`` runs, and ``this`` one, say of its tests. ``usual`` are the median seconds of those that passed before."""

    this: Run
    earlier: int
    flaky: Mapping[Key, Flaky]
    usual: Mapping[Key, float]


def known(runs: Sequence[Run], this: Run) -> Known:
    """Of the tests of ``this`` run only: one that was renamed or removed is forgotten."""
    earlier, whole = [run for run in runs if not run.is_same(this)], remember(runs, this)
    judged = {key: judge(_seen(whole, key)) for key in this.results}
    times = {key: _times(earlier, key) for key in this.results}
    return Known(
        this=this,
        earlier=len(earlier),
        flaky={key: found for key, found in judged.items() if found},
        usual={key: median(found) for key, found in times.items() if found},
    )


def judge(seen: Seen) -> Flaky | None:
    """Flaky is what both passed and failed at one commit, or changed between them ``FLIPS`` times on one branch; not what
    only fails now. An unknown commit or branch, "", proves nothing."""
    window = seen[-WINDOW:]
    if all(failed for _, failed in window[-BROKEN:]) and len(window) >= BROKEN:
        return None
    if not _differs(window) and _flips(window) < FLIPS:
        return None
    failures = [run for run, failed in window if failed]
    return Flaky(failed=len(failures), runs=len(window), last=failures[-1])


def _differs(seen: Seen) -> bool:
    passed, failed = ({run.commit for run, bad in seen if bad is wanted} for wanted in (False, True))
    return bool(passed & failed - {""})


def _flips(seen: Seen) -> int:
    """On the branch that has most of them."""
    branches: dict[str, list[bool]] = defaultdict(list)
    for run, failed in seen:
        if run.branch:
            branches[run.branch].append(failed)
    return max((sum(one != after for one, after in pairwise(found)) for found in branches.values()), default=0)


def _seen(runs: Iterable[Run], key: Key) -> Seen:
    found = ((run, run.results[key].outcome) for run in runs if key in run.results)
    return [(run, outcome == "failed") for run, outcome in found if outcome != "skipped"]


def _times(runs: Iterable[Run], key: Key) -> list[float]:
    found = (run.results[key] for run in runs if key in run.results)
    return [one.seconds for one in found if one.outcome == "passed"]
