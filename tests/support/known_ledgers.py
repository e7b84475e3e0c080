"""Ledgers whose figures are known beforehand, since each is put together from episodes that say what they add."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from history.model import Commit, Deployment, Job, Kind

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Known:
    """A ledger, and what its figures are; ``now`` is where its story has come to."""

    now: datetime = START
    ledger: list[Deployment] = field(default_factory=list)
    commits: dict[str, list[Commit]] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    releases: int = 0
    rollbacks: int = 0
    failed: int = 0
    leads: list[float] = field(default_factory=list)
    restores: list[float] = field(default_factory=list)
    left_out: int = 0
    succeeded: int = 0
    broken: int = 0

    @property
    def live(self) -> str:
        return self.ledger[-1].release if self.ledger else ""

    def brought(self, deployment: Deployment) -> list[Commit]:
        return self.commits.get(deployment.release, [])

    def _enter(self, release: str, kind: Kind, at: datetime) -> None:
        entry = Deployment(
            stack="prod",
            position=len(self.ledger),
            release=release,
            version=release,
            revision=f"rev-{release}",
            kind=kind,
            at=at,
            previous=self.live,
        )
        self.ledger.append(entry)

    def release(self, minutes_old: list[int]) -> str:
        """A release with a commit for each of ``minutes_old``; below 0 the committer's clock was ahead."""
        name = f"r{self.releases}"
        first = not self.ledger
        self._enter(name, "bootstrap" if first else "release", self.now)
        self.commits[name] = [
            Commit(repository="lab/shop", sha=f"{name}-{index}", committed=self.now - old * MINUTE)
            for index, old in enumerate(minutes_old)
        ]
        self.releases += 1
        if not first:
            self.leads += [60.0 * old for old in minutes_old if old >= 0]
            self.left_out += sum(old < 0 for old in minutes_old)
        return name

    def go_back(self, to: str, minutes: int, *, clock_behind: bool = False) -> None:
        """A rollback ``minutes`` after what is live went live; by a clock that is two hours behind where ``clock_behind``."""
        went_live = self.ledger[-1].at
        self.now += minutes * MINUTE
        at = went_live - 120 * MINUTE if clock_behind else self.now
        self._enter(to, "rollback", at)
        self.rollbacks += 1
        if clock_behind:
            self.left_out += 1
        else:
            self.restores.append((at - went_live).total_seconds())

    def deploy_job(self, ends: list[str]) -> None:
        """A deployment whose attempts ended so, the last one last."""
        for attempt, conclusion in enumerate(ends, 1):
            self.jobs.append(
                Job(
                    repository="lab/shop",
                    run=1000 + self.succeeded + self.broken,
                    attempt=attempt,
                    id=len(self.jobs),
                    name="Deploy to production",
                    labels=("ubuntu-latest",),
                    created=self.now,
                    started=self.now,
                    ended=self.now + MINUTE,
                    conclusion=conclusion,
                    url="https://github.example/lab/shop/actions/runs/1",
                )
            )
        self.succeeded += ends[-1] == "success"
        self.broken += ends[-1] != "success"


AGES = st.lists(st.integers(-90, 5000), max_size=3)


@st.composite
def known_ledgers(draw: st.DrawFn) -> Known:
    """Within 30 days of ``START`` if the episodes are few; each begins with a release that stays."""
    known = Known()
    known.release([])
    for episode in draw(st.lists(st.sampled_from(EPISODES), max_size=12)):
        known.now += draw(st.integers(1, 2880)) * MINUTE
        episode(known, draw)
    return known


def _good(known: Known, draw: st.DrawFn) -> None:
    known.release(draw(AGES))
    known.deploy_job(draw(st.sampled_from([["success"], ["failure", "success"], ["failure", "timed_out", "success"]])))


def _never_live(known: Known, draw: st.DrawFn) -> None:
    """Stopped by a gate: the ledger does not know of it."""
    known.deploy_job(draw(st.sampled_from([["failure"], ["success", "failure"], ["timed_out"]])))


def _bad(known: Known, draw: st.DrawFn) -> None:
    before = known.live
    known.release(draw(AGES))
    known.failed += 1
    known.go_back(before, draw(st.integers(0, 600)), clock_behind=draw(st.booleans()))


def _bad_twice(known: Known, draw: st.DrawFn) -> None:
    """Two bad releases, and two steps back."""
    first = known.live
    second = known.release(draw(AGES))
    known.now += draw(st.integers(1, 600)) * MINUTE
    known.release(draw(AGES))
    known.failed += 2
    known.go_back(second, draw(st.integers(1, 60)))
    known.go_back(first, draw(st.integers(1, 60)))


def _forward_again(known: Known, draw: st.DrawFn) -> None:
    """A release that was rolled back returns, and stays: one failure, and going forward is none of the older release."""
    before = known.live
    bad = known.release(draw(AGES))
    known.failed += 1
    known.go_back(before, draw(st.integers(0, 60)))
    known.now += draw(st.integers(1, 60)) * MINUTE
    known._enter(bad, "rollback", known.now)
    known.rollbacks += 1


def _quiet(known: Known, draw: st.DrawFn) -> None:
    known.now += draw(st.integers(1, 5)) * timedelta(days=1)


EPISODES = (_good, _never_live, _bad, _bad_twice, _forward_again, _quiet)
