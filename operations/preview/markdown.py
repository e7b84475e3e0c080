"""The report as Markdown, for a comment on a pull request, and in full for an artifact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from infra.plan import Change, Operation
from operations.preview import cut, differing, grammar, words
from operations.preview.comment import LIMIT
from operations.preview.cut import Document, Part, Section
from operations.preview.escape import code, fence, prose
from operations.preview.fork import REMEDY
from operations.preview.model import CHANGING, Drift, Loss, Report, StackReport
from operations.preview.table import table
from policy import Finding

ERROR_LINES = 30
ERROR_CHARACTERS = 4_000
OPEN_ROWS = 5
"""As many updates and creations stand open; more of them are folded."""

ERROR_WIDTH = 200
SENTENCE_CHARACTERS = 1_000
NAME_CHARACTERS = 100
COLUMNS = ("", "Resource", "Kind", "What changes")
TOGETHER = 40
"""As many rows stand in one table, whatever their operations."""

DANGEROUS = re.compile(r"(\d+ to (?:replace|delete))")
MARKS = {one: f"{sign}\u00a0{one}" for one, sign in zip(CHANGING, "±−~+=", strict=True)}


def comment(report: Report, marker: str = "", limit: int = LIMIT) -> str:
    """What fits into a comment. ``marker`` is a line that nobody sees."""
    return cut.fit(_document(report, marker, full=False), limit)


def full(report: Report) -> str:
    """Everything, without a limit."""
    return cut.whole(_document(report, "", full=True))


def _document(report: Report, marker: str, *, full: bool) -> Document:
    top = f"{marker}\n" if marker else ""
    if all(stack.quiet for stack in report.stacks):
        return Document(head=f"{top}**Preview:** {prose(words.title(report))}\n")
    told = [stack for stack in report.by_danger if not stack.quiet]
    sections = [_overview(told)] if len(told) > 1 else []
    sections += [_section(stack, full) for stack in told]
    quiet = [stack.name for stack in report.stacks if stack.quiet]
    note = f"\n> [!NOTE]\n> Made without secrets, for a pull request from a fork. {prose(REMEDY)}\n" if report.fork else ""
    unchanged = f"\nNo change in {prose(grammar.few(quiet))}.\n" if quiet else ""
    return Document(head=f"{top}### Preview: {prose(words.title(report))}\n{note}{unchanged}", sections=tuple(sections))


def _overview(stacks: Sequence[StackReport]) -> Section:
    """One row a stack; a column that says nothing of any stack is left out."""
    columns: list[tuple[str, Callable[[StackReport], str]]] = [
        ("Stack", lambda stack: f"**{prose(stack.name)}**"),
        ("Changes", _changes),
        ("Release", lambda stack: prose(grammar.listed([words.release(effect) for effect in stack.effects]))),
        ("Way back", lambda stack: prose(words.UNDO[stack.undo])),
        ("Policy", lambda stack: _policy(stack.findings)),
        ("Drift", lambda stack: _drifted(stack.drift)),
    ]
    cells = [[cell(stack) for _, cell in columns] for stack in stacks]
    return Section(title="", parts=(table([name for name, _ in columns], cells, what="stacks", weight=0),))


def _changes(stack: StackReport) -> str:
    if stack.withheld:
        return "no preview"
    return "**failed**" if stack.failed else DANGEROUS.sub(r"**\1**", stack.summary)


def _policy(findings: Sequence[Finding]) -> str:
    denied = sum(finding.severity == "deny" for finding in findings)
    counts = [f"**{denied} denied**" if denied else "", f"{len(findings) - denied} warned" if len(findings) > denied else ""]
    return ", ".join(filter(None, counts))


def _drifted(drift: Drift | None) -> str:
    if drift is None:
        return ""
    if drift.error:
        return "unknown"
    return grammar.counted(len(drift.changes), "resource") if drift.changes else "none"


def _section(stack: StackReport, full: bool) -> Section:
    return Section(title=f"\n#### {prose(words.heading(stack))}\n", parts=tuple(_parts(stack, full)))


def _parts(stack: StackReport, full: bool) -> Iterator[Part]:
    if stack.failed:
        yield Part(head=fence(_error(stack.plan.error, full)), what="why it failed")
    if stack.losses:
        lost = tuple(f"> - {prose(_loss(loss))}\n" for loss in stack.losses)
        yield Part(head="\n> [!CAUTION]\n> This cannot be undone:\n", rows=lost, what="losses", line="> - {}\n", weight=1)
    facts = tuple(f"- **{prose(label)}:** {prose(_clip(text, full))}\n" for label, text in words.facts(stack, full))
    if facts:
        yield Part(head="\n", rows=facts, what="notes", line="- {}\n", weight=2)
    if stack.findings:
        yield _findings(stack.findings, full)
    yield from _tables(stack, full)
    if stack.drift is not None:
        yield from _drift(stack.drift, full)


def _error(text: str, full: bool) -> str:
    """The end counts most: there stands what the program said last."""
    lines = text.splitlines()
    if full or (len(lines) <= ERROR_LINES and len(text) <= ERROR_CHARACTERS):
        return text
    last = "\n".join(lines[-ERROR_LINES:])[-ERROR_CHARACTERS:]
    return f"{lines[0][:ERROR_WIDTH]}\n… {cut.FULL} …\n{last}"


def _loss(loss: Loss) -> str:
    how = "deleting" if loss.change.operation == "delete" else "replacing"
    return f"{how} {grammar.kind_of(loss.change.type)} `{loss.change.name}` loses {loss.what}"


def _findings(findings: Sequence[Finding], full: bool) -> Part:
    cells = [
        (
            f"**{finding.severity}**" if finding.severity == "deny" else finding.severity,
            code(finding.rule),
            _name(finding.resource.rpartition("::")[2], full),
            prose(_clip(f"{finding.message}; {finding.remedy}", full)),
        )
        for finding in findings
    ]
    return table(["Policy", "Rule", "Resource", "Why, and what to do"], cells, what="findings", weight=1)


def _tables(stack: StackReport, full: bool) -> Iterator[Part]:
    """What is dangerous, open; then the rest, folded where it is long. A long table is one for each operation."""
    for group, weight in ((CHANGING[:2], 1), (CHANGING[2:], 4)):
        found = stack.of(*group)
        fold = weight > 1 and (len(found) > OPEN_ROWS or bool(stack.of(*CHANGING[:2])))
        apart: list[tuple[Operation, ...]] = [(one,) for one in group]
        for operations in apart if len(found) > TOGETHER else [group]:
            cells = [_cells(one, full) for one in stack.of(*operations)]
            said = [f"{stack.counts[one]:,} to {one}" for one in operations if stack.counts[one]]
            what = grammar.listed([f"to {one}" for one in operations if stack.counts[one]])
            if cells:
                yield table(COLUMNS, cells, what=what, weight=weight, fold=", ".join(said) if fold else "")


def _drift(drift: Drift, full: bool) -> Iterator[Part]:
    if drift.error:
        yield Part(head=f"\nDrift could not be looked for:\n{fence(_error(drift.error, full))}", what="about drift", weight=3)
    if drift.changes:
        cells = [(*_subject(one, full), _difference(one, full) or "gone") for one in drift.changes]
        yield table(["Drifted", "Kind", "In the state → live"], cells, what="that drifted", weight=3)


def _cells(change: Change, full: bool) -> tuple[str, ...]:
    mark = MARKS[change.operation]
    dangerous = change.operation in ("replace", "delete")
    return f"**{mark}**" if dangerous else mark, *_subject(change, full), _difference(change, full)


def _difference(change: Change, full: bool) -> str:
    return "<br>".join(map(prose, differing.changes(change, long=full)))


def _subject(change: Change, full: bool) -> tuple[str, str]:
    return _name(change.name, full), code(grammar.kind_of(change.type))


def _name(name: str, full: bool) -> str:
    return code(_clip(name, full, NAME_CHARACTERS))


def _clip(text: str, full: bool, most: int = SENTENCE_CHARACTERS) -> str:
    return text if full or len(text) <= most else f"{text[: most - 1]}…"
