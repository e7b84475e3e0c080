"""What ``lockgate up`` ends with."""

from __future__ import annotations

from rich.console import Console

from operations.report import unreleased
from operations.state import StackState
from operations.tables import plain_table

NEXT = """Next:
  eval "$(.venv/bin/lockgate env)"       # plain pulumi and kubectl on the same backend and lab
  lockgate release -s staging --image 127.0.0.1:15000/podinfo:1.1.0
  lockgate status -s staging
  lockgate rollback -s staging
  lockgate preview-report                # what an update of each stack would do, on GitHub too"""


def show(stacks: list[tuple[str, StackState]], console: Console) -> None:
    """The stacks as a table, then the next commands to try."""
    table = plain_table("stack", "URL", "strategy", "live release", "version", "slot", "repository")
    for stack, known in stacks:
        live = known.ledger.live_release
        table.add_row(
            stack,
            known.output("url") or "-",
            known.output("strategy") or "-",
            known.ledger.live or "-",
            live.version if live else "-",
            known.ledger.active or "-",
            known.output("repository") or "-",
        )
    console.print(table)
    for stack, known in stacks:
        if not known.ledger.live:
            console.print(unreleased(stack), markup=False, soft_wrap=True)
    console.print(f"\n{NEXT}", markup=False, soft_wrap=True)


def to_dict(stacks: list[tuple[str, StackState]]) -> list[dict[str, str]]:
    """The same for machines."""
    return [
        {
            "stack": stack,
            "url": known.output("url"),
            "strategy": known.output("strategy"),
            "release": known.ledger.live,
            "version": known.ledger.live_release.version if known.ledger.live_release else "",
            "slot": known.ledger.active,
            "repository": known.output("repository"),
        }
        for stack, known in stacks
    ]
