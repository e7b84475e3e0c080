"""The tests of a run, from JUnit's XML, whichever framework wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from math import isfinite
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from infra.errors import UsageError

ARTIFACT = "test-reports-"
"""How the folders of downloaded artifacts begin."""

Outcome = Literal["passed", "failed", "skipped"]
Key = tuple[str, str]
"""A test: its report and its name. A name alone may be in the report of each browser."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """``failed`` is an error too; ``said`` is why, "" where it passed."""

    report: str
    name: str
    seconds: float
    outcome: Outcome
    said: str

    @property
    def key(self) -> Key:
        return self.report, self.name


def read(paths: Iterable[Path]) -> list[Case]:
    """The cases of JUnit files, and of all below folders; other XML is passed over. Raises ``UsageError`` at half a file."""
    return [case for path in paths for file, report in _files(path) for case in _file(file, report)]


def _files(path: Path) -> list[tuple[Path, str]]:
    """Each file and the name of its report."""
    if not path.is_dir():
        return [(path, path.stem)]
    return [(file, _report(file.relative_to(path))) for file in sorted(path.rglob("*.xml"))]


def _report(below: Path) -> str:
    """The path without what only repeats, and so the same in a folder of its own as beside the others:
    ``test-reports-unit/unit-python.xml`` is ``unit-python``, and ``test-reports-unit/junit.xml`` is ``unit/junit``."""
    names = [name.removeprefix(ARTIFACT) for name in below.with_suffix("").parts]
    pairs = zip_longest(names, names[1:], fillvalue="")
    return "/".join(name for name, inner in pairs if not f"{inner}-".startswith(f"{name}-"))


def _file(file: Path, report: str) -> list[Case]:
    try:
        root = ElementTree.parse(file).getroot()  # noqa: S314 - our own tests wrote it
    except ElementTree.ParseError as error:
        raise UsageError(f"{file}: not whole XML ({error}); the run that wrote it was cut off: run the tests again") from error
    return [_case(file, report, one) for one in root.iter("testcase")]


def _case(file: Path, report: str, element: ElementTree.Element) -> Case:
    bad = next((one for kind in ("failure", "error") if (one := element.find(kind)) is not None), None)
    skipped = element.find("skipped")
    found = bad if bad is not None else skipped
    without: Outcome = "passed" if skipped is None else "skipped"
    outcome: Outcome = "failed" if bad is not None else without
    name = " › ".join(filter(None, (element.get("classname"), element.get("name"))))
    said = "" if found is None else (found.get("message") or (found.text or "").strip().partition("\n")[0])
    return Case(report=report, name=name, seconds=_seconds(file, element.get("time") or "0"), outcome=outcome, said=said)


def _seconds(file: Path, time: str) -> float:
    """Some write ``1,234.5``."""
    try:
        seconds = float(time.replace(",", ""))
    except ValueError:
        seconds = float("nan")
    if not isfinite(seconds):
        raise UsageError(f"{file}: time = {time[:40]}: must be seconds, such as 1.5; correct what writes the report")
    return seconds
