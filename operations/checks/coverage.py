"""How much of the code the tests cover: from Cobertura's XML and Istanbul's JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from infra.errors import UsageError
from operations.checks.markdown import code, table

BASE = Path(".coverage-base")
"""The figure that a change is compared with: percent, in one line, in the service's root; committed."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Lines that one report knows, and those of them that were run."""

    report: str
    covered: int
    total: int

    @property
    def percent(self) -> float:
        return 100.0 * self.covered / self.total if self.total else 100.0


def read(folder: Path) -> list[Part]:
    """The coverage reports below ``folder``."""
    xml = (_cobertura(file, folder) for file in sorted(folder.rglob("coverage*.xml")))
    istanbul = (_istanbul(file, folder) for file in sorted(folder.rglob("coverage-summary.json")))
    return [part for part in (*xml, *istanbul) if part is not None]


def whole(parts: Sequence[Part]) -> Part:
    """All lines of all reports."""
    return Part(report="all", covered=sum(one.covered for one in parts), total=sum(one.total for one in parts))


def base(file: Path) -> float | None:
    """The figure to compare with, None where there is none yet. Raises ``UsageError`` where the file holds something else."""
    if not file.is_file():
        return None
    text = file.read_text().strip()
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", text):
        raise UsageError(f"{file} = {text[:40]}: must be percent in one line, such as 91.5; correct it")
    return float(text)


def breaches(parts: Sequence[Part], before: float | None, *, minimum: float, drop: float) -> list[str]:
    """Why the coverage does not pass: nothing measured, less than ``minimum`` percent, or ``drop`` points below ``before``."""
    if not parts:
        return ["coverage: no report was found; run the unit tests first"]
    found, percent = [], whole(parts).percent
    if percent < minimum:
        found.append(f"coverage = {percent:.2f} %: must be at least {minimum:g} %; test what is not covered")
    if before is not None and percent < before - drop:
        found.append(
            f"coverage = {percent:.2f} %: must not be more than {drop:g} points below the base ({before:g} %); "
            "test what this change added"
        )
    return found


def summary(parts: Sequence[Part], before: float | None, *, minimum: float) -> str:
    percent = whole(parts).percent if parts else 0.0
    compared = "" if before is None else f", the base is {before:g} %"
    rows = [(code(one.report), f"{one.percent:.2f} %", f"{one.covered} of {one.total}") for one in parts]
    lines = [f"## Coverage: {percent:.2f} % (at least {minimum:g} %{compared})", ""]
    return "\n".join([*lines, *table(("report", "covered", "lines"), rows)])


def _cobertura(file: Path, folder: Path) -> Part | None:
    root = ElementTree.parse(file).getroot()  # noqa: S314 - our own tests wrote it
    if root.tag != "coverage":
        return None
    return Part(report=_name(file, folder), covered=int(root.get("lines-covered", 0)), total=int(root.get("lines-valid", 0)))


def _istanbul(file: Path, folder: Path) -> Part:
    lines = json.loads(file.read_text())["total"]["lines"]
    return Part(report=_name(file, folder), covered=int(lines["covered"]), total=int(lines["total"]))


def _name(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder))
