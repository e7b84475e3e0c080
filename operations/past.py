"""The history of a project's pipeline on this machine: collected from GitHub and from the stacks' states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from history import ledgers
from history.collector import Collector
from history.cost import Rates
from history.github import Source
from history.store import Store
from infra.errors import LockgateError
from infra.ledger_document import document
from infra.progress import step
from operations import state
from operations.exporting import heard
from operations.preview import target
from operations.project import Project
from operations.pulumi_cli import Pulumi

FILE = "history.db"
FIRST_DAYS = 90
"""How far a first collection goes back; GitHub keeps logs that long, and runs longer."""


def default(project: Project) -> Path:
    """Where the history lies unless another file is named."""
    return project.data / FILE


def collect(pulumi: Pulumi, stacks: Sequence[str], store: Store) -> list[str]:
    """Takes up what is new of the stacks and of their repositories; returns what could not be had, one sentence each."""
    said: list[str] = []
    sources = {}
    for stack in stacks:
        name = str(pulumi.project.setting(stack, "github.repository") or "")
        if name and name not in sources:
            try:
                client = target.find(pulumi, [stack], 0, name).client
                sources[name] = Source(client, name, partial(heard, store))
            except LockgateError as error:
                said.append(str(error))
    for name, source in sources.items():
        with step(f"Collecting the runs of {name}"):
            said += _tried(partial(_runs, store, source, said.append))
    for stack in stacks:
        name = str(pulumi.project.setting(stack, "github.repository") or "")
        said += _tried(partial(_ledger, pulumi, stack, store, sources.get(name)))
    return said


def rates(project: Project, stacks: Sequence[str]) -> Rates:
    """Prices of a runner's minute by label, of the first stack that has any."""
    told = (project.setting(stack, "costRunnerMinute") or {} for stack in stacks)
    found: Mapping[str, Any] = next(filter(None, told), {})
    return {str(label): float(price) for label, price in found.items()}


def _runs(store: Store, source: Source, say: Callable[[str], None]) -> None:
    Collector(store, source, datetime.now(UTC) - timedelta(days=FIRST_DAYS), say=say).collect()


def _ledger(pulumi: Pulumi, stack: str, store: Store, source: Source | None) -> None:
    known = state.read(pulumi, stack)
    if known.ledger.live:
        told = ledgers.read(document(stack, known.output("service"), known.ledger.to_dict()))
        ledgers.collect(store, [told], source)


def _tried(work: partial[None]) -> list[str]:
    try:
        work()
    except LockgateError as error:
        return [str(error)]
    return []
