"""The gates of environments: who must say yes before a job deploys there is what the repository's GitHub says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from operations.pipeline.github import Hosted

TICK_SECONDS = 0.1
Approve = Callable[[str, Sequence[str]], str]
"""Is asked with an environment and its reviewers; the name of who says yes, or an empty string for a no."""


class Gates:
    """Answers the jobs that wait. ``passed`` are the environments that somebody approved, each with the name."""

    def __init__(self, folder: Path, hosted: Hosted, approve: Approve) -> None:
        self._folder, self._hosted, self._approve = folder, hosted, approve
        self.passed: list[tuple[str, str]] = []
        self._done = threading.Event()

    def guard(self, environments: Mapping[str, str]) -> None:
        """``environments`` by WORKFLOW/JOB are those whose jobs must ask."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "guarded.json").write_text(json.dumps(environments))

    def __enter__(self) -> Gates:
        self._done.clear()
        self._thread = threading.Thread(target=self._watch, name="gates", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(TICK_SECONDS):
            for asks in self._folder.glob("*.asks"):
                answer = asks.with_suffix(".answer")
                if not answer.exists() and (environment := asks.read_text()):
                    written = answer.with_suffix(".writing")
                    written.write_text(self._answer_or_error(environment))
                    written.rename(answer)

    def _answer_or_error(self, environment: str) -> str:
        """Whatever happens here, a job that waits must hear of it."""
        try:
            return self._answer(environment)
        except Exception as error:
            return f"{environment}: its gate could not be asked: {error}"

    def _answer(self, environment: str) -> str:
        reviewers = self._hosted.reviewers(environment)
        if not reviewers:
            return "yes"
        who = self._approve(environment, reviewers)
        if not who:
            return f"{environment}: the deployment was rejected"
        self.passed.append((environment, who))
        return "yes"
