"""From a push to a live release, again with warm caches, a scan, and back: what ``make pipeline`` runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import lab
import toolchain
from infra.errors import ReleaseError
from operations import environment, state
from operations.pipeline.act import Act
from operations.pipeline.gates import Approve, Gates
from operations.pipeline.jobs import JobRun, Run
from operations.pipeline.place import CHANGES, Place
from operations.pipeline.server import Server
from operations.project import STACKS
from operations.pulumi_cli import Pulumi

PROPOSAL = "proposal"
ENVIRONMENT, REASON = "production", "the pipeline shows that it can go back"


@dataclass(kw_only=True)
class Chapter:
    """What was done, the runs that it started, and what was live afterwards, by stack."""

    title: str
    runs: list[Run]
    live: Mapping[str, str]


@dataclass(kw_only=True)
class Story:
    """All chapters; ``approvals`` are environments with who let a deployment in."""

    chapters: list[Chapter] = field(default_factory=list)
    approvals: list[tuple[str, str]] = field(default_factory=list)

    @property
    def failures(self) -> list[tuple[Run, JobRun]]:
        return [(run, job) for chapter in self.chapters for run in chapter.runs for job in run.failures]


class Teller:
    """Runs the chapters at a place. Each raises ``ReleaseError`` where what should be live is not."""

    def __init__(self, place: Place, *, runners: int, approve: Approve, told: Callable[[str, JobRun], None]) -> None:
        self.place = place
        self.gates = Gates(place.runner / "gates", place.hosted, approve)
        self.server = Server(place, Act(place.runner, server=lab.github_url(), runners=runners), self.gates, told)
        self.story = Story(approvals=self.gates.passed)
        self._pulumi = Pulumi(place.platform, environment.child(place.platform))

    def tell(self) -> None:
        """All of it, up to the first chapter in which something failed."""
        first = partial(self.push, "A push, without caches")
        for chapter in (first, self.change, self.propose, self.scan, self.drift, self.back):
            if not all(run.ok for run in chapter().runs):
                return

    def push(self, title: str) -> Chapter:
        """Pushes what the service's folder has. What is live at the end is what ci built, by digest."""
        self.place.push(title)
        chapter = self._tell(title, self.server.push())
        ci = next(run for run in chapter.runs if run.file == "ci.yml")
        if all(run.ok for run in chapter.runs):
            self._demand(chapter, self._built(ci))
        return chapter

    def change(self) -> Chapter:
        """A commit more."""
        file = self.place.service / CHANGES
        lines = file.read_text().splitlines() if file.exists() else ["# Changes", ""]
        file.write_text("\n".join([*lines, f"- Change {len(lines) - 1}"]) + "\n")
        return self.push("A change, with warm caches")

    def propose(self) -> Chapter:
        """A pull request gets one comment that says what it would change in every stack, however often it is previewed."""
        number = self.place.hosted.propose(PROPOSAL)
        runs = [self.server.propose("preview.yml", number, PROPOSAL) for _ in range(2)]
        chapter = self._tell("A pull request, previewed twice", runs)
        said = self.place.hosted.comments(number)
        if all(run.ok for run in runs) and len(said) != 1:
            raise ReleaseError(f"pull request {number}: has {len(said)} comments, and should have one; see {runs[1].log}")
        return chapter

    def drift(self) -> Chapter:
        return self._tell("The drift check", self.server.start("drift.yml"))

    def scan(self) -> Chapter:
        return self._tell("The daily scan", self.server.start("security.yml"))

    def back(self) -> Chapter:
        """Takes production back to the release before."""
        before = self.live()
        inputs = {"environment": ENVIRONMENT, "release": "", "reason": REASON}
        chapter = self._tell("Production goes back", self.server.start("rollback.yml", inputs))
        (run,) = chapter.runs
        if run.ok and chapter.live["prod"] == before["prod"]:
            raise ReleaseError(f"{ENVIRONMENT}: the rollback passed, and {before['prod']} is still live; see {run.log}")
        return chapter

    def live(self) -> Mapping[str, str]:
        """The image that is live in each stack, "" for none."""
        found = {stack: state.read(self._pulumi, stack).ledger.live_release for stack in STACKS}
        return {stack: release.image if release else "" for stack, release in found.items()}

    def _tell(self, title: str, runs: list[Run]) -> Chapter:
        chapter = Chapter(title=title, runs=runs, live=self.live())
        self.story.chapters.append(chapter)
        return chapter

    def _built(self, ci: Run) -> str:
        """The digest of the image that a run of ci has left as its artifact."""
        tar = self.place.runner / "artifacts" / str(ci.number) / "build" / "image.tar"
        crane = toolchain.ensure(["crane"])["crane"]
        return subprocess.run([crane, "digest", "--tarball", tar], capture_output=True, text=True, check=True).stdout.strip()

    def _demand(self, chapter: Chapter, digest: str) -> None:
        other = [f"{stack}: {image or 'nothing'}" for stack, image in chapter.live.items() if not image.endswith(digest)]
        if other:
            raise ReleaseError(f"ci built {digest}, and live is something else: {', '.join(other)}")


def open_place(root: Path, name: str) -> Place:
    """At ``root``, which is made where it is not there yet."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Place(root, name)
