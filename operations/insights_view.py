"""Advice as text."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from history.advice.model import Advice, Saving
from history.dora import Figures
from operations.insights import Insights, Workflow
from operations.tables import plain_table


def show(found: Insights, console: Console) -> None:
    """Prints to ``console``, what could not be collected last."""
    days = (found.end - found.start).days
    console.print(f"[bold]{found.runs} runs of the last {days} days[/bold]")
    if found.workflows:
        console.print(_workflows(found.workflows))
    if found.stacks:
        console.print(_stacks(found.stacks))
    console.print()
    for number, one in enumerate(found.advice, 1):
        _advice(number, one, console)
    if not found.advice:
        said = "nothing stands out" if found.runs else "no run is known: there is nothing to judge"
        console.print(said)
    for text in found.problems:
        console.print(f"note: {text}", style="yellow", markup=False, soft_wrap=True)


def _advice(number: int, one: Advice, console: Console) -> None:
    console.print(Text(f"{number}. {one.title}", style="bold"), soft_wrap=True)
    for evidence in one.evidence:
        console.print(Text(f"   {evidence.text}{f': {evidence.url}' if evidence.url else ''}"), soft_wrap=True)
    console.print(Text(f"   try: {one.remedy}"), soft_wrap=True)
    console.print(Text(f"   saves a month: {saving(one.saving)}", style="green"), soft_wrap=True)


def saving(one: Saving) -> str:
    """``12 h of waiting, 720 runner minutes, 4.32``."""
    waiting = f"{one.wait_minutes / 60:.1f} h of waiting" if one.wait_minutes else ""
    minutes = f"{one.runner_minutes:.0f} runner minutes" if one.runner_minutes else ""
    cost = f"cost {one.cost:.2f}" if one.cost else ""
    return ", ".join(filter(None, [waiting, minutes, cost]))


def _workflows(workflows: Sequence[Workflow]) -> object:
    table = plain_table("workflow", "runs", "runner minutes", "cost")
    for one in workflows:
        table.add_row(one.name, str(one.runs), str(one.minutes), "unknown" if one.cost is None else f"{one.cost:.2f}")
    return table


def _stacks(stacks: Sequence[Figures]) -> object:
    table = plain_table("stack", "releases", "a day", "lead time", "rolled back", "time to restore")
    for one in stacks:
        rate = "-" if one.failure_ratio is None else f"{one.failed} ({one.failure_ratio:.0%})"
        per_day = "-" if one.per_day is None else f"{one.per_day:.2f}"
        table.add_row(one.stack, str(one.releases), per_day, span(one.lead_seconds), rate, span(one.restore_seconds))
    return table


def span(seconds: float | None) -> str:
    """``45 s``, ``12 min``, ``5.2 h``, ``3.1 days``; ``-`` where it is not known."""
    if seconds is None:
        return "-"
    for size, name in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.0f} s"
