"""The report on a run's tests as Markdown: for the run's page, and cut for a comment on a pull request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from infra.run_summary import FiguresOfTests
from operations.checks.flaky import Flaky, Known
from operations.checks.history import Run
from operations.checks.junit import Case
from operations.checks.markdown import code, count
from operations.preview import cut
from operations.preview.comment import LIMIT, marker
from operations.preview.cut import Document, Part, Section
from operations.preview.table import table

MARKER = marker("test-report")
SHOWN = 50
"""Failures, and flaky tests; more of them are counted."""

SLOWEST = 10
COMMIT = 7

Rows = list[tuple[str, ...]]


def summary(cases: Sequence[Case], known: Known | None = None) -> str:
    """The failures first, then the slowest ten, then what is flaky by the history, then what was skipped, since a skipped test
    has proven nothing. Without ``known`` there is no history."""
    return cut.whole(_document(cases, known))


def comment(cases: Sequence[Case], known: Known | None = None, url: str = "") -> str:
    """The same, as far as it fits into a comment, with a link to the run."""
    return cut.fit(_document(cases, known, f"{MARKER}\n", f"\n[The run]({url})\n" if url else ""), LIMIT)


def failures(cases: Sequence[Case], known: Known | None = None) -> list[Case]:
    """Those that are not flaky come first."""
    return sorted(
        (case for case in cases if case.outcome == "failed"), key=lambda case: known is not None and case.key in known.flaky
    )


def outcomes(cases: Sequence[Case], known: Known | None = None) -> FiguresOfTests:
    """How many came to what; without ``known`` none is known as flaky."""
    counts = Counter(case.outcome for case in cases)
    flaky = len(known.flaky) if known else 0
    return FiguresOfTests(passed=counts["passed"], failed=counts["failed"], skipped=counts["skipped"], flaky=flaky)


def _document(cases: Sequence[Case], known: Known | None, top: str = "", link: str = "") -> Document:
    if not cases:
        return Document(head=f"{top}## Tests: no report was found\n{link}")
    flaky, failed = known.flaky if known else {}, failures(cases, known)
    skipped = [case for case in cases if case.outcome == "skipped"]
    nothing = "\n**Nothing was tested**: all was skipped.\n" if len(skipped) == len(cases) else ""
    parts = (
        _part(("failed", "why", "report"), [_failure(case, flaky.get(case.key)) for case in failed], "failure", 0),
        _slowest(cases, known),
        _part(("flaky", "failed", "last", "report"), _flaky(known), "flaky test", 1),
        table(("skipped", "why", "report"), [_row(case) for case in skipped], what="skipped", weight=3),
    )
    head = f"{top}{_title(cases, failed, skipped, known)}{link}{nothing}{_history(known)}"
    return Document(head=head, sections=(Section(title="", parts=tuple(part for part in parts if part.rows)),))


def _title(cases: Sequence[Case], failed: Sequence[Case], skipped: Sequence[Case], known: Known | None) -> str:
    flaky = sum(case.key in known.flaky for case in failed) if known else 0
    passed = len(cases) - len(failed) - len(skipped)
    return f"## Tests: {len(failed)} failed{f' ({flaky} flaky)' if flaky else ''}, {passed} passed, {len(skipped)} skipped\n"


def _history(known: Known | None) -> str:
    """What the tables do not say."""
    if known is None or known.flaky:
        return ""
    if not known.earlier:
        return "\nThere is no history yet: which tests are flaky is seen from the next run on.\n"
    return f"\nNo test is flaky by the history of {count(known.earlier, 'earlier run')}.\n"


def _part(columns: Sequence[str], rows: Rows, word: str, weight: int) -> Part:
    """A table of the first ``SHOWN`` rows."""
    part = table(columns, rows[:SHOWN], what=f"{word}s", weight=weight)
    left = len(rows) - SHOWN
    return replace(part, tail=f"\nAnd {count(left, word)} more.\n") if left > 0 else part


def _failure(case: Case, flaky: Flaky | None) -> tuple[str, ...]:
    name, why, report = _row(case)
    return name, " · ".join(filter(None, (f"flaky: failed {flaky.how_often}" if flaky else "", why))), report


def _row(case: Case) -> tuple[str, ...]:
    return code(case.name), code(case.said), code(case.report)


def _slowest(cases: Sequence[Case], known: Known | None) -> Part:
    """With the seconds that each usually takes, where it is known."""
    usual = known.usual if known else {}
    slow = sorted(cases, key=lambda case: -case.seconds)[:SLOWEST]
    times = [f"{usual[case.key]:.2f}" if case.key in usual else "" for case in slow]
    rows = [(code(one.name), f"{one.seconds:.2f}", time, code(one.report)) for one, time in zip(slow, times, strict=True)]
    return table(("slowest", "seconds", "usually", "report"), rows, what="slow tests", weight=2)


def _flaky(known: Known | None) -> Rows:
    """Those that fail most often first."""
    if known is None:
        return []
    found = sorted(known.flaky.items(), key=lambda one: (-one[1].failed / one[1].runs, one[0]))
    return [(code(name), flaky.how_often, _last(flaky.last, known.this), code(report)) for (report, name), flaky in found]


def _last(run: Run, this: Run) -> str:
    if run.is_same(this):
        return "this run"
    return f"{run.time.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {code(run.commit[:COMMIT])} on {code(run.branch)}"
