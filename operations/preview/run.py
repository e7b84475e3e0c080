"""Previews stacks side by side with the real engine, and judges what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.errors import LockgateError, ReleaseError
from infra.plan import Plan
from operations import policies
from operations.display import Display
from operations.engine import Engine
from operations.preview import collect, fork, listen
from operations.preview.cost import Rates
from operations.preview.examine import examine
from operations.preview.listen import Heard
from operations.preview.mask import Mask
from operations.preview.model import Drift, Report, StackReport
from operations.preview.place import Place, own
from operations.project import STACKS, Project
from operations.pulumi_cli import Pulumi

AT_LEAST = 3
"""Stacks that are previewed at once even on the smallest machine."""


class StoppedError(ReleaseError):
    """The user stopped a preview."""

    def __init__(self) -> None:
        super().__init__("the preview was stopped before its end; nothing was changed by it")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is wanted. ``words`` name the stateful resources that may be deleted."""

    drift: bool = False
    fork: bool = False
    words: tuple[str, ...] = ()


def stacks(project: Project) -> list[str]:
    """The stacks that have a file: dev, staging and prod first, then the user's own."""
    found = sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in project.root.glob("Pulumi.*.yaml"))
    return sorted(found, key=lambda stack: STACKS.index(stack) if stack in STACKS else len(STACKS))


def chosen(pulumi: Pulumi, named: Sequence[str]) -> list[str]:
    """Those that are named, each once, or all that have a file. Raises ``UsageError`` for one that is nowhere."""
    for stack in named:
        pulumi.demand_stack(stack)
    return list(dict.fromkeys(named)) or stacks(pulumi.project)


def report(pulumi: Pulumi, names: Sequence[str], asked: Asked) -> Report:
    """The report of the stacks. Raises ``StoppedError`` where the user stops it; nothing else stops the other stacks."""
    session = _Session(fork.without_secrets(pulumi) if asked.fork else pulumi, asked, names)
    with session.running() as pool:
        found = tuple(pool.map(session.look, names))
    if session.engine.interrupted:
        raise StoppedError
    return Report(stacks=found, fork=asked.fork)


def plan(pulumi: Pulumi, stack: str, config: Path | None = None) -> Plan:
    """What an update of one stack would do, with the settings of the file ``config`` where it is given.

    Raises ``StoppedError`` where the user stops it.
    """
    with Display([stack]) as display, own(pulumi, stack, config) as place, ThreadPoolExecutor(1) as pool:
        engine = Engine(pulumi)
        masking = pool.submit(listen.secrets, pulumi, place)
        with engine.forwarding():
            heard = listen.preview(engine, display, place)
        if engine.interrupted:
            raise StoppedError
    return _plan(heard, place, masking.result())


class _Session:
    def __init__(self, pulumi: Pulumi, asked: Asked, names: Sequence[str]) -> None:
        self.pulumi, self.asked = pulumi, asked
        self.engine, self.display = Engine(pulumi), Display(list(names))
        self.workers = min(len(names), max(AT_LEAST, os.cpu_count() or 1))

    @contextmanager
    def running(self) -> Iterator[ThreadPoolExecutor]:
        with self.display, ThreadPoolExecutor(self.workers) as pool, self.engine.forwarding():
            yield pool

    def look(self, stack: str) -> StackReport:
        """The stack's report. Whatever is wrong with the stack stands in it."""
        try:
            found = self._fork(stack) if self.asked.fork else self._whole(stack)
        except LockgateError as error:
            found = self._judge(Plan(stack=stack, error=str(error)), Heard())
        if found.failed:
            self.display.failed(stack, "preview")
        else:
            self.display.done(stack, "preview", found.withheld or found.summary)
        return found

    def _whole(self, stack: str) -> StackReport:
        """Preview, drift and the secrets to hide, all at once."""
        with own(self.pulumi, stack) as place, ThreadPoolExecutor(2) as pool:
            masking = pool.submit(listen.secrets, self.pulumi, place)
            drifting = pool.submit(listen.drift, self.engine, place) if self.asked.drift and place.exists else None
            heard, hidden = listen.preview(self.engine, self.display, place), masking.result()
            drift = _drift(drifting.result(), hidden) if drifting else None
            return self._judge(_plan(heard, place, hidden), heard, drift)

    def _fork(self, stack: str) -> StackReport:
        """Where it can be made without a secret; else the word why not."""
        needed = fork.needs(self.pulumi.project, stack)
        if needed:
            return self._judge(Plan(stack=stack), Heard(), withheld=needed)
        with fork.place(self.pulumi, stack) as place:
            heard = listen.preview(self.engine, self.display, place)
        lacking = fork.lacking(heard.failures)
        if lacking:
            return self._judge(Plan(stack=stack), Heard(), withheld=lacking)
        return self._judge(_plan(heard, place, Mask()), heard)

    def _judge(self, plan: Plan, heard: Heard, drift: Drift | None = None, withheld: str = "") -> StackReport:
        project, stack = self.pulumi.project, plan.stack
        return examine(
            plan,
            ledgers=collect.ledgers(heard.events),
            rates=_rates(project, stack),
            findings=policies.findings(project, plan, self.asked.words),
            enforced=policies.is_enforced(project, stack),
            drift=drift,
            outputs=collect.changed_outputs(heard.events),
            withheld=withheld,
        )


def _plan(heard: Heard, place: Place, hidden: Mask) -> Plan:
    failures = list(heard.failures)
    return collect.read(place.stack, heard.events, hidden, failures=failures, exists=place.exists, seconds=heard.seconds)


def _drift(heard: Heard, hidden: Mask) -> Drift:
    return Drift(changes=collect.drift(heard.events, hidden), error=hidden("\n".join(heard.failures)))


def _rates(project: Project, stack: str) -> Rates:
    cpu, memory = (_number(project.setting(stack, key)) for key in ("costCpuMonth", "costMemoryGiBMonth"))
    return Rates(cpu=cpu, memory=memory)


def _number(value: object) -> float:
    """0, which is unknown, for what is no number: the preview itself complains of that."""
    try:
        return float(str(value))
    except ValueError:
        return 0.0
