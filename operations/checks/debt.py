"""The technical debt of each commit of the default branch, and how it goes. Pure, but for the file that keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from operations.checks import versioned
from operations.checks.markdown import code, table
from toolchain.place import write_once

KEPT = 500
"""Commits in a history."""

DRAWN = 30
BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Measure:
    """``grows`` is True for what is debt, so that more of it is worse."""

    title: str
    grows: bool = True


MEASURES: Mapping[str, Measure] = {
    "notes": Measure("TODO, FIXME, HACK and XXX in the source"),
    "complex_functions": Measure("functions that are too complex"),
    "debt_minutes": Measure("minutes to mend all code smells"),
    "code_smells": Measure("code smells"),
    "coverage": Measure("coverage, percent", grows=False),
    "duplicated_lines_density": Measure("duplicated lines, percent"),
}


class Entry(versioned.Strict):
    """What was measured at a commit. A measure that nothing was asked about is not there."""

    commit: str
    time: AwareDatetime
    measures: dict[str, float]


class Document(versioned.Strict):
    """The entries, the oldest first."""

    version: Literal[1] = 1
    commits: tuple[Entry, ...] = Field(default=())

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({one.commit for one in self.commits}) < len(self.commits):
            raise ValueError("a commit is in it twice")
        return self


def read(file: Path) -> tuple[Entry, ...] | None:
    """None where there is no file. Raises ``UsageError`` where it cannot be read."""
    found = versioned.read(file, Document, "a history of debt")
    return found.commits if found else None


def write(file: Path, entries: Sequence[Entry]) -> None:
    """Takes the place of the file as a whole."""
    write_once(file, f"{Document(commits=tuple(entries)).model_dump_json()}\n")


def remember(entries: Sequence[Entry], entry: Entry) -> tuple[Entry, ...]:
    """``entry`` in the place of the same commit's, or as the newest; of all the last ``KEPT``."""
    if any(one.commit == entry.commit for one in entries):
        return tuple(entry if one.commit == entry.commit else one for one in entries)
    return (*entries, entry)[-KEPT:]


def before(entries: Sequence[Entry], entry: Entry) -> tuple[Entry, ...]:
    """What was measured before ``entry``, which may be among them."""
    place = next((number for number, one in enumerate(entries) if one.commit == entry.commit), len(entries))
    return tuple(entries[:place])


def grown(entries: Sequence[Entry], entry: Entry, limit: float) -> list[str]:
    """What has grown by more than ``limit`` percent since it was last measured before."""
    found = []
    for name, value in entry.measures.items():
        last = _last(before(entries, entry), name)
        if MEASURES[name].grows and last is not None and value > last * (1 + limit / 100):
            found.append(f"{MEASURES[name].title}: {last:g} before, {value:g} now, more than {limit:g} % up; pay some of it back")
    return found


def summary(entries: Sequence[Entry], entry: Entry) -> str:
    earlier = before(entries, entry)
    rows = [_row(name, [*earlier, entry]) for name in MEASURES if name in entry.measures]
    told = f"Commit {code(entry.commit[:7])}, after {len(earlier)} earlier ones." if earlier else "There is no history yet."
    return "\n".join(["## Technical debt", "", *table(("measure", "now", "change", "trend"), rows), told])


def document(entries: Sequence[Entry], entry: Entry, limit: float) -> str:
    """The same as JSON: ``now``, ``earlier`` (the oldest first) and what has ``grown``."""
    earlier = [one.model_dump(mode="json") for one in before(entries, entry)]
    found = {"now": entry.model_dump(mode="json"), "earlier": earlier, "grown": grown(entries, entry, limit)}
    return json.dumps(found, indent=2, ensure_ascii=False)


def spark(values: Sequence[float]) -> str:
    """The last ``DRAWN`` values as bars, from the least to the most of them."""
    shown = values[-DRAWN:]
    least, most = min(shown), max(shown)
    return "".join(BARS[round((one - least) / (most - least) * (len(BARS) - 1)) if most > least else 0] for one in shown)


def _row(name: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    values = [one.measures[name] for one in entries if name in one.measures]
    change = f"{values[-1] - values[-2]:+g}" if len(values) > 1 else ""
    return MEASURES[name].title, f"{values[-1]:g}", change, spark(values)


def _last(entries: Sequence[Entry], name: str) -> float | None:
    return next((one.measures[name] for one in reversed(entries) if name in one.measures), None)
