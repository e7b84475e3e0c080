"""SonarQube's verdict as Markdown, for the run's page and the comment on a pull request, and as annotations of its lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from operations.checks.markdown import code, count
from operations.checks.sonar import Condition, Issue, Verdict
from operations.preview import cut
from operations.preview.comment import LIMIT, marker
from operations.preview.cut import Document, Part, Section
from operations.preview.table import table

MARKER = marker("code-quality")
ANNOTATED = 10
"""GitHub shows so many of a step (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands)."""

WORDS = {"VULNERABILITY": "vulnerability", "BUG": "bug", "CODE_SMELL": "code smell"}
LEVELS = {"VULNERABILITY": "error", "BUG": "error", "CODE_SMELL": "warning"}


def summary(verdict: Verdict, changed: Collection[str] | None = None) -> str:
    """The gate first, then the findings: those in ``changed`` files, or all where that is None."""
    return cut.whole(_document(verdict, changed))


def comment(verdict: Verdict, changed: Collection[str] | None = None, url: str = "") -> str:
    """The same, as far as it fits into a comment, with a link to the run."""
    link = f"\n[The run]({url})\n" if url else ""
    return cut.fit(_document(verdict, changed, f"{MARKER}\n", link), LIMIT)


def marks(verdict: Verdict, changed: Collection[str] | None = None, folder: str = "") -> Iterator[str]:
    """Workflow commands for the worst findings; ``folder`` is where the service is in its repository."""
    for issue in _shown(verdict, changed)[:ANNOTATED]:
        where = f"file={_property(folder + issue.path)},line={issue.line or 1},title={_property(f'SonarQube {issue.rule}')}"
        yield f"::{LEVELS[issue.type]} {where}::{_data(issue.message)}"


def _document(verdict: Verdict, changed: Collection[str] | None, top: str = "", link: str = "") -> Document:
    word = "passed" if verdict.passed else f"failed: {', '.join(one.name for one in verdict.failed)}"
    issues = _shown(verdict, changed)
    where = "" if changed is None else " in the files that are changed here"
    found = f"\n{count(len(issues), 'finding')}{where}; [all on SonarQube]({verdict.page})\n"
    nothing = "" if verdict.conditions else "\n**No condition was judged**: the project's gate has none that applies.\n"
    parts: tuple[Part, ...] = (
        table(("condition", "value", "limit", ""), [_condition(one) for one in verdict.conditions], what="condition", weight=0),
        table(("finding", "rule", "where"), [_issue(one) for one in issues], what="finding", weight=1),
    )
    shown = tuple(part for part in parts if part.rows)
    return Document(head=f"{top}## Code quality: {word}\n{link}{nothing}{found}", sections=(Section(title="", parts=shown),))


def _shown(verdict: Verdict, changed: Collection[str] | None) -> list[Issue]:
    return [issue for issue in verdict.issues if changed is None or issue.path in changed]


def _condition(one: Condition) -> tuple[str, ...]:
    limit = f"{'≥' if one.operator == 'LT' else '≤'} {one.limit}"
    return one.name, one.actual or "-", limit, "✓" if one.passed else "✗"


def _issue(one: Issue) -> tuple[str, ...]:
    return f"{WORDS[one.type]}: {code(one.message)}", code(one.rule), code(f"{one.path}:{one.line}" if one.line else one.path)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
