"""What GitHub does between an event and its runs: which workflows run, with what, and what follows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from infra.errors import UsageError
from operations.pipeline import events
from operations.pipeline.act import Act, Given
from operations.pipeline.documents import Document, read
from operations.pipeline.gates import Gates
from operations.pipeline.jobs import JobRun, Run
from operations.pipeline.place import Place
from operations.pipeline.told import run_told


class Server:
    """Runs the workflows of ``place``'s service. ``told`` hears of each job that ends, with its workflow's name."""

    def __init__(self, place: Place, act: Act, gates: Gates, told: Callable[[str, JobRun], None]) -> None:
        self._place, self._act, self._gates, self._told = place, act, gates, told
        self._hosted = place.hosted

    def push(self, branch: str = "main") -> list[Run]:
        """The runs that a push of the branch's newest commit starts, and those that follow them."""
        started = [document for document in self._documents().values() if document.on_push(branch)]
        return [run for document in started for run in self._with_followers(document, self._push(branch))]

    def start(self, file: str, inputs: Mapping[str, str] | None = None) -> list[Run]:
        """The run of a workflow that somebody starts by hand on the default branch."""
        document = self._documents().get(file)
        if document is None or not document.by_hand:
            raise UsageError(f"{file}: is no workflow that is started by hand; those are {', '.join(self._by_hand())}")
        event = events.by_hand(self._hosted.name, "main", self._place.head(), inputs or {})
        return self._with_followers(document, event)

    def propose(self, file: str, number: int, branch: str) -> Run:
        """The run of one workflow for the pull request ``number`` from ``branch``, of what the service's folder has."""
        return self._run(self._documents()[file], events.pull_request(self._hosted.name, number, branch, self._place.head()))

    def only(self, file: str, *options: str) -> Run:
        """The run of one workflow for a push, with act's ``options`` that leave jobs out, and nothing that follows."""
        return self._run(self._documents()[file], self._push(), options)

    def follow(self, run: Run) -> list[Run]:
        """The runs that follow ``run``, which a push has started, as if it had passed."""
        return self._followers(self._documents()[run.file], self._push(), run.number, "success")

    def _push(self, branch: str = "main") -> events.Event:
        return events.push(self._hosted.name, branch, self._place.head())

    def _with_followers(self, document: Document, event: events.Event) -> list[Run]:
        run = self._run(document, event)
        return [run, *self._followers(document, event, run.number, "success" if run.ok else "failure")]

    def _followers(self, document: Document, event: events.Event, number: int, conclusion: str) -> list[Run]:
        followed = events.after(event, name=document.name, number=number, conclusion=conclusion)
        after = [one for one in self._documents().values() if one.after(document.name, event.branch)]
        return [run for one in after for run in self._with_followers(one, followed)]

    def _run(self, document: Document, event: events.Event, only: Sequence[str] = ()) -> Run:
        self._gates.guard(document.guarded(event.payload.get("inputs", {})))
        given = Given(secrets=self._hosted.secrets(), variables=self._hosted.variables(), environment=self._place.environment())
        number = self._place.next_number()
        with self._gates:
            run = self._act.run(
                self._place.service, document, event, number, given, lambda job: self._told(document.name, job), only
            )
        self._hosted.tell(run_told(run, event, self._place.runner / "artifacts" / str(number)))
        return run

    def _documents(self) -> Mapping[str, Document]:
        return read(self._place.service)

    def _by_hand(self) -> list[str]:
        return [file for file, one in self._documents().items() if one.by_hand]
