"""Every stack as one table, and the last runs as another."""

from __future__ import annotations

import re
from datetime import datetime

from rich.console import Console
from rich.text import Text

from history.model import Run
from operations.overview import Overview, Repository, Stack
from operations.status import Status
from operations.tables import plain_table

COMMIT = re.compile(r"\b([0-9a-f]{7})[0-9a-f]{33}\b")
"""A whole commit, which is the version of what the standard pipeline releases."""

COLOURS = {"success": "green", "failure": "red", "timed_out": "red", "startup_failure": "red"}


def show(found: Overview, console: Console) -> None:
    """Prints to ``console``, warnings last."""
    table = plain_table("stack", "live", "version", "slot", "since (UTC)", "last change", "way back", "URL")
    for one in found.stacks:
        table.add_row(*_cells(one))
    console.print(table)
    for repository in found.repositories:
        console.print(f"\n[bold]{repository.name}[/bold]")
        runs = plain_table("workflow", "last run", "ended (UTC)", "took", "commit", "page")
        for run in repository.runs:
            word = run.conclusion or "goes on"
            runs.add_row(run.workflow, Text(word, style=COLOURS.get(word, "")), *when(run), run.commit[:7], run.url)
        console.print(runs if repository.runs else f"no run is known{why(repository)}")
    for text in warnings(found):
        console.print(f"warning: {text}", style="bold red", markup=False, soft_wrap=True)


def warnings(found: Overview) -> list[str]:
    """What does not agree, or could not be read, each with its stack in front."""
    return [f"{one.name}: {one.warning}" for one in found.stacks if one.warning]


def facts(one: Stack) -> tuple[str, ...]:
    """Live release, version, slot, since when, the last change, and the way back; "-" for what there is not."""
    if one.status is None:
        return ("unknown", *["-"] * 5)
    ledger, entry = one.status.known.ledger, one.entry
    live = ledger.live_release
    return (
        ledger.live or "no release yet",
        short(live.version) if live else "-",
        ledger.active or "-",
        moment(datetime.fromisoformat(entry.at)) if entry else "-",
        entry.kind if entry else "-",
        _way_back(one.status),
    )


def short(text: str) -> str:
    """With each commit as people write it."""
    return COMMIT.sub(r"\1", text)


def _way_back(status: Status) -> str:
    key, warm = status.back
    word = "warm" if warm else "cold"
    return f"{key} ({word})" if key else "-"


def when(run: Run) -> tuple[str, str]:
    """When a run ended, and how long it took; "-" while it goes on."""
    if run.ended is None:
        return "-", "-"
    return moment(run.ended), duration((run.ended - run.started).total_seconds())


def why(repository: Repository) -> str:
    """Why no run is known, with a colon in front; nothing where there simply is none."""
    return f": {repository.problem}" if repository.problem else ""


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def duration(seconds: float) -> str:
    """``4 min 5 s``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _cells(one: Stack) -> tuple[str, ...]:
    url = str(one.status.known.outputs.get("url") or "-") if one.status else "-"
    return one.name, *facts(one), url
