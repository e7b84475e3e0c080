"""The report on a terminal: the most dangerous first, in colour only where somebody looks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.plan import Change
from operations.preview import differing, grammar, words
from operations.preview.escape import plain
from operations.preview.fork import REMEDY
from operations.preview.model import CHANGING, Report, StackReport
from operations.tables import plain_table

STYLES = {"replace": "bold red", "delete": "bold red", "update": "yellow", "create": "green", "import": "cyan"}
MARKS = {"replace": "±", "delete": "-", "update": "~", "create": "+", "import": "="}
QUOTED = re.compile(r"`([^`]*)`")


def show(report: Report, console: Console) -> None:
    """Prints it."""
    console.print(Text(f"Preview: {words.title(report)}", "bold"), soft_wrap=True)
    if report.fork:
        console.print(_text(f"Made without secrets, for a pull request from a fork. {REMEDY}"), soft_wrap=True)
    for stack in report.by_danger:
        if not stack.quiet:
            _show(stack, console)
    quiet = [stack.name for stack in report.stacks if stack.quiet]
    if quiet and len(quiet) < len(report.stacks):
        console.print(f"\nNo change in {grammar.few(quiet)}.", markup=False)


def _show(stack: StackReport, console: Console) -> None:
    console.print(Text(f"\n{words.heading(stack)}", "bold red" if not stack.ok else "bold"), soft_wrap=True)
    for words_of_error in stack.plan.error.splitlines():
        console.print(Text(f"  {plain(words_of_error)}", "red"), soft_wrap=True)
    for line in _lines(stack):
        console.print(Text.assemble("  ", line), soft_wrap=True)
    for table in _tables(stack):
        console.print(table)


def _lines(stack: StackReport) -> Iterator[Text]:
    for loss in stack.losses:
        yield _text(f"cannot be undone: `{loss.change.name}` loses {loss.what}", "bold red")
    for label, sentence in words.facts(stack):
        yield Text.assemble((f"{label.lower()}: ", "dim"), _text(sentence))
    for finding in stack.findings:
        name = finding.resource.rpartition("::")[2]
        told = _text(f": `{name}`: {finding.message}; {finding.remedy}")
        yield Text.assemble((f"{finding.severity} {finding.rule}", "bold red" if finding.severity == "deny" else "yellow"), told)
    if stack.drift is not None and stack.drift.error:
        yield _text(f"drift could not be looked for: {stack.drift.error}", "yellow")


def _tables(stack: StackReport) -> Iterator[Table]:
    if stack.of(*CHANGING):
        yield _table("", stack.of(*CHANGING))
    if stack.drift is not None and stack.drift.changes:
        yield _table("drifted", list(stack.drift.changes))


def _table(title: str, changes: list[Change]) -> Table:
    table = plain_table(f"  {title}", "resource", "kind", "in the state → live" if title else "what changes")
    for change in changes:
        mark = "gone" if title and change.new is None else MARKS[change.operation]
        told = Text("\n").join(map(_text, differing.changes(change)))
        table.add_row(f"  {mark}", plain(change.name), grammar.kind_of(change.type), told, style=STYLES[change.operation])
    return table


def _text(sentence: str, style: str = "") -> Text:
    """With what stands between backquotes in the type of names."""
    text = Text(style=style)
    for place, piece in enumerate(QUOTED.split(plain(sentence))):
        text.append(piece, "cyan" if place % 2 and not style else None)
    return text
