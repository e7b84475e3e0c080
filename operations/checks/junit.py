"""The tests of a run, from JUnit's XML, whichever framework wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from infra.errors import UsageError
from operations.checks.markdown import code, count, table

FAILURES_SHOWN = 50
SLOWEST = 10


@dataclass(frozen=True, kw_only=True)
class Case:
    """``outcome`` is ``passed``, ``failed`` (an error too) or ``skipped``; ``said`` is why, "" where it passed."""

    report: str
    name: str
    seconds: float
    outcome: str
    said: str


def read(paths: Iterable[Path]) -> list[Case]:
    """The cases of JUnit files, and of all below folders; other XML is passed over. Raises ``UsageError`` at half a file."""
    files = (file for path in paths for file in (sorted(path.rglob("*.xml")) if path.is_dir() else (path,)))
    return [case for file in files for case in _file(file)]


def summary(cases: Sequence[Case]) -> str:
    """Markdown: the failures first, then the slowest ten, then what was skipped, since a skipped test has proven nothing."""
    failed = [case for case in cases if case.outcome == "failed"]
    skipped = [case for case in cases if case.outcome == "skipped"]
    passed = len(cases) - len(failed) - len(skipped)
    if not cases:
        return "## Tests: no report was found\n"
    lines = [f"## Tests: {len(failed)} failed, {passed} passed, {len(skipped)} skipped", ""]
    if len(skipped) == len(cases):
        lines += ["**Nothing was tested**: all was skipped.", ""]
    shown = ((code(case.name), code(case.said), case.report) for case in failed[:FAILURES_SHOWN])
    lines += table(("failed", "why", "report"), shown)
    if len(failed) > FAILURES_SHOWN:
        lines += [f"And {count(len(failed) - FAILURES_SHOWN, 'failure')} more.", ""]
    slow = sorted(cases, key=lambda case: -case.seconds)[:SLOWEST]
    lines += table(("slowest", "seconds", "report"), ((code(case.name), f"{case.seconds:.2f}", case.report) for case in slow))
    lines += table(("skipped", "why"), ((code(case.name), code(case.said)) for case in skipped))
    return "\n".join(lines)


def _file(file: Path) -> Iterable[Case]:
    try:
        root = ElementTree.parse(file).getroot()  # noqa: S314 - our own tests wrote it
    except ElementTree.ParseError as error:
        raise UsageError(f"{file}: not whole XML ({error}); the run that wrote it was cut off: run the tests again") from error
    return (_case(file.stem, one) for one in root.iter("testcase"))


def _case(report: str, element: ElementTree.Element) -> Case:
    bad = next((one for kind in ("failure", "error") if (one := element.find(kind)) is not None), None)
    skipped = element.find("skipped")
    found = bad if bad is not None else skipped
    outcome = "failed" if bad is not None else "passed" if skipped is None else "skipped"
    name = " › ".join(filter(None, (element.get("classname"), element.get("name"))))
    said = "" if found is None else (found.get("message") or (found.text or "").strip().partition("\n")[0])
    return Case(report=report, name=name, seconds=float(element.get("time") or 0), outcome=outcome, said=said)
