"""Advice on a pipeline, with its costs and the figures of its stacks, from a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from history import dora
from history.advice.all import advise
from history.advice.model import Advice, Past
from history.cost import Rates, billed_minutes, total
from history.store import Store


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """What a workflow took in the time that was looked at; ``cost`` is None where a rate is not known."""

    name: str
    runs: int
    minutes: int
    cost: float | None


@dataclass(frozen=True, kw_only=True)
class Insights:
    """``problems`` are sentences on what could not be collected."""

    start: datetime
    end: datetime
    runs: int
    advice: Sequence[Advice]
    workflows: Sequence[Workflow]
    stacks: Sequence[dora.Figures]
    problems: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        return {
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "runs": self.runs,
            "advice": [asdict(one) for one in self.advice],
            "workflows": [asdict(one) for one in self.workflows],
            "stacks": [_figures(one) for one in self.stacks],
            "problems": list(self.problems),
        }


def insights(store: Store, rates: Rates, end: datetime, days: int, problems: Sequence[str] = ()) -> Insights:
    """Of the last ``days`` before ``end``."""
    start = end - timedelta(days=days)
    runs = list(store.runs(start))
    first = min((run.started for run in runs), default=start)
    past = Past(runs, list(store.jobs(start)), max(first, start), end, rates)
    window = dora.Window(start=start, end=end)
    found = [dora.figures(stack, list(store.deployments(stack)), store.brought, window) for stack in store.stacks()]
    return Insights(
        start=start,
        end=end,
        runs=len(runs),
        advice=advise(past),
        workflows=_workflows(past),
        stacks=found,
        problems=problems,
    )


def _workflows(past: Past) -> list[Workflow]:
    """The most expensive first."""
    found = []
    for name, runs in past.of_workflow():
        jobs = [job for run in runs for job in past.jobs_of[run.id, run.attempt]]
        minutes = sum(map(billed_minutes, jobs))
        found.append(Workflow(name=name, runs=len(runs), minutes=minutes, cost=total(jobs, past.rates)))
    return sorted(found, key=lambda one: -one.minutes)


def _figures(found: dora.Figures) -> dict[str, Any]:
    told = asdict(found)
    del told["window"]
    return told
