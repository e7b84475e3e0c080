"""A recorded history of a repository's pipeline, made up from a seed: sound, or with problems planted in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from history.model import Commit, Deployment, Findings, Gate, Job, Kind, Outcomes, Run, Step
from history.store import Store

END = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REPOSITORY = "lab/shop"
URL = f"https://github.example/{REPOSITORY}/actions/runs"
LABEL = "ubuntu-latest"
STACKS = {"dev": "development", "staging": "staging", "prod": "production"}
PROBLEMS = ("slow step", "cache misses", "flaky tests", "queue", "repeated runs")

CI = {
    "Build": ((), 150),
    "Tests (unit)": (("Build",), 120),
    "Tests (integration)": (("Build",), 160),
    "Security Scan / Dependencies, Images and Secrets": (("Build",), 140),
    "Quality Check": (("Tests (unit)", "Tests (integration)"), 60),
}
"""Jobs of a push: what each needs, and the usual seconds of its own step."""


@dataclass
class Recorded:
    """Everything that a store can hold. ``brought`` are the commits of each release."""

    runs: list[Run] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    brought: dict[str, list[Commit]] = field(default_factory=dict)
    tests: list[Outcomes] = field(default_factory=list)
    findings: list[Findings] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)

    def fill(self, store: Store) -> None:
        """Puts all of it into a store."""
        with store.together():
            store.mark(f"default branch of {REPOSITORY}", "main")
            store.put(*self.runs, *self.jobs, *self.tests, *self.findings, *self.gates)
            for stack in STACKS:
                store.merge_ledger(stack, "shop", [one for one in self.deployments if one.stack == stack])
                for release, commits in self.brought.items():
                    store.put_brought(stack, release, commits)

    @property
    def start(self) -> datetime:
        return min(run.created for run in self.runs)


def recorded(runs: int = 1000, seed: int = 1, *, planted: tuple[str, ...] = (), days: int = 60) -> Recorded:
    """About so many runs, spread over ``days`` before ``END``; ``planted`` are of ``PROBLEMS``."""
    maker = _Maker(Random(seed), planted, days)  # noqa: S311
    pushes = max(runs * 2 // 3, 1)
    for index in range(pushes):
        maker.push(END - timedelta(days=days) * (1 - index / pushes), index / pushes)
    maker.scans()
    return maker.made


class _Maker:
    def __init__(self, random: Random, planted: tuple[str, ...], days: int) -> None:
        self.random, self.planted, self.days = random, planted, days
        self.made = Recorded()
        self.live = dict.fromkeys(STACKS, "")
        self.positions = dict.fromkeys(STACKS, 0)

    def push(self, at: datetime, age: float) -> None:
        """A commit, its run of ci, a rerun where a test is flaky, and what follows where it passed on the default branch."""
        sha = f"{len(self.made.commits):040x}"
        commit = Commit(repository=REPOSITORY, sha=sha, committed=at - self.random.randint(60, 7200) * SECOND)
        self.made.commits.append(commit)
        branch = "main" if self.random.random() < 0.6 else f"feature-{len(self.made.commits) % 7}"
        broken = self.random.random() < 0.05
        flaky = "flaky tests" in self.planted and not broken and self.random.random() < 0.06
        ends = ["failure", "success"] if flaky else ["failure" if broken else "success"]
        ended = at
        for attempt, end in enumerate(ends, 1):
            ended = self._ci(at, ended, age, attempt, end, sha, branch)
        if branch == "main" and ends[-1] == "success":
            self._deliver(ended + 20 * SECOND, commit)

    def _ci(self, created: datetime, start: datetime, age: float, attempt: int, end: str, sha: str, branch: str) -> datetime:
        number = len(self.made.runs) if attempt == 1 else self.made.runs[-1].id
        fails = self.random.choice(list(CI)) if end == "failure" and attempt > 1 else "Tests (unit)"
        over: dict[str, datetime] = {}
        for name, (needs, seconds) in CI.items():
            if any(need not in over for need in needs):
                continue
            queued = max([over[need] for need in needs], default=start)
            slow = 3.0 if "slow step" in self.planted and name == "Build" and age > 0.5 else 1.0
            bad = end == "failure" and name == fails
            done = self._job(number, attempt, name, queued, seconds * slow, "failure" if bad else "success")
            if not bad:
                over[name] = done
        ended = max([*over.values(), *(job.ended for job in self.made.jobs[-len(CI) :] if job.run == number and job.ended)])
        event = "push" if branch == "main" else "pull_request"
        self._run(number, attempt, "Continuous Integration", "ci", event, branch, sha, created, start, ended, end)
        self._reports(number, attempt, end, branch, ended)
        return ended

    def _job(self, run: int, attempt: int, name: str, queued: datetime, seconds: float, end: str) -> datetime:
        waits = self.random.randint(2, 9)
        if "queue" in self.planted and "integration" in name:
            waits += self.random.randint(120, 600)
        started = queued + waits * SECOND
        misses = 0.5 if "cache misses" in self.planted else 0.04
        set_up = self.random.randint(90, 130) if self.random.random() < misses else self.random.randint(12, 18)
        own = int(seconds * self.random.uniform(0.9, 1.1))
        between = started + (5 + set_up) * SECOND
        ended = between + own * SECOND
        steps = (
            Step(number=1, name="Check out the source", conclusion="success", started=started, ended=started + 5 * SECOND),
            Step(number=2, name="Set up the environment", conclusion="success", started=started + 5 * SECOND, ended=between),
            Step(number=3, name=name.partition(" (")[0], conclusion=end, started=between, ended=ended),
        )
        label = "big" if "integration" in name else LABEL
        self.made.jobs.append(
            Job(
                repository=REPOSITORY,
                run=run,
                attempt=attempt,
                id=len(self.made.jobs) + 1,
                name=name,
                labels=(label,),
                created=queued,
                started=started,
                ended=ended,
                conclusion=end,
                url=f"{URL}/{run}/job/{len(self.made.jobs) + 1}",
                steps=steps,
            )
        )
        return ended

    def _run(
        self,
        number: int,
        attempt: int,
        workflow: str,
        file: str,
        event: str,
        branch: str,
        sha: str,
        created: datetime,
        started: datetime,
        ended: datetime,
        end: str,
    ) -> None:
        self.made.runs.append(
            Run(
                repository=REPOSITORY,
                id=number,
                attempt=attempt,
                number=number,
                workflow=workflow,
                file=f".github/workflows/{file}.yml",
                event=event,
                branch=branch,
                commit=sha,
                created=created,
                started=started,
                ended=ended,
                conclusion=end,
                url=f"{URL}/{number}",
            )
        )

    def _reports(self, run: int, attempt: int, end: str, branch: str, ended: datetime) -> None:
        failed = int(end == "failure")
        made = Outcomes(repository=REPOSITORY, run=run, attempt=attempt, passed=240 - failed, failed=failed, skipped=2, flaky=0)
        self.made.tests.append(made)
        counts = {"low": self.random.randint(0, 4), "medium": 0, "high": 0, "critical": 0}
        self.made.findings.append(Findings(repository=REPOSITORY, run=run, attempt=attempt, scanner="trivy", counts=counts))
        if branch == "main":
            fixed = {"code_smells": 3.0, "duplicated_lines_density": 1.2, "bugs": 0.0, "sqale_index": 45.0}
            measures = {"coverage": self.random.uniform(84, 92), **fixed}
            self.made.gates.append(Gate(project="shop", analysis=f"a{run}", at=ended, passed=True, measures=measures))

    def _deliver(self, at: datetime, commit: Commit) -> None:
        """Through the three stacks; now and then a release in prod is rolled back."""
        number, start = len(self.made.runs), at
        release = f"1.0.{number}-{commit.sha[-8:]}"
        self.made.brought[release] = [commit]
        for stack, environment in STACKS.items():
            at = self._job(number, 1, f"Deploy to {environment}", at, 70, "success")
            before = self._enter(stack, release, "release" if self.live[stack] else "bootstrap", commit.sha, at)
        self._run(number, 1, "Continuous Deployment", "cd", "workflow_run", "main", commit.sha, start, start, at, "success")
        if before and self.random.random() < 0.04:
            at += self.random.randint(120, 1800) * SECOND
            self._enter("prod", before, "rollback", before[-8:], at)

    def _enter(self, stack: str, release: str, kind: Kind, revision: str, at: datetime) -> str:
        before, self.live[stack] = self.live[stack], release
        self.made.deployments.append(
            Deployment(
                stack=stack,
                position=self.positions[stack],
                release=release,
                version=release.partition("-")[0],
                revision=revision,
                kind=kind,
                at=at,
                previous=before,
            )
        )
        self.positions[stack] += 1
        return before

    def scans(self) -> None:
        """Daily, of the newest commit; every hour and on one commit where that is the problem."""
        often = "repeated runs" in self.planted
        for index in range(self.days * (24 if often else 1)):
            at = END - timedelta(days=self.days) + timedelta(hours=1 if often else 24) * index
            sha = "f" * 40 if often else self.made.commits[index * len(self.made.commits) // self.days].sha
            number = len(self.made.runs)
            ended = self._job(number, 1, "Scan of What Is Published", at, 240, "success")
            self._run(number, 1, "Security Scanning", "security", "schedule", "main", sha, at, at, ended, "success")
