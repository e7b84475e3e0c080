"""A stack's status as tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.ledger import Entry
from operations.report import unreleased, where
from operations.status import Status
from operations.tables import plain_table


def show(status: Status, console: Console) -> None:
    """Prints to ``console``, warnings last."""
    outputs, ledger = status.known.outputs, status.known.ledger
    facts = Table.grid(padding=(0, 2))
    facts.add_row("live", where(ledger))
    facts.add_row("url", str(outputs.get("url") or "-"))
    facts.add_row("strategy", str(outputs.get("strategy") or "-"))
    facts.add_row("namespace", str(outputs.get("namespace") or "-"))
    for slot in status.slots:
        facts.add_row(slot.name or "pods", str(slot))
    facts.add_row("way back", _way_back(status))
    console.print(f"[bold]{status.stack}[/bold]")
    console.print(facts)
    if ledger.history:
        console.print(_history(ledger.history))
    first = "" if ledger.live else unreleased(status.stack)
    for text in filter(None, [first, status.problem, _pending(status)]):
        console.print(f"note: {text}", style="yellow", markup=False, soft_wrap=True)
    if status.warning:
        console.print(f"warning: {status.warning}", style="bold red", markup=False, soft_wrap=True)


def _way_back(status: Status) -> str:
    key, warm = status.back
    if not key:
        return "none: no earlier release"
    return f"{key} ({'warm' if warm else 'cold'}): lockgate rollback -s {status.stack}"


def _pending(status: Status) -> str:
    return (
        "an update was killed; the next `lockgate release` or `rollback` clears up after it" if status.known.interrupted else ""
    )


def _history(history: tuple[Entry, ...]) -> Table:
    table = plain_table("when (UTC)", "release", "slot", "kind", "from", "probed", "failed", "seconds", "note")
    for entry in history:
        seen = entry.evidence
        table.add_row(
            entry.at[:19].replace("T", " "),
            entry.release,
            entry.slot or "-",
            entry.kind,
            entry.previous or "-",
            *(str(seen.get(key, "-")) for key in ("requests", "failed", "seconds")),
            Text(entry.note),
        )
    return table
